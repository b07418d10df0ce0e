"""One place where all that Spark pickles comes by, for as long as somebody listens."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

Handler = Callable[[object, Callable[[], Any], bool], Any]
"""Given what is pickled, how Spark goes on, and whether without cloudpickle, as a broadcast is."""

_lock = threading.Lock()
_handlers: list[Handler] = []
_before: list[tuple[Any, str, Any]] = []


@contextmanager
def hooked(handler: Handler) -> Iterator[None]:
    """Lets a handler have all that Spark pickles, in every thread; the latest one has it.

    Args:
        handler: Gives what Spark gets, or raises; a `PickleError` passes through Spark unchanged.
    """
    with _lock:
        _handlers.append(handler)
        if not _before:
            _install()
    try:
        yield
    finally:
        with _lock:
            _handlers.remove(handler)
            if not _handlers:
                _restore()


def _install() -> None:
    try:
        from pyspark import cloudpickle
    except ImportError:  # nothing is shipped where there is no Spark
        return
    dump, dumps = cloudpickle.dump, cloudpickle.dumps
    _replace(cloudpickle, "dump", lambda obj, *rest, **options: _handled(obj, dump, rest, options))
    _replace(
        cloudpickle, "dumps", lambda obj, *rest, **options: _handled(obj, dumps, rest, options)
    )
    for module in _broadcasting():
        _replace(module, "pickle", _Pickle("pickle"))


def _broadcasting() -> Iterator[ModuleType]:
    """Where Spark pickles broadcasts; a Connect client has no such place."""
    try:
        from pyspark.core import broadcast
    except ImportError:
        try:
            from pyspark import broadcast
        except ImportError:
            return
    yield broadcast


def _replace(owner: Any, name: str, value: Any) -> None:
    _before.append((owner, name, getattr(owner, name)))
    setattr(owner, name, value)


def _restore() -> None:
    while _before:
        owner, name, value = _before.pop()
        setattr(owner, name, value)


class _Pickle(ModuleType):
    """The module `pickle` as Spark's broadcasts see it."""

    def dump(self, obj: object, *rest: Any) -> Any:
        """Writes an object as `pickle.dump` does."""
        return _handled(obj, pickle.dump, rest, {}, plain=True)

    def __getattr__(self, name: str) -> Any:
        return getattr(pickle, name)


def _handled(
    obj: object,
    original: Callable[..., Any],
    rest: tuple[Any, ...],
    options: dict[str, Any],
    *,
    plain: bool = False,
) -> Any:
    def go_on() -> Any:
        return original(obj, *rest, **options)

    handlers = _handlers[-1:]  # the last one may leave just now, in another thread
    return handlers[0](obj, go_on, plain) if handlers else go_on()
