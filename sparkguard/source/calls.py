"""What a call gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sparkguard.source import classes, gateway, hints, library, models
from sparkguard.source.facts import (
    Argument,
    Attribute,
    Call,
    Constant,
    Name,
)
from sparkguard.source.values import (
    Class,
    Container,
    ContainerMethod,
    Frame,
    Function,
    Given,
    Instance,
    Library,
    Literal,
    Manager,
    Object,
    Partial,
    Record,
    Shipped,
    Shipper,
    Thunk,
    Value,
)

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

HANDING_OUT = frozenset({"copy", "get", "items", "pop", "popitem", "setdefault", "values"})


def results(evaluator: Evaluator, call: Call, frame: Frame) -> Iterator[Value]:
    """What a call may give."""
    values = evaluator.values(call.function, frame)
    if not values:
        yield from models.itself(evaluator, call, frame)
    for called in values:
        of_jvm = gateway.result(called)
        if of_jvm is not None:
            yield of_jvm
            continue
        match called:
            case Library():
                yield from library.results(evaluator, called, call, frame)
            case Class():
                yield Object(called, Thunk(call, frame))
            case Shipper():
                yield from _shipped(evaluator, call, frame)
            case Shipped():
                yield Instance("pyspark.sql.Column")
            case Record(fields=fields):
                steps = tuple(f".{field}" for field in fields)
                yield Container(tuple(library.filled(call, frame, steps)))
            case ContainerMethod():
                yield from _handed_out(evaluator, called, call)
            case Partial(call=Thunk(expression=Call() as made, frame=inner)):
                yield from _partial_call(evaluator, made, inner, call)
            case _:
                for function, receiver in classes.callees(evaluator, called):
                    yield from returned(evaluator, function, call, frame, receiver)


def _partial_call(evaluator: Evaluator, made: Call, frame: Frame, call: Call) -> Iterator[Value]:
    first, *rest = made.arguments
    joined = Call(call.at, first.value, (*rest, *call.arguments), call.statement, call.branch)
    yield from results(evaluator, joined, frame)


def chosen(container: Container, step: str) -> list[Given]:
    """The items that a step may reach: those written with it, or any where none is."""
    named = [item for written, item in container.items if written == step]
    return named or [item for _, item in container.items]


def _handed_out(evaluator: Evaluator, called: ContainerMethod, call: Call) -> Iterator[Value]:
    container = called.container
    match called.name, call.arguments:
        case (("copy" | "values"), _):
            yield container
        case "items", _:
            nothing = Literal(None)
            pairs = [Container((("[0]", nothing), ("[1]", item))) for _, item in container.items]
            yield Container(tuple(("[...]", pair) for pair in pairs))
        case _, (Argument(value=Constant(value=key)), *_):
            yield from evaluator.given(chosen(container, f"[{key!r}]"))
        case _:
            yield from evaluator.given(item for _, item in container.items)


def _shipped(evaluator: Evaluator, call: Call, frame: Frame) -> Iterator[Value]:
    for function in evaluator.values(call.arguments[0].value, frame) if call.arguments else ():
        yield Shipped(function)


def returned(
    evaluator: Evaluator, function: Function, call: Call, frame: Frame, receiver: Value | None
) -> Iterator[Value]:
    """What a call of a function of the project may give."""
    facts = function.facts
    if facts.is_generator:
        yield _generated(evaluator, function, call, frame, receiver)
        return
    if _returns_anything(evaluator, function):
        return
    run = evaluator.call_frame(function, call, frame, receiver)
    found = evaluator.given(Thunk(value, run) for value in facts.returns)
    if not found and facts.annotation is not None:
        found = tuple(hints.instances(evaluator, facts.annotation, function.frame))
    yield from found


def _generated(
    evaluator: Evaluator, function: Function, call: Call, frame: Frame, receiver: Value | None
) -> Value:
    run = evaluator.call_frame(function, call, frame, receiver)
    yielded = tuple(Thunk(value, run) for value in function.facts.yields)
    if not classes.decorated_as(function.facts, "contextmanager", "asynccontextmanager"):
        return Container(tuple(("[...]", value) for value in yielded), lazy=True)
    return Manager(yielded)


def _returns_anything(evaluator: Evaluator, function: Function) -> bool:
    match function.facts.annotation:
        case Name() | Attribute() as annotation:
            return Library("typing.Any") in evaluator.values(annotation, function.frame)
    return False
