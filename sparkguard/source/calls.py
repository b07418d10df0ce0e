"""What a call gives, and what a decorator makes of a definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sparkguard import pyspark_api as api
from sparkguard.source import hints, objects
from sparkguard.source.arguments import argument_thunks
from sparkguard.source.facts import Attribute, Call, Definition, Expression, Name
from sparkguard.source.values import (
    Class,
    Container,
    Frame,
    Function,
    Given,
    Instance,
    Library,
    Object,
    Partial,
    Shipped,
    Shipper,
    Thunk,
    Value,
)

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_TRANSPARENT = frozenset(
    f"builtins.{name}"
    for name in ("dict", "frozenset", "iter", "list", "reversed", "set", "sorted", "tuple")
) | {"copy.copy", "copy.deepcopy"}


def results(evaluator: Evaluator, call: Call, frame: Frame) -> Iterator[Value]:
    """What a call may give."""
    for called in evaluator.values(call.function, frame):
        match called:
            case Library():
                yield from _library_call(evaluator, called, call, frame)
            case Class():
                yield Object(called, Thunk(call, frame))
            case Shipper():
                yield from _shipped(evaluator, call, frame)
            case Shipped():
                yield Instance("pyspark.sql.Column")
            case Partial(call=Thunk(expression=Call() as made, frame=inner)):
                yield from _partial_call(evaluator, made, inner, call)
            case _:
                for function, receiver in objects.callees(evaluator, called):
                    yield from returned(evaluator, function, call, frame, receiver)


def _partial_call(evaluator: Evaluator, made: Call, frame: Frame, call: Call) -> Iterator[Value]:
    first, *rest = made.arguments
    joined = Call(call.at, first.value, (*rest, *call.arguments), call.statement, call.branch)
    yield from results(evaluator, joined, frame)


def _shipped(evaluator: Evaluator, call: Call, frame: Frame) -> Iterator[Value]:
    for function in evaluator.values(call.arguments[0].value, frame) if call.arguments else ():
        yield Shipped(function)


def returned(
    evaluator: Evaluator, function: Function, call: Call, frame: Frame, receiver: Value | None
) -> Iterator[Value]:
    """What a call of a function of the project may give."""
    facts = function.facts
    if facts.is_generator:
        yield Instance("types.GeneratorType")
        return
    if facts.is_async or _returns_anything(evaluator, function):
        return
    run = evaluator.call_frame(function, call, frame, receiver)
    found = evaluator.given(Thunk(value, run) for value in facts.returns)
    if not found and facts.annotation is not None:
        found = tuple(hints.instances(evaluator, facts.annotation, function.frame))
    yield from found


def _returns_anything(evaluator: Evaluator, function: Function) -> bool:
    match function.facts.annotation:
        case Name() | Attribute() as annotation:
            return Library("typing.Any") in evaluator.values(annotation, function.frame)
    return False


def _library_call(
    evaluator: Evaluator, called: Library, call: Call, frame: Frame
) -> Iterator[Value]:
    point = api.SHIP_POINTS.get(called.name)
    if point is not None and point.decorator:
        functions = handed_over(evaluator, point, call, frame)
        yield from map(Shipped, functions)
        if not functions:
            yield Shipper(point)
    elif called.name == "functools.partial" and call.arguments:
        yield Partial(Thunk(call, frame))
    elif called.name == "builtins.super":
        yield from objects.super_of(evaluator, frame)
    elif called.name in _TRANSPARENT:
        yield from _copied(evaluator, call, frame)
    elif called.name == "typing.cast" and call.arguments:
        yield from hints.instances(evaluator, call.arguments[0].value, frame)
    else:
        yield from _library_result(called)


def _copied(evaluator: Evaluator, call: Call, frame: Frame) -> Iterator[Value]:
    keywords = tuple(
        (f"[{a.keyword!r}]", Thunk(a.value, frame)) for a in call.arguments if a.keyword
    )
    if keywords:
        yield Container(keywords)
    for argument in call.arguments[:1]:
        if argument.keyword is None and not argument.star:
            yield from evaluator.values(argument.value, frame)


def handed_over(
    evaluator: Evaluator, point: api.ShipApi, call: Call, frame: Frame
) -> tuple[Value, ...]:
    """The functions or classes that a call of a decorator such as `udf` is given directly."""
    first = point.arguments[0]
    thunks = argument_thunks(call, frame, first.position, first.name)
    return tuple(
        value for value in evaluator.given(thunks) if objects.is_callable(evaluator, value)
    )


def defined(evaluator: Evaluator, node: Definition, frame: Frame) -> Iterable[Value]:
    """What a `def`, a `class` or a lambda gives, its decorators applied."""
    scope = frame.module.facts.scopes[node.scope]
    made = Class(frame, node.scope) if scope.kind == "class" else Function(frame, node.scope)
    found: tuple[Value, ...] = (made,)
    for decorator in reversed(scope.decorators):
        found = tuple(v for value in found for v in _decorated(evaluator, value, decorator, frame))
    return found


def _decorated(
    evaluator: Evaluator, value: Value, decorator: Expression, frame: Frame
) -> Iterable[Value]:
    for applied in evaluator.values(decorator, frame):
        match applied:
            case Shipper():
                return (Shipped(value),)
            case Library(name=name) if name in api.SHIP_POINTS:
                return (Shipped(value),)
            case Function() if isinstance(value, Function):
                return _wrapped(evaluator, value, applied, frame) or (value,)
    return (value,)


def _wrapped(
    evaluator: Evaluator, function: Function, decorator: Function, frame: Frame
) -> tuple[Value, ...]:
    if evaluator.too_deep(frame) or not decorator.facts.parameters:
        return ()
    arguments: dict[str, tuple[Given, ...]] = {decorator.facts.parameters[0].name: (function,)}
    outer = decorator.frame
    run = Frame(outer.module, decorator.scope, outer, arguments, frame.depth + 1)
    return evaluator.given(Thunk(given, run) for given in decorator.facts.returns)


def _library_result(called: Library) -> Iterator[Value]:
    owner, _, name = called.name.rpartition(".")
    member = api.member(called.receiver.type if called.receiver else owner, name)
    if member is not None:
        if member.returns is not None:
            yield Instance(member.returns)
    elif called.receiver is None:
        yield Instance(api.result_of(called.name) or called.name)
