"""What is known of live objects by their types: what stays here, what cannot be pickled."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pickle import PickleError
from types import FunctionType, MappingProxyType

from sparkguard.model import Cargo, Refused
from sparkguard.pyspark_api import DRIVER_ONLY, canonical, refused
from sparkguard.targets import TARGETS, Target

_ALIASES = {
    "_io.TextIOWrapper": "io.TextIOWrapper.writing",
    "_thread.RLock": "threading.RLock",
    "_thread._local": "threading.local",
    "_thread.lock": "threading.Lock",
    "builtins.async_generator": "types.AsyncGeneratorType",
    "builtins.coroutine": "types.CoroutineType",
    "builtins.frame": "types.FrameType",
    "builtins.generator": "types.GeneratorType",
    "builtins.traceback": "types.TracebackType",
    "functools._lru_cache_wrapper": "functools.lru_cache",
}
"""What a live type calls itself, where the tables have it under the name that people write."""
HEAVY = 1 << 20
"""Bytes from which on classic Spark sends a function by a broadcast, again for each job."""
MODELS = frozenset(
    {
        "catboost.core.CatBoost",
        "keras.src.models.model.Model",
        "lightgbm.basic.Booster",
        "lightgbm.sklearn.LGBMModel",
        "sklearn.base.BaseEstimator",
        "spacy.language.Language",
        "torch.nn.modules.module.Module",
        "xgboost.core.Booster",
        "xgboost.sklearn.XGBModel",
    }
)
"""The base classes of models, as they call themselves."""
COLLECTIONS = {
    **{f"builtins.{name}": f"a {name}" for name in ("dict", "frozenset", "list", "set", "tuple")},
    "numpy.ndarray": "an array of numpy",
    "pandas.core.frame.DataFrame": "a pandas DataFrame",
    "pandas.core.series.Series": "a pandas Series",
}
_REDUCERS = ("__reduce__", "__reduce_ex__", "__getstate__")
_CONNECT = "pyspark.sql.connect."
_WORDS = 400
_DEEP = "a structure that is nested too deep"
_NOT_THERE = "AttributeError: Can't get attribute '{}' on <module 'pyspark.daemon'>"


class Kinds:
    """Answers from the tables for live objects; remembers each type.

    Args:
        own: What the user keeps on the driver, by dotted name.
        target: The kind of Spark, where it is known.
    """

    def __init__(
        self, own: Mapping[str, Refused] = MappingProxyType({}), target: Target | None = None
    ) -> None:
        self.targets: tuple[Target, ...] = (target,) if target else TARGETS
        self._own = own
        self._kept: dict[type, Refused | None] = {}

    def kept_back(self, obj: object) -> Refused | None:
        """Why an object stays on the driver though it may well be pickled; `None` if it may go."""
        kind = type(obj)
        if kind not in self._kept:
            self._kept[kind] = self._stays(kind)
        return self._kept[kind]

    def _stays(self, kind: type) -> Refused | None:
        targets = ("connect",) if _of_connect(kind) else self.targets
        for cls in kind.__mro__:
            name = dotted(cls)
            found = self._own.get(name) or DRIVER_ONLY.get(canonical(name))
            if found:
                return None if found.refusals.keys().isdisjoint(targets) else found
            if any(name in vars(cls) for name in _REDUCERS) and cls is not object:
                return None  # a class that says itself what travels of it
        return None

    def known(self, obj: object) -> Refused | None:
        """What the tables know of a thing that was refused, by the nearest of its classes."""
        return next(self._known(type(obj)), None)

    def _known(self, kind: type) -> Iterator[Refused]:
        for cls in kind.__mro__:
            name = dotted(cls)
            for written in (name, _ALIASES.get(name) or _public(name)):
                found = self._own.get(written) or refused(canonical(written))
                if found:
                    yield found

    def of(self, obj: object) -> Refused:
        """What an object that the pickler refused is; of an unknown type only that it refuses."""
        kind = type(obj)
        name = dotted(kind)
        words = dict.fromkeys(TARGETS, f"Could not serialize object: {name}")
        noun = f"an object of the type {kind.__qualname__}"
        return self.known(obj) or Refused(name, "native", noun, words)

    def cargo(self, obj: object, bytes: int) -> Cargo | None:
        """What makes an object heavy that weighs so many bytes."""
        if bytes < HEAVY:
            return None
        names = [dotted(cls) for cls in type(obj).__mro__]
        if not MODELS.isdisjoint(names):
            return Cargo("model", f"a model of {names[0].partition('.')[0]}")
        return Cargo("collection", COLLECTIONS[names[0]]) if names[0] in COLLECTIONS else None

    def too_deep(self) -> Refused:
        """What is nested deeper than the pickler follows."""
        return Refused("builtins.object", "native", _DEEP, dict.fromkeys(TARGETS, ""))

    def unreachable(self, obj: object, module: str, name: str) -> Refused | None:
        """Why no worker finds what is sent by this name."""
        if module != "__main__":
            return None
        words = dict.fromkeys(TARGETS, _NOT_THERE.format(name))
        if isinstance(obj, FunctionType | type):  # only plain pickle sends these by name
            return Refused(dotted(type(obj)), "main", "defined in the script", words)
        return replace(self.of(obj), refusals=words)

    def words(self, error: BaseException) -> str:
        """How Spark reports an error of pickling, in one line."""
        said = " ".join(str(error).split())[:_WORDS]
        if isinstance(error, PickleError):
            return f"{type(error).__name__}: {said}"
        return f"Could not serialize object: {type(error).__name__}: {said}"


def dotted(cls: type) -> str:
    """The dotted name that a class gives itself."""
    return f"{cls.__module__}.{cls.__qualname__}"


def _public(name: str) -> str:
    """The name without what a library keeps to itself: `csv.writer` of `_csv.writer`."""
    first, *others = name.split(".")
    return ".".join([first.lstrip("_"), *(each for each in others if not each.startswith("_"))])


def _of_connect(kind: type) -> bool:
    return any(dotted(cls).startswith(_CONNECT) for cls in kind.__mro__)


def target() -> Target | None:
    """Which kind of Spark this process speaks, as far as it can be told."""
    utils = sys.modules.get("pyspark.sql.utils")
    if utils is None:
        return None
    return "connect" if utils.is_remote() else "classic"
