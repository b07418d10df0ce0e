"""What an object holds as far as it travels, each with the step that a user would take to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import FunctionType, MethodType
from typing import Any

from sparkguard.live.dryrun import Part
from sparkguard.model import Step, StepKind

_METHODS = (FunctionType, classmethod, staticmethod, property)
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one object to another.

    Args:
        obj: What is reached.
        step: The step in the user's words; `None` where a user sees no step.
        cost: 0 where the way is the pickler's own affair; a way is the shorter, the less it costs.
    """

    obj: object
    step: Step | None = None
    cost: int = 1


def of_container(obj: Any) -> Iterator[Edge]:
    """What a plain container holds; a subclass of one is no plain container."""
    kind = type(obj)
    if kind is dict:
        yield from _pairs(obj.items())
    elif kind in (list, tuple):
        yield from _numbered(obj)
    elif kind in (set, frozenset):
        for item in obj:
            yield Edge(item, Step("element", "[...]"))


def of_part(part: Part, entered: bool) -> Iterator[Edge]:
    """What an object is made of.

    Args:
        part: The object, as it was pickled.
        entered: Whether it is a class, and an instance of it is what leads there.
    """
    obj = part.obj
    if not part.made:
        return
    if type(obj) is FunctionType:
        yield from _of_function(obj, part)
    elif issubclass(type(obj), type):
        yield from _of_class(obj, part, entered)
    elif type(obj) is MethodType:
        yield Edge(obj.__func__, cost=0)
        yield Edge(obj.__self__, Step("call", "self"))
    elif type(obj) is property:
        for function in (obj.fget, obj.fset, obj.fdel):
            yield Edge(function, cost=0)
    elif type(obj) is partial:
        yield from _of_partial(part)
    else:
        yield from _of_instance(obj, part)


def _of_function(function: FunctionType, part: Part) -> Iterator[Edge]:
    """By what cloudpickle keeps of it: names that its code does not use stay behind."""
    own, held = part.made[2]
    code = function.__code__
    yield from _named("cell", dict(zip(code.co_freevars, held["__closure__"] or (), strict=True)))
    yield from _named("global", held["__globals__"])
    defaults = held["__defaults__"] or ()
    names = code.co_varnames[: code.co_argcount][code.co_argcount - len(defaults) :]
    yield from _named("default", dict(zip(names, defaults, strict=True)), "{}=")
    yield from _named("default", held["__kwdefaults__"] or {}, "{}=")
    yield from _named("attribute", own, ".{}", cost=2)  # `.__wrapped__` is no word of the user's
    yield from _named("attribute", held["__annotations__"] or {}, "annotation of {}", cost=2)
    for module in held["_cloudpickle_submodules"]:
        yield Edge(module, cost=0)
    yield Edge(code, cost=0)


def _of_class(cls: Any, part: Part, entered: bool) -> Iterator[Edge]:
    for base in cls.__bases__:
        yield Edge(base)
    state = part.made[2][0] if isinstance(part.made[2], tuple) else {}
    for name, value in state.items():
        own = isinstance(value, _METHODS) or not entered
        text = f"{cls.__name__}.{name}" if own else f".{name}"
        yield Edge(value, Step("attribute", text))


def _of_partial(part: Part) -> Iterator[Edge]:
    function, arguments, keywords, own = part.made[2]
    name = str(getattr(function, "__qualname__", "function")).rpartition("<locals>.")[2]
    yield Edge(function, Step("call", name))
    code = getattr(function, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code else ()
    for number, value in enumerate(arguments):
        text = f"{names[number]}=" if number < len(names) else f".args[{number}]"
        yield Edge(value, Step("call", text))
    yield from _named("call", keywords, "{}=")
    yield from _named("attribute", own or {}, ".{}")


def _of_instance(obj: object, part: Part) -> Iterator[Edge]:
    function, arguments, state, items, pairs = part.made
    name = getattr(function, "__name__", "")
    if name in ("__newobj__", "__newobj_ex__"):
        cls, *arguments = arguments
        yield Edge(cls)
        if name == "__newobj_ex__":
            arguments = [*arguments[0], *arguments[1].values()]
    else:
        yield Edge(function, cost=2)
    yield from _arguments(obj, arguments)
    yield from _state(state)
    yield from _numbered(items or ())
    yield from _pairs(pairs or ())


def _arguments(obj: object, arguments: Collection[object]) -> Iterator[Edge]:
    fields = getattr(type(obj), "_fields", ())
    if isinstance(obj, tuple) and len(fields) == len(arguments):
        yield from _named("attribute", dict(zip(fields, arguments, strict=True)), ".{}")
    elif isinstance(obj, BaseException):
        for number, value in enumerate(arguments):
            yield Edge(value, Step("attribute", f".args[{number}]"))
    elif len(arguments) == 1:
        yield from (Edge(value, cost=0) for value in arguments)
    else:
        yield from _numbered(arguments)


def _state(state: object) -> Iterator[Edge]:
    """The attributes: a dictionary, or a pair of one and of what stands in slots."""
    held = state if isinstance(state, tuple) and len(state) == 2 else (state,)
    if not all(isinstance(one, dict | None) for one in held):
        held = (state,)
    for one in held:
        if isinstance(one, dict) and all(isinstance(name, str) for name in one):
            yield from _named("attribute", one, ".{}")
        elif one is not None:
            yield Edge(one, Step("attribute", ".__getstate__()"))


def _named(
    kind: StepKind, held: Mapping[str, object], text: str = "{}", cost: int = 1
) -> Iterator[Edge]:
    for name, value in held.items():
        yield Edge(value, Step(kind, text.format(name)), cost)


def _numbered(items: Collection[object]) -> Iterator[Edge]:
    for number, item in enumerate(items):
        yield Edge(item, Step("element", f"[{number}]"))


def _pairs(pairs: Collection[tuple[object, object]]) -> Iterator[Edge]:
    for key, value in pairs:
        text = repr(key)[:_SHOWN] if isinstance(key, str | int | float | bytes) else "..."
        yield Edge(value, Step("element", f"[{text}]"))
        yield Edge(key, Step("element", "[...]"))
