"""Whether an arm of a choice runs, where the values that it depends on are known for certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sparkguard import pyspark_api as api
from sparkguard.source.facts import Arm, Constant, Expression, Name, Operation
from sparkguard.source.values import (
    Container,
    Frame,
    Instance,
    Library,
    Literal,
    Object,
    Thunk,
    Value,
)

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator


def runs(evaluator: Evaluator, arm: Arm, frame: Frame) -> bool | None:
    """Whether an arm runs in a frame; `None` where nobody can tell."""
    condition = frame.facts.conditions.get(arm)
    met = None if condition is None else _truth(evaluator, condition.test, frame)
    return None if met is None or condition is None else met == condition.met


def _truth(evaluator: Evaluator, test: Expression, frame: Frame) -> bool | None:
    match test:
        case Operation(operator="Not", operands=(operand,)):
            met = _truth(evaluator, operand, frame)
            return None if met is None else not met
        case Operation(operator="Is" | "IsNot" as operator, operands=(left, Constant(value=None))):
            given = _given(evaluator, left, frame)
            return None if given is None else (given == Literal(None)) == (operator == "Is")
        case Operation(operator="Equal" | "NotEqual" as operator, operands=(left, right)):
            match _given(evaluator, left, frame), _given(evaluator, right, frame):
                case Literal(value=one), Literal(value=other):
                    return (one == other) == (operator == "Equal")
            return None
    given = _given(evaluator, test, frame)
    return None if given is None else not isinstance(given, Literal) or bool(given.value)


def _given(evaluator: Evaluator, expression: Expression, frame: Frame) -> Value | None:
    """What an expression is: a literal, or something that is none; `None` where it is not known.

    A parameter is known where the call that runs the frame is, and nothing binds it anew.
    """
    match expression:
        case Constant(value=value):
            return Literal(value)
        case Name(id=name) if name in frame.arguments and name not in frame.facts.bindings:
            match frame.arguments[name]:
                case (Thunk() as thunk,):
                    return _given(evaluator, thunk.expression, thunk.frame)
                case (only,) if not isinstance(only, Thunk | Container):
                    return only
    values = evaluator.values(expression, frame)
    return values[0] if values and all(map(_is_true, values)) else None


def _is_true(value: Value) -> bool:
    """Whether a value is true wherever it is asked: PySpark's objects, functions, classes."""
    match value:
        case Instance(type=type):
            return api.is_type(type)
        case Library() | Literal() | Container() | Object():
            return False
    return True
