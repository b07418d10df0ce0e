"""What a parameter holds when nobody says which call is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sparkguard.source import classes, hints, idiom
from sparkguard.source.arguments import bind, may_give, passed
from sparkguard.source.facts import Attribute, Call, Name, Parameter
from sparkguard.source.values import Frame, Function, Literal, Object, Thunk, Value, few

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator


def guess(evaluator: Evaluator, parameter: Parameter, frame: Frame) -> Iterable[Value]:
    """What a parameter may hold: by its annotation, by every call in the project, by its use."""
    if parameter is frame.facts.parameters[0]:
        receivers = classes.receivers_of(evaluator, frame)
        if receivers:
            return receivers
    said = annotated(evaluator, parameter, frame)
    if said:
        return said
    called = _from_calls(evaluator, parameter, frame)
    given = few(value for value in called if value != Literal(None))
    if parameter.default is not None and frame.parent is not None:
        given += evaluator.values(parameter.default, frame.parent)
    if any(value != Literal(None) for value in given):
        return given
    single = parameter.kind in ("positional", "keyword")
    return (idiom.judged(parameter.name, frame) if single else ()) or given


def annotated(evaluator: Evaluator, parameter: Parameter, frame: Frame) -> tuple[Value, ...]:
    """What a parameter's annotation says it holds."""
    if parameter.annotation is None or frame.parent is None:
        return ()
    if parameter.kind in ("args", "kwargs"):
        return ()
    return tuple(hints.instances(evaluator, parameter.annotation, frame.parent))


def _instance(frame: Frame) -> Object | None:
    """The instance that a frame runs on, where it is known which call made it."""
    match frame.arguments.get(frame.facts.parameters[0].name, ()):
        case (Object(made=Thunk()) as own, *_):
            return own
    return None


def _may_be(receiver: Value | None, own: Object | None) -> bool:
    """Whether a call's receiver may be an instance."""
    match own, receiver:
        case Object(made=Thunk() as mine), Object(made=Thunk() as other):
            calls = {mine.frame.call, other.frame.call} - {None}
            return mine.expression is other.expression and len(calls) < 2
    return True


def _where(evaluator: Evaluator, call: Call, frame: Frame, own: Object | None) -> Frame | None:
    """The frame that a call stands in: on the same instance where a method calls another of it.

    `None` where the method is one that this instance does not have.
    """
    method = classes.receiver_of(frame)
    if own is None or not isinstance(method, Object) or frame.parent is None:
        return frame
    match call.function:
        case Attribute(value=Name(id=name)) if name == frame.facts.parameters[0].name:
            pass
        case Attribute(value=Call(function=Name(id="super"))):
            pass
        case _:
            return frame
    if all(base.facts is not method.cls.facts for base in classes.bases(evaluator, own.cls)):
        return None
    function = Function(frame.parent, frame.scope)
    return classes.run_of(evaluator, function, own)


def _from_calls(evaluator: Evaluator, parameter: Parameter, frame: Frame) -> Iterator[Value]:
    own = _instance(frame)
    for module, scope, call in evaluator.index.calls_to(classes.called_as(frame), frame.module):
        if not may_give(call, frame.facts.parameters, parameter):
            continue
        where = _where(evaluator, call, evaluator.frame(module, scope), own)
        if where is None:
            continue
        for target in evaluator.values(call.function, where):
            for function, receiver in classes.callees(evaluator, target):
                if function.facts is frame.facts and _may_be(receiver, own):
                    arguments = tuple(passed(evaluator, call, where))
                    bound = bind(function, arguments, receiver)
                    yield from evaluator.given(bound.get(parameter.name, ()))
