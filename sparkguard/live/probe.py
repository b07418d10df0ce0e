"""Probes a live object: a dry run, the ways through it, and the record of the call that ships."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType, MappingProxyType
from typing import Any

from sparkguard.diagnostic import Position, ShippedBy, Span
from sparkguard.live import places
from sparkguard.live.captures import Captures, code_of, name_of
from sparkguard.live.dryrun import DryRun, dry_run
from sparkguard.live.kinds import Kinds, target
from sparkguard.live.needs import needs
from sparkguard.live.origin import is_users_class
from sparkguard.live.seen import Probed
from sparkguard.live.walk import Node, walk
from sparkguard.live.weight import weight
from sparkguard.model import PROBED, Refused, ShipPoint
from sparkguard.payload import Payload

Own = Mapping[str, Refused]
NOTHING: Own = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Call:
    """The call that ships: its name in the tables, and the places of its word and statement."""

    api: str
    span: Span
    statement: Span
    argument: Span


class Probe:
    """One object, pickled into nothing.

    Args:
        obj: What ships; of a udf object, the function under it.
        own: What the user keeps on the driver, by dotted name.
        plain: As a broadcast is pickled, without cloudpickle.
    """

    def __init__(self, obj: object, own: Own = NOTHING, *, plain: bool = False) -> None:
        self.kinds = Kinds(own, target())
        with _as_it_was():
            self.run: DryRun = dry_run(unwrapped(obj), self.kinds, plain=plain)
        self._nodes: list[Node] | None = None

    @property
    def nodes(self) -> Sequence[Node]:
        """All that was met, the nearest first; walked when it is first asked for."""
        if self._nodes is None:
            self._nodes = walk(self.run)
        return self._nodes

    @property
    def is_refused(self) -> bool:
        """Whether anything in it does not travel."""
        return bool(self.run.broken) or any(one.refusal for one in self.run.parts.values())

    @property
    def is_unpicklable(self) -> bool:
        """Whether the pickler itself refused any of it, or broke down."""
        parts = self.run.parts.values()
        return bool(self.run.broken) or any(one.refusal and one.refusal.words for one in parts)

    def point(self, root: Node, call: Call) -> ShipPoint:
        """The record of the call, with what does not travel below a node."""
        captures = Captures(self.run, self.nodes, self.kinds, call.argument)
        return ShipPoint(
            api=call.api,
            function=_called(root.obj, call),
            span=call.span,
            statement=call.statement,
            captures=(*captures.below(root), *captures.heavy(root)),
            origin="live",
            targets=self.kinds.targets,
        )

    def payload(self, root: Node, call: Call) -> Payload:
        """What it weighs and what the worker must have."""
        name = _called(root.obj, call)
        shipped = ShippedBy(call.api, name, call.span)
        return Payload(shipped, self.run.bytes, weight(root, name, self.run.bytes), needs(self.run))


def probe(obj: object, own: Own = NOTHING, call: Call | None = None) -> Probed:
    """Probes one object.

    Args:
        obj: A function, or whatever may ship.
        own: What the user keeps on the driver, by dotted name.
        call: The call that ships it; without one, where it is defined stands for that.
    """
    asked = Probe(obj, own)
    root = asked.nodes[0]
    call = call or at_definition(root.obj)
    return Probed(asked.point(root, call), asked.payload(root, call))


def written_at(site: places.Site, api: str, obj: object) -> Call:
    """The call that runs at a place.

    Args:
        site: Where a frame is.
        api: What is called, by its name in the tables.
        obj: What it ships.
    """
    word = api.rpartition(".")[2]
    return Call(api, *places.call(site, word, name_of(obj).rpartition(".")[2]))


def at_definition(obj: object) -> Call:
    """The place of a thing that nothing ships yet."""
    code = code_of(obj)
    cls = obj if isinstance(obj, type) else type(obj)
    span = places.definition(code) if code else places.class_definition(cls)
    span = span or Span("<unknown>", Position(1, 1), Position(1, 2))
    return Call(PROBED, span, span, span)


def _called(obj: object, call: Call) -> str:
    """What ships in the user's words: plain data has only the call."""
    named = callable(obj) or call.api == PROBED or is_users_class(type(obj))
    return name_of(obj) if named else call.api.rpartition(".")[2]


def unwrapped(obj: Any) -> object:
    """The function under a udf object, or under what `@udf` made of a function."""
    ours = isinstance(obj, FunctionType) or type(obj).__module__.startswith("pyspark.sql")
    if ours and hasattr(obj, "evalType") and hasattr(obj, "func"):
        return obj.func
    return obj


@contextmanager
def _as_it_was() -> Iterator[None]:
    """Leaves no trace in Spark: a broadcast that is pickled signs up for the next job."""
    context = getattr(sys.modules.get("pyspark"), "SparkContext", None)
    registry = getattr(
        getattr(context, "_active_spark_context", None), "_pickled_broadcast_vars", None
    )
    before = set(registry) if registry is not None else set()
    try:
        yield
    finally:
        if registry is not None and set(registry) != before:
            registry.clear()
            for broadcast in before:
                registry.add(broadcast)
