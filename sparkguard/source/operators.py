"""What an operator makes of its operands, where they are of PySpark or hold something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sparkguard.source.facts import SPREAD, Constant, Operation
from sparkguard.source.values import Container, Frame, Instance, Value

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_CLOSED = frozenset(
    {
        "pyspark.sql.Column",
        "pyspark.pandas.DataFrame",
        "pyspark.pandas.Index",
        "pyspark.pandas.Series",
    }
)
"""Types whose operators give the same type again, whatever the other operand is."""
_PLAIN = frozenset({"In", "Is", "IsNot", "Not", "NotIn"})
"""Operators that give `True` or `False`, or nothing, for every type."""


def result(evaluator: Evaluator, operation: Operation, frame: Frame) -> Iterator[Value]:
    """What an operation may give."""
    if operation.operator in _PLAIN:
        return
    if operation.operator in ("clear", "pop"):
        yield from _left(evaluator, operation, frame)
        return
    operands = [evaluator.values(operand, frame) for operand in operation.operands]
    for value in (value for values in operands for value in values):
        match value:
            case Instance(type=type) if type in _CLOSED:
                yield value
                return
            case Instance(type="pyspark.RDD") if operation.operator == "Add":
                yield value
                return
    if operation.operator == "Add":
        yield from _joined(operands)
    elif operation.operator == "BitOr":
        taken = ((SPREAD, operand) for operand in operation.operands)
        yield Container(tuple(evaluator.items(taken, frame)))


def _left(evaluator: Evaluator, operation: Operation, frame: Frame) -> Iterator[Value]:
    """What is left in a container that is emptied, or that an item is taken out of."""
    held, *taken = operation.operands
    key = taken[0] if taken else None
    for value in evaluator.values(held, frame):
        match value, key:
            case Container(), None:
                yield Container(())
            case Container(items=items), Constant(value=key_value):
                yield Container(tuple(item for item in items if item[0] != f"[{key_value!r}]"))
            case _:
                yield value


def _joined(operands: list[tuple[Value, ...]]) -> Iterator[Value]:
    """What two lists hold together."""
    held = [value for values in operands for value in values if isinstance(value, Container)]
    if held:
        yield Container(tuple(pair for container in held for pair in container.items))
