"""What gives another value each time that a udf is asked, unless Spark is told so."""

from __future__ import annotations

from collections.abc import Iterator

from sparkguard import pyspark_api as api
from sparkguard.model import Draw
from sparkguard.source import wording
from sparkguard.source.evaluated import within
from sparkguard.source.facts import (
    Attribute,
    Call,
    Comprehension,
    Definition,
    Expression,
    Name,
    Scope,
)
from sparkguard.source.module import Module
from sparkguard.source.ship import Shipment, word
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Frame, Function, Library

_MARK = "asNondeterministic"
_REGISTERING = (
    "pyspark.sql.UDFRegistration.register",
    "pyspark.sql.SQLContext.registerFunction",
    "pyspark.sql.Catalog.registerFunction",
)


def draws(evaluator: Evaluator, shipment: Shipment) -> Iterator[Draw]:
    """The calls of a udf's own code whose answer nobody can foresee."""
    point = shipment.point
    if not (point.name in api.UDF_MAKERS or point.name in _REGISTERING) or _is_marked(shipment):
        return
    for load in shipment.loads:
        for value in load.values:
            if isinstance(value, Function) and load.argument.kind == "function":
                yield from _of_function(evaluator, value)


def _of_function(evaluator: Evaluator, function: Function) -> Iterator[Draw]:
    found = [
        (call, name, frame.module)
        for frame in _frames(function.frame.child(function.scope))
        for call in frame.facts.calls
        for name in _names(evaluator, call, frame)
    ]
    if any(name in api.SEEDS for _, name, _ in found):
        return
    answered = {id(each) for each in _answered(function.facts)}
    for call, name, module in found:
        if name in api.DRAWS and id(call) in answered:
            yield Draw(module.anchors.span(call.at), wording.of(call.function))


def _frames(frame: Frame) -> Iterator[Frame]:
    """A function's own frame and those of its comprehensions."""
    yield frame
    for number in frame.facts.children:
        if frame.module.facts.scopes[number].kind == "comprehension":
            yield from _frames(frame.child(number))


def _names(evaluator: Evaluator, call: Call, frame: Frame) -> Iterator[str]:
    values = evaluator.values(call.function, frame)
    return (value.name for value in values if isinstance(value, Library) and not value.receiver)


def _answered(scope: Scope) -> Iterator[Expression]:
    """All that a function's answer is made of or hangs on, as far as it can be told."""
    pending: list[Expression] = [*scope.returns, *scope.yields]
    pending += [condition.test for condition in scope.conditions.values()]
    seen: set[str] = set()
    while pending:
        for each in within(pending.pop()):
            yield each
            match each:
                case Comprehension(element=element):
                    pending.append(element)
                case Name(id=name) if name not in seen:
                    seen.add(name)
                    pending += [b.value for b in scope.bindings.get(name, ()) if b.value]


def _is_marked(shipment: Shipment) -> bool:
    """Whether Spark is told, on the udf where it is made or by its name anywhere in the file."""
    marks = shipment.module.calls.get(_MARK, ())
    names = _called(shipment) if marks else set()
    for _, call in marks:
        match call.function:
            case Attribute(value=Call(function=made)):
                if word(made) == shipment.at:
                    return True
            case Attribute(value=Name(id=name)) | Attribute(value=Attribute(attr=name)):
                if name in names:
                    return True
    return False


def _called(shipment: Shipment) -> set[str]:
    """What the udf is called, by the names and attributes that it is given to."""
    scope, module = shipment.frame.facts, shipment.module
    names = {
        binding.name
        for bound in scope.bindings.values()
        for binding in bound
        if _is_made(binding.value, shipment, module)
    }
    return names | {
        binding.target.attr
        for binding in scope.attribute_bindings
        if _is_made(binding.value, shipment, module)
    }


def _is_made(value: Expression | None, shipment: Shipment, module: Module) -> bool:
    match value:
        case Call(function=made):
            return word(made) == shipment.at
        case Definition(scope=number) if shipment.decorates:
            scope = module.facts.scopes[number]
            return any(
                word(each.function if isinstance(each, Call) else each) == shipment.at
                for each in scope.decorators
            )
    return False
