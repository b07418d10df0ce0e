"""What shipped code does with an attribute of an instance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from sparkguard.source import classes, worker
from sparkguard.source.module import Module
from sparkguard.source.repairs.asking import inside
from sparkguard.source.repairs.fresh import numbers
from sparkguard.source.repairs.plain import Plain
from sparkguard.source.repairs.reading import Reader
from sparkguard.source.taken import Held
from sparkguard.source.values import Frame, Function

if TYPE_CHECKING:
    from sparkguard.source.ship import Shipment
    from sparkguard.source.types import Evaluator

_REACHED = 100


@dataclass(frozen=True, slots=True)
class Use:
    """A plain value that a method reads of an attribute of its instance."""

    module: Module
    receiver: str
    plain: Plain


def uses(evaluator: Evaluator, shipment: Shipment, held: Held) -> Iterator[Use | None]:
    """What shipped code does with an attribute; `None` for more than reading plain values."""
    for frame in _reached(evaluator, shipment, held):
        module = frame.module
        if module is not held.instance.cls.frame.module:
            yield from (None for attr in _attributes(frame) if attr == held.attr)
            continue
        function = Function(frame.parent or frame, frame.scope)
        receiver = function.facts.parameters[0].name if function.facts.parameters else ""
        reader = Reader(evaluator, function, (receiver, held.instance))
        for node in _code(frame):
            if isinstance(node, cst.Attribute) and node.attr.value == held.attr:
                plain = _plain(reader, node.value)
                yield None if plain is None else Use(module, receiver, plain)


def _plain(reader: Reader, instance: cst.BaseExpression) -> Plain | None:
    """The plain value that is read of an attribute, where that needs nothing but the instance."""
    own = [reader.anchors.nodes[read.at] for read, _ in reader.of_parameter()]
    plain = reader.read_by(instance) if instance in own else None
    if plain is None or plain.step or plain.unused or plain.unread:
        return None
    return plain if _needs_only(reader, plain) else None


def _needs_only(reader: Reader, plain: Plain) -> bool:
    """Whether an expression needs nothing but the parameter and builtins."""
    reads = list(reader.taken_by(plain.node))
    owner = reader.module.facts.owner
    return all(read.id == reader.parameter or owner(at, read.id) is None for read, at in reads)


def _reached(evaluator: Evaluator, shipment: Shipment, held: Held) -> Iterator[Frame]:
    """The frames of the functions that may run where the shipped one runs, the outer ones."""
    values = [value for load in shipment.loads for value in load.values]
    pending = [frame for value in values for frame in worker.entries(evaluator, value)]
    ways = [*held.readers, *([held.tied.function] if held.tied else [])]
    pending += [reader.frame.child(reader.scope) for reader in ways]
    cls = held.instance.cls
    seen: set[tuple[Module, int]] = set()
    while pending and len(seen) < _REACHED:
        frame = pending.pop(0)
        inner = [*numbers(frame.module, frame.scope)]
        if (frame.module, frame.scope) in seen:
            continue
        seen.update((frame.module, number) for number in inner)
        yield frame
        for number in inner:
            for call in frame.module.facts.scopes[number].calls:
                for value in evaluator.values(call.function, evaluator.within(frame, number)):
                    called = (function for function, _ in classes.callees(evaluator, value))
                    pending += [each.frame.child(each.scope) for each in called]
        named = (classes.find_method(evaluator, cls, attr) for attr in _attributes(frame))
        pending += [found[1].frame.child(found[1].scope) for found in named if found]


def _attributes(frame: Frame) -> set[str]:
    """The attributes that a function names."""
    return {node.attr.value for node in _code(frame) if isinstance(node, cst.Attribute)}


def _code(frame: Frame) -> Iterator[cst.CSTNode]:
    """The nodes of a function."""
    at = frame.facts.at if frame.facts.kind == "lambda" else frame.facts.statement
    yield from inside(frame.module.anchors.nodes[at])
