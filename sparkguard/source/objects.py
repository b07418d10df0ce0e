"""What an attribute of a class or of an instance is: held, inherited, bound, computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sparkguard.source import classes, names, state
from sparkguard.source.facts import (
    Binding,
    Definition,
)
from sparkguard.source.values import (
    Bound,
    Class,
    Found,
    Frame,
    Function,
    Object,
    Super,
    Thunk,
    Value,
)

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_ENUMS = frozenset(f"enum.{name}" for name in ("Enum", "Flag", "IntEnum", "IntFlag", "StrEnum"))
_PROPERTIES = ("property", "cached_property", "lazy_property")


def super_of(evaluator: Evaluator, frame: Frame) -> Iterator[Super]:
    """What `super()` is in a method's frame."""
    for around in _chain(frame):
        receiver = classes.receiver_of(around)
        if receiver is not None and around.parent is not None and around.parent.parent is not None:
            given = evaluator.given(
                around.arguments.get(around.facts.parameters[0].name, (receiver,))
            )
            for value in given or (receiver,):
                yield Super(Class(around.parent.parent, around.parent.scope), value)
            return


def _chain(frame: Frame | None) -> Iterator[Frame]:
    while frame is not None:
        yield frame
        frame = frame.parent


def method_result(evaluator: Evaluator, value: Object, name: str) -> Iterator[Value]:
    """What a method that takes no arguments gives."""
    found = classes.find_method(evaluator, value.cls, name)
    if found is not None:
        run = classes.run_of(evaluator, found[1], value)
        yield from evaluator.given(Thunk(given, run) for given in found[1].facts.returns)


def find_property(evaluator: Evaluator, holder: Value, name: str) -> Frame | None:
    """The frame that runs when an attribute is read, where it is a property of an instance."""
    match holder:
        case Object(cls=cls) if found := classes.find_method(evaluator, cls, name):
            if classes.decorated_as(found[1].facts, *_PROPERTIES):
                return classes.run_of(evaluator, found[1], holder)
    return None


def attribute(evaluator: Evaluator, holder: Class | Object | Super, attr: str) -> Iterator[Found]:
    """What an attribute of a class, an instance or a `super()` may be."""
    match holder:
        case Class() if _is_member_of_enum(evaluator, holder, attr):
            yield Found(Object(holder), holder.frame.module, holder.facts.bindings[attr][-1].at)
        case Class():
            yield from _inherited(evaluator, classes.bases(evaluator, holder), attr, holder)
        case Super(cls=cls, receiver=receiver):
            yield from _inherited(evaluator, classes.bases(evaluator, cls)[1:], attr, receiver)
        case Object(cls=cls):
            held = list(state.instance_attribute(evaluator, holder, attr))
            yield from held
            if not held:
                yield from _inherited(evaluator, classes.bases(evaluator, cls), attr, holder)


def _is_member_of_enum(evaluator: Evaluator, cls: Class, attr: str) -> bool:
    """Whether an attribute is a member: of an enumeration, and no method of it."""
    bound = cls.facts.bindings.get(attr, ())
    if not bound or attr.startswith("_") or isinstance(bound[-1].value, Definition):
        return False
    return any(base.name in _ENUMS for base in classes.library_bases(evaluator, cls))


def _inherited(
    evaluator: Evaluator, bases: Sequence[Class], attr: str, receiver: Value
) -> Iterator[Found]:
    """What the first class that has the attribute makes of it."""
    for cls in bases:
        outside = list(state.assigned_outside(evaluator, cls, attr))
        yield from outside
        if outside or attr in cls.facts.bindings:
            yield from _class_attribute(evaluator, cls, attr, receiver)
            return


def _class_attribute(
    evaluator: Evaluator, cls: Class, attr: str, receiver: Value
) -> Iterator[Found]:
    frame = classes.body(cls)
    read = [b for b in cls.facts.bindings.get(attr, ()) if not _is_setter(b, frame)]
    for binding in names.final(read):
        match binding.value:
            case Definition(scope=scope):
                value = Function(frame, scope)
                if frame.module.facts.scopes[scope].kind == "class":
                    yield Found(Class(frame, scope), frame.module, binding.at)
                else:
                    yield from _method(evaluator, value, binding, receiver, cls)
            case _:
                for found in evaluator.bound(attr, frame, (binding,)):
                    yield replace(found, value=_taken(found.value, receiver))


def _is_setter(binding: Binding, frame: Frame) -> bool:
    """Whether a method only writes or deletes the property whose name it bears."""
    match binding.value:
        case Definition(scope=scope):
            return classes.decorated_as(frame.module.facts.scopes[scope], "setter", "deleter")
    return False


def _taken(value: Value, receiver: Value) -> Value:
    """What an instance makes of a class attribute: of a function, a method."""
    if isinstance(value, Function) and isinstance(receiver, Object):
        return Bound(receiver, value)
    return value


def _method(
    evaluator: Evaluator, function: Function, binding: Binding, receiver: Value, cls: Class
) -> Iterator[Found]:
    module, scope = function.frame.module, function.facts
    if classes.decorated_as(scope, "staticmethod"):
        yield Found(function, module, binding.at)
    elif classes.decorated_as(scope, "classmethod"):
        owner = receiver.cls if isinstance(receiver, Object) else cls
        yield Found(Bound(owner, function), module, binding.at)
    elif classes.decorated_as(scope, *_PROPERTIES) and isinstance(receiver, Object):
        run = classes.run_of(evaluator, function, receiver)
        for value in evaluator.given(Thunk(given, run) for given in scope.returns):
            yield Found(value, module, binding.at)
    elif binding.value is not None:
        for value in evaluator.values(binding.value, function.frame):
            if isinstance(value, Function) and not isinstance(receiver, Class):
                yield Found(Bound(receiver, value), module, binding.at)
            else:
                yield Found(value, module, binding.at)
