"""Accumulators that shipped code reads: a worker can only add to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sparkguard.model import Capture, Refused, Step, StepKind
from sparkguard.source import wording
from sparkguard.source.evaluated import expressions
from sparkguard.source.facts import MODULE, Attribute, Expression, Name, Scope
from sparkguard.source.module import Module
from sparkguard.source.ship import Shipment
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Frame, Instance

_ACCUMULATOR = "pyspark.Accumulator"
READ = Refused(
    f"{_ACCUMULATOR}.value",
    "accumulator",
    "the value of an accumulator",
    MappingProxyType(
        {
            "classic": "[VALUE_NOT_ACCESSIBLE] Value `Accumulator.value` cannot be accessed "
            "inside tasks."
        }
    ),
)


def read(
    evaluator: Evaluator, shipment: Shipment, frames: Mapping[tuple[Module, int], Frame]
) -> Iterator[Capture]:
    """The places where code that runs on the workers reads the value of an accumulator."""
    if ".value" not in shipment.module.source.text:
        return
    for (module, number), frame in frames.items():
        for held, at in _values_read(frame.facts) if module is shipment.module else ():
            if Instance(_ACCUMULATOR) in evaluator.values(held, frame):
                yield _capture(module, number, held, at)


def _values_read(scope: Scope) -> Iterator[tuple[Expression, int]]:
    """What a scope reads `.value` of, and where."""
    seen = {each.at: each for each in expressions(scope) if isinstance(each, Attribute)}
    for each in seen.values():
        if each.attr == "value":
            yield each.value, each.at
    # Of an f-string only the names are kept.
    holders = {each.value.at for each in seen.values()}
    for read in scope.reads:
        if read.at not in holders and (read.id, "value") in scope.attributes:
            yield read, read.at


def _capture(module: Module, number: int, held: Expression, at: int) -> Capture:
    span = module.anchors.span(at)
    first = Step(_kind(module, number, held), wording.of(held))
    last = Step("attribute", ".value", _ACCUMULATOR)
    return Capture(path=(first, last), span=span, uses=(span,), refused=READ)


def _kind(module: Module, number: int, held: Expression) -> StepKind:
    match held:
        case Name(id=name) if module.facts.owner(number, name) == MODULE:
            return "global"
    return "cell"
