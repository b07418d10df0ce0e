"""What things are called on a capture path, in the user's own words."""

from __future__ import annotations

from sparkguard.source.facts import Attribute, Call, Definition, Expression, Name, Subscript
from sparkguard.source.ship import Shipment
from sparkguard.source.values import Bound, Class, Function, Object


def of(expression: Expression) -> str:
    """A short form of an expression: names and dots as written, `f(...)` for a call."""
    match expression:
        case Name(id=name):
            return name
        case Attribute(value=value, attr=attr):
            return f"{of(value)}.{attr}"
        case Call(function=function):
            return f"{of(function)}(...)"
        case Subscript(value=value, step=step):
            return f"{of(value)}{step}"
        case Definition():
            return "<lambda>"
    return "..."


def of_shipped(shipment: Shipment) -> str:
    """What ships, in the user's words: `<lambda>`, the function's name, the argument's."""
    load = shipment.loads[0]
    match load.values[0]:
        case Function() | Class() as made:
            return made.facts.name
    if load.argument.kind == "object":
        return shipment.point.name.rpartition(".")[2]
    return of(load.expression)


def of_receiver(shipment: Shipment, before: str | None, bound: Bound) -> str:
    """What a bound method is bound to.

    Args:
        shipment: The ship point.
        before: The step to the method, `self.score`; `None` where it ships itself.
        bound: The method.
    """
    match before, shipment.loads[0].expression:
        case None, Attribute(value=receiver):
            return of(receiver)
        case str(step), _ if "." in step.strip("."):
            return step.rpartition(".")[0]
    match bound.receiver:
        case Object(cls=cls) | (Class() as cls):
            return cls.facts.name
    return "object"
