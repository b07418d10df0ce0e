"""Pickles an object as Spark would, into nothing: what refuses, what each thing is made of."""

from __future__ import annotations

import copyreg
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from sparkguard.live.cloud import PROTOCOL, CloudPickler
from sparkguard.live.kinds import Kinds
from sparkguard.model import Refused

_SIZES = range(2, 7)
_SINGLE = {type(each): each for each in (None, ..., NotImplemented)}
"""Types that no module holds: the pickler asks for the type of their one value."""
_REPLACED = (bool, ())
"""What goes on in the place of an object that refuses."""


class Counter:
    """A file that keeps nothing but the number of bytes that were written."""

    def __init__(self) -> None:
        self.bytes = 0

    def write(self, data: Any) -> None:
        """Counts bytes, or the memory of a `PickleBuffer`, which is not copied."""
        self.bytes += len(data) if type(data) is bytes else memoryview(data).nbytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """An object that refuses: what is known of its kind, and what the pickler said of it."""

    kind: Refused
    words: str | None = None


@dataclass(slots=True)
class Part:
    """An object that the pickler met, the plain containers and values left out.

    Args:
        obj: The object.
        made: How it is made again: a function, its arguments, state, items and pairs.
        named: The module and the name that it travels by.
        refusal: Why it does not travel.
    """

    obj: object
    made: tuple[Any, ...] = ()
    named: tuple[str, str] | None = None
    refusal: Refusal | None = None


@dataclass(slots=True)
class DryRun:
    """What came of pickling an object.

    Args:
        root: The object.
        parts: What the pickler met, by `id`; they live as long as this does.
        bytes: What was written in all, the replacements of what refused included.
        broken: Why the pickler stopped before the end.
        last: What it had met last then.
    """

    root: object
    parts: dict[int, Part] = field(default_factory=dict)
    bytes: int = 0
    broken: Exception | None = None
    last: Part | None = None


def dry_run(root: object, kinds: Kinds, *, plain: bool = False) -> DryRun:
    """Pickles an object with the pickler that Spark uses, to its end.

    Each object that refuses is replaced, so that what comes after it is seen, too. Everything else
    is as in Spark: the user's `__reduce__` and `__getstate__` run, once.

    Args:
        root: What to pickle.
        kinds: What is known of types.
        plain: As a broadcast is pickled, without cloudpickle.
    """
    run = DryRun(root)
    sink = Counter()
    pickler = (_Plain if plain else _Cloud)(sink, run, kinds)
    try:
        pickler.dump(root)
    except Exception as error:
        run.broken = error
        run.last = next(reversed(run.parts.values()), None)
    run.bytes = sink.bytes
    return run


class _Recorder(pickle.Pickler):
    """A pickler that notes how each object is made again; the real one writes what it notes."""

    dispatch_table: Mapping[type, Callable[[Any], Any]] = copyreg.dispatch_table

    def __init__(self, sink: Counter, run: DryRun, kinds: Kinds) -> None:
        super().__init__(sink, protocol=PROTOCOL)
        self._run, self._kinds = run, kinds

    def reducer_override(self, obj: Any) -> Any:
        """Called once for each object that is no plain value or container."""
        part = self._run.parts[id(obj)] = Part(obj)
        kept = self._kinds.kept_back(obj)
        if kept:
            part.refusal = Refusal(kept)
            return _REPLACED
        try:
            return self._noted(part, self._reduced(obj))
        except Exception as error:
            part.refusal = Refusal(self._kinds.of(obj), self._kinds.words(error))
            return _REPLACED

    def _reduced(self, obj: Any) -> Any:
        """What the C pickler would ask for, in its order; a text is a name."""
        kind = type(obj)
        if kind is FunctionType or issubclass(kind, type):
            given = self._by_value(obj)
            return obj.__qualname__ if given is NotImplemented else given
        reduce = self.dispatch_table.get(kind)
        return reduce(obj) if reduce else obj.__reduce_ex__(PROTOCOL)

    def _by_value(self, obj: Any) -> Any:
        return NotImplemented

    def _noted(self, part: Part, reduced: Any) -> Any:
        if isinstance(reduced, str):
            part.named = _found_by_name(part.obj, reduced)
            lost = self._kinds.unreachable(part.obj, *part.named)
            part.refusal = Refusal(lost) if lost else None
            return _REPLACED if lost else reduced
        if not isinstance(reduced, tuple) or len(reduced) not in _SIZES:
            raise pickle.PicklingError("__reduce__ must return a string or tuple")
        function, arguments, state, items, pairs, _ = (*reduced, *[None] * 4)[:6]
        items, pairs = (None if rest is None else list(rest) for rest in (items, pairs))
        part.made = (function, arguments, state, items, pairs)
        again = (None if rest is None else iter(rest) for rest in (items, pairs))
        return (*part.made[:3], *again, *reduced[5:])


class _Plain(_Recorder):
    """Pickles as `Broadcast.dump` does."""

    def _by_value(self, obj: Any) -> Any:
        return (type, (_SINGLE[obj],)) if obj in _SINGLE else NotImplemented


class _Cloud(_Recorder, CloudPickler):
    """Pickles as Spark's `CloudPickleSerializer` does, by Spark's own copy where it is there."""

    dispatch_table = CloudPickler.dispatch_table

    def _by_value(self, obj: Any) -> Any:
        return CloudPickler.reducer_override(self, obj)  # type: ignore[no-untyped-call]


class _Name(pickle.Pickler):
    def __init__(self, name: str) -> None:
        super().__init__(Counter(), protocol=PROTOCOL)
        self._name = name

    def reducer_override(self, obj: Any) -> Any:
        return self._name


def _found_by_name(obj: Any, name: str) -> tuple[str, str]:
    """The module and the name under which workers find an object.

    Raises:
        Exception: What the C pickler says of one that is not found there.
    """
    _Name(name).dump(obj)
    module = getattr(obj, "__module__", None)
    return module or pickle.whichmodule(obj, name), name  # type: ignore[attr-defined]
