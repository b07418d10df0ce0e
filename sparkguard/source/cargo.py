"""What is heavy about a value that travels with a function."""

from __future__ import annotations

from sparkguard import pyspark_api as api
from sparkguard.model import Cargo
from sparkguard.source import classes
from sparkguard.source.facts import Part
from sparkguard.source.ship import Shipment
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Container, Instance, Object, Thunk, Value

_ONCE = ("pyspark.ml.torch.distributor.", "pyspark.ml.deepspeed.")
"""What sends its function to each process once, and to few of them."""


def of(evaluator: Evaluator, shipment: Shipment, value: Value) -> Cargo | None:
    """What makes a captured value heavy, at a call that sends a function with each task."""
    point = shipment.point
    if point.name.startswith(_ONCE) or all(one.kind == "object" for one in point.arguments):
        return None
    type = type_of(evaluator, value)
    return None if type is None else api.cargo(type)


def type_of(evaluator: Evaluator, value: Value) -> str | None:
    """The type by which a value is known to be heavy, if it may be."""
    match value:
        case Instance(type=type):
            return type
        case Object(cls=cls):
            bases = (base.name for base in classes.library_bases(evaluator, cls))
            return next((base for base in bases if base in api.MODEL_BASES), None)
        case Container(items=((_, Thunk() as element),)):
            return _collected(evaluator, element)
    return None


def _collected(evaluator: Evaluator, element: Thunk) -> str | None:
    """What a comprehension goes through, where that was collected."""
    frame = element.frame
    if frame.facts.kind != "comprehension" or frame.parent is None:
        return None
    for bindings in frame.facts.bindings.values():
        match bindings[0].value:
            case Part(kind="element", of=iterated):
                for value in evaluator.values(iterated, frame.parent):
                    if isinstance(value, Instance) and value.type in api.COLLECTED:
                        return value.type
    return None
