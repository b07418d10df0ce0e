"""What decorators make of a definition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sparkguard import pyspark_api as api
from sparkguard.source.facts import Definition, Expression
from sparkguard.source.values import (
    Class,
    Frame,
    Function,
    Given,
    Library,
    Shipped,
    Shipper,
    Thunk,
    Value,
)

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator


def defined(evaluator: Evaluator, node: Definition, frame: Frame) -> Iterable[Value]:
    """What a `def`, a `class` or a lambda gives, its decorators applied."""
    scope = frame.module.facts.scopes[node.scope]
    return decorated(evaluator, node, frame, scope.decorators)


def decorated(
    evaluator: Evaluator, node: Definition, frame: Frame, decorators: Sequence[Expression]
) -> tuple[Value, ...]:
    """What decorators, the outermost first, make of a definition."""
    scope = frame.module.facts.scopes[node.scope]
    made = Class(frame, node.scope) if scope.kind == "class" else Function(frame, node.scope)
    found: tuple[Value, ...] = (made,)
    for decorator in reversed(decorators):
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
