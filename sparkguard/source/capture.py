"""Follows what ships, from the function inwards, to everything that travels with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import islice

from msgspec import structs

from sparkguard.model import Capture, Cargo, Refused
from sparkguard.repair import Repair
from sparkguard.source import (
    cargo,
    needed,
    refusal,
    wording,
    worker,
)
from sparkguard.source.edges import Edges
from sparkguard.source.elsewhere import Elsewhere
from sparkguard.source.facts import Display
from sparkguard.source.importing import Imports
from sparkguard.source.module import Module
from sparkguard.source.needed import Assumed
from sparkguard.source.reach import Hop, Reach, anchored, steps_to
from sparkguard.source.ship import Load, Shipment
from sparkguard.source.taken import Given, Taken
from sparkguard.source.types import Evaluator
from sparkguard.source.values import (
    Class,
    Container,
    Found,
    Function,
    Instance,
    Literal,
    Object,
    ProjectModule,
    Value,
)

_LENGTH = 14
_VISITS = 3_000
_TRIED = 200
"""How many values are looked at where a repair only tries what else could ship."""
_PROCESSORS = ("accum_param", "statefulProcessor")
"""Arguments that are objects whose methods the workers call."""
_AT_HOME = (
    "pyspark.sql.streaming.DataStreamWriter.foreachBatch",
    "pyspark.ml.torch.distributor.",
    "pyspark.ml.deepspeed.",
)
"""Where the function may find a session of its own when it runs."""


class Walk:
    """One walk through all that a shipment sends, nearest things first.

    Args:
        evaluator: Answers what an expression is.
        imports: What happens where a module is imported.
        shipment: What ships.
        tries: Whether a repair may try what else could ship.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        imports: Imports,
        shipment: Shipment,
        *,
        tries: bool = True,
    ) -> None:
        self.evaluator, self.imports, self.shipment = evaluator, imports, shipment
        self.tries, self.visits = tries, 0
        self.seen: set[Value] = set()
        self.plain: set[Value] = set()
        self.imported: set[tuple[Module, Assumed]] = set()

    @cached_property
    def elsewhere(self) -> Elsewhere:
        """What happens on workers only, where the function runs."""
        shipped = (value for load in self.shipment.loads for value in load.values)
        return Elsewhere(self.evaluator, shipped)

    @cached_property
    def _edges(self) -> Edges:
        return Edges(self.evaluator, self.shipment, self.elsewhere)

    def captures(self) -> Iterator[Capture]:
        """What travels and must not, each by its shortest path, then what must not run there."""
        yield from self._travelling()
        for capture in self._running():
            refused = capture.refused
            if refused is None or refused.family != "session" or not self._is_at_home():
                yield capture

    def _is_at_home(self) -> bool:
        return self.shipment.point.name.startswith(_AT_HOME)

    def _travelling(self) -> Iterator[Capture]:
        pending, limit = deque(self._start()), _VISITS if self.tries else _TRIED
        while pending and self.visits < limit:
            reach = pending.popleft()
            self.visits += 1
            value, given = reach.found.value, all(step.kind == "call" for step in reach.steps)
            if value in self.plain:
                continue
            refused = refusal.of(self.evaluator, self.shipment, value, given=given)
            if refused is not None:
                yield self._capture(reach, refused)
                continue
            heavy = cargo.of(self.evaluator, self.shipment, value)
            if heavy is not None:
                yield self._capture(reach, None, heavy)
            if value not in self.seen and len(reach.steps) < _LENGTH:
                self.seen.add(value)
                if heavy is None and not isinstance(value, Container):
                    self.plain.add(value)
                room = max(limit - self.visits - len(pending), 0)
                pending.extend(islice(self._edges.inside(reach), room))
                yield from self._sent_by_name(reach)

    def _start(self) -> Iterator[Reach]:
        for load in self.shipment.loads:
            for value in load.values:
                found = Found(value, self.shipment.module, load.expression.at)
                given = self._passed_on(load, value)
                where = (self.shipment.module, load.expression.at)
                yield Reach(found, steps_to(load, value), *where, taken=given)

    def _passed_on(self, load: Load, value: Value) -> Given | None:
        """What an argument behind a function gives to that function's second parameter."""
        match load.argument.name, load.expression:
            case str(name), given if name.startswith("*"):
                pass
            case "args", Display(items=[(_, given)]):
                pass
            case _:
                return None
        shipped = (value for other in self.shipment.loads for value in other.values)
        for function in (value for value in shipped if isinstance(value, Function)):
            here, parameters = function.frame.module, function.facts.parameters
            if here is self.shipment.module and len(parameters) == 2:
                return Given(function, parameters[1].name, value, given.at)
        return None

    def _capture(
        self, reach: Reach, refused: Refused | None, heavy: Cargo | None = None
    ) -> Capture:
        itself = Hop("call", wording.of(self.shipment.loads[0].expression))
        *before, last = map(anchored, reach.steps or (itself,))
        anchors, found = reach.module.anchors, reach.found
        type = refused.type if refused else cargo.type_of(self.evaluator, found.value)
        return Capture(
            path=(*before, replace(last, type=type)),
            span=anchors.span(reach.at),
            bound_at=found.module.anchors.span(found.at) if found.module else None,
            holder=reach.holder,
            entered=reach.entered,
            uses=tuple(anchors.span(at) for at in reach.uses),
            refused=refused,
            repair=self._repair(reach, refused) if refused else self._lightened(reach, heavy),
            cargo=heavy,
        )

    def _lightened(self, reach: Reach, heavy: Cargo | None) -> Repair | None:
        """How the code can do without something heavy that it takes itself, or that holds it."""
        from sparkguard.source.repairs import lightened

        itself = len(reach.steps) == 1
        if heavy is None or not (itself or reach.entered == 1):
            return None
        plain = self._is_foreign(reach.found.value)
        return lightened(self.evaluator, reach.taken, heavy, itself=itself, plain=plain)

    def _is_foreign(self, value: Value, depth: int = 4) -> bool:
        """Whether no class or function of the project is known to be in a value."""
        match value:
            case Container(items=items, lazy=False) if depth:
                held = self.evaluator.given(item for _, item in items)
                return all(self._is_foreign(each, depth - 1) for each in held)
        return isinstance(value, Instance | Literal)

    def _repair(self, reach: Reach, refused: Refused) -> Repair | None:
        """How the code can do without what is captured."""
        tied = reach.tied
        if tied and (tied.function in reach.readers or self.shipment.is_plain_pickle):
            tied = None
        travels = self._travels if self.tries else lambda values: None
        holds = (reach.taken, tied, *reach.held, reach.of_class)
        if not any(holds):
            return None  # what repairs need is dear to import
        from sparkguard.source.repairs import repair

        return repair(self.evaluator, self.shipment, refused, holds, travels)

    def _travels(self, values: tuple[Value, ...]) -> tuple[Repair, ...] | None:
        """The repairs after which values could ship instead; `None` where they could not."""
        load = structs.replace(self.shipment.loads[0], values=values)
        shipment = structs.replace(self.shipment, loads=(load,), decorates=False)
        walk = Walk(self.evaluator, self.imports, shipment, tries=False)
        repairs = [capture.repair for capture in walk.captures() if capture.refused]
        known = tuple(one for one in repairs if one is not None)
        seen_all = walk.visits < _TRIED
        return known if seen_all and len(known) == len(repairs) else None

    def _running(self) -> Iterator[Capture]:
        """The calls that the workers make and cannot make, each by the way that leads to it."""
        for load in self.shipment.loads:
            if load.argument.kind != "object" or load.argument.name in _PROCESSORS:
                for value in load.values:
                    for ran in self.imports.refused_calls(self.evaluator, value):
                        first = ran.way[0]
                        at = (
                            first.at if first.module is self.shipment.module else load.expression.at
                        )
                        yield _ran(ran, (), self.shipment.module, at)

    def _imported(self, reach: Reach, module: Module) -> Iterator[Capture]:
        """The calls that a worker cannot make when it imports the module of what is sent by name.

        Nobody knows whether the file that ships is imported, unless another file imports it.
        """
        known = module is not self.shipment.module or self.evaluator.index.is_imported(module)
        assumed = self._assumed(reach)
        if known and (module, assumed) not in self.imported:
            self.imported.add((module, assumed))
            steps = (*reach.steps, Hop("import", module.dotted))
            for ran in self.imports.refused(module, assumed):
                yield _ran(ran, steps, reach.module, reach.at)

    def _assumed(self, reach: Reach) -> Assumed:
        """The arms of what workers import that must run, or what is sent by name fails there."""
        match reach.found.value, reach.reader:
            case Function() as function, _:
                return needed.by_function(self.evaluator, function)
            case ProjectModule(module=module), Taken(function=function, name=name):
                return needed.by_attributes(self.evaluator, function, name, module)
        if reach.called is not None:
            return needed.by_function(self.evaluator, reach.called)
        return frozenset()

    def _sent_by_name(self, reach: Reach) -> Iterator[Capture]:
        value = reach.found.value
        module = _by_name(value)
        made = value.cls if isinstance(value, Object) else value
        by_value = isinstance(made, Function | Class) and self._edges.by_value(made, reach)
        if module is not None and not by_value and not self.shipment.is_plain_pickle:
            yield from self._imported(reach, module)


def _ran(ran: worker.Ran, before: tuple[Hop, ...], module: Module, at: int) -> Capture:
    ways = [Hop(way.kind, way.word, (way.module, way.at)) for way in ran.way]
    span, last = module.anchors.span(at), ran.way[-1]
    made = last.module.anchors.span(last.at)
    return Capture(
        path=tuple(map(anchored, (*before, *ways))),
        span=span,
        bound_at=None if made == span else made,
        uses=(span,),
        refused=ran.refused,
        repair=_instead(ran, last),
    )


def _instead(ran: worker.Ran, called: worker.Way) -> Repair | None:
    from sparkguard.source.repairs.instead import instead

    return instead(called.module, called.at, ran.refused)


def _by_name(value: Value) -> Module | None:
    """The module that a worker imports for something that goes by name."""
    match value:
        case Function() | Class():
            return value.frame.module
        case Object(cls=cls):
            return cls.frame.module
        case ProjectModule(module=module):
            return module
    return None
