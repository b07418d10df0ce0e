"""Which udfs do nothing but what one function of Spark does."""

from __future__ import annotations

from sparkguard.pyspark_api import work
from sparkguard.source.arguments import argument_thunks
from sparkguard.source.facts import Argument, Attribute, Call, Constant, Expression, Name, Scope
from sparkguard.source.module import last_name
from sparkguard.source.ship import Shipment
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Frame, Function, Library, Thunk

_UDF = "pyspark.sql.functions.udf"


def replacing(evaluator: Evaluator, shipment: Shipment) -> tuple[str, Call, Frame] | None:
    """The function of Spark that does what a udf does, what the udf computes, and where.

    Args:
        evaluator: Knows what an expression is.
        shipment: The ship point.

    Returns:
        `None` for a udf that does more, that may be given no row, or that declares another type.
    """
    if shipment.point.name != _UDF or shipment.loads[0].argument.kind == "object":
        return None
    match shipment.loads[0].values:
        case (Function() as function,):
            frame = function.frame.child(function.scope)
            found = _computed(evaluator, function.facts, frame)
            if found is not None and _is_declared(shipment, work.BUILTINS[found[0]]):
                return *found, frame
    return None


def _computed(evaluator: Evaluator, scope: Scope, frame: Frame) -> tuple[str, Call] | None:
    """The one thing that a function of one parameter does with it.

    Of `len` it must be plain that it is asked of a text: of an array, Spark's function is another.
    """
    if len(scope.parameters) != 1 or scope.parameters[0].default or scope.is_generator:
        return None
    if scope.bindings or scope.is_async or len(scope.calls) != 1:
        return None
    name = scope.parameters[0].name
    match scope.returns:
        case (Call(function=Attribute(value=Name(id=held), attr=attr), arguments=()) as call,):
            builtin = work.BUILTIN_OF_METHOD.get(attr)
            return (builtin, call) if builtin and held == name else None
        case (Call(function=Name() as called, arguments=(Argument(value=Name(id=held)),)) as call,):
            of_len = evaluator.values(called, frame) == (Library("builtins.len"),)
            of_text = last_name(scope.parameters[0].annotation or called) in ("bytes", "str")
            return ("length", call) if of_len and of_text and held == name else None
    return None


def _is_declared(shipment: Shipment, wanted: frozenset[str]) -> bool:
    """Whether a udf declares the type that Spark's function gives; a string where it says none."""
    written = [_written(thunk.expression) for thunk in _types(shipment)] or ["string"]
    return len(written) == 1 and written[0] in wanted


def _written(type: Expression) -> str | None:
    match type:
        case Constant(value=str(words)):
            return words.strip().lower()
        case Call(arguments=()):
            return last_name(type)
    return None


def _types(shipment: Shipment) -> tuple[Thunk, ...]:
    """What a call or a decorator gives as the type that a udf returns."""
    position = 0 if shipment.decorates else 1
    for call in shipment.frame.facts.calls:
        here = call.at == shipment.statement if shipment.decorates else _ships(call, shipment)
        if here:
            return argument_thunks(call, shipment.frame, position, "returnType")
    return ()


def _ships(call: Call, shipment: Shipment) -> bool:
    given = [argument.value for argument in call.arguments]
    return any(expression is shipment.loads[0].expression for expression in given)
