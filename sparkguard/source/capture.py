"""Follows what ships, from the function inwards, to everything that travels with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from sparkguard.model import Capture, Cargo, Refused, Repair, Step, StepKind
from sparkguard.source import (
    cargo,
    classes,
    free,
    needed,
    reduction,
    refusal,
    state,
    wording,
    worker,
)
from sparkguard.source.arguments import bind, passed
from sparkguard.source.elsewhere import Elsewhere
from sparkguard.source.facts import MODULE, Attribute, Call, Display, Expression, Name
from sparkguard.source.module import Module
from sparkguard.source.needed import Assumed
from sparkguard.source.ship import Load, Shipment
from sparkguard.source.taken import Given, Held, Hold, Noted, Taken, Tied
from sparkguard.source.text import split_lines
from sparkguard.source.types import Evaluator
from sparkguard.source.values import (
    Bound,
    Class,
    Container,
    Found,
    Frame,
    Function,
    Instance,
    Library,
    Object,
    Partial,
    ProjectModule,
    Thunk,
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


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of a path, and where the source takes it, if it is written anywhere."""

    kind: StepKind
    text: str
    place: tuple[Module, int] | None = None


@dataclass(frozen=True, slots=True)
class _Reach:
    """A value that travels, how it is reached, and where the code that travels names it.

    Args:
        inside: Whether an object of the user's, or a class, holds it.
        reader: What a function took, at the last step.
        taken: By what the last function on the way holds it.
        tied: The last method on the way that is bound.
        held: The instances that hold it one in the other, and in which attributes.
        readers: The functions on the way.
        called: The method that is bound to it, where the last step is to what one is bound to.
    """

    found: Found
    steps: tuple[_Step, ...]
    module: Module
    at: int
    uses: tuple[int, ...] = ()
    inside: bool = False
    holder: str | None = None
    entered: int | None = None
    reader: Taken | None = None
    taken: Hold | None = None
    tied: Tied | None = None
    held: tuple[Held, ...] = ()
    readers: tuple[Function, ...] = ()
    called: Function | None = None


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
        imports: worker.Imports,
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
                pending.extend(islice(self._inside(reach), room))
                yield from self._sent_by_name(reach)

    def _start(self) -> Iterator[_Reach]:
        for load in self.shipment.loads:
            for value in load.values:
                found = Found(value, self.shipment.module, load.expression.at)
                given = self._passed_on(load, value)
                where = (self.shipment.module, load.expression.at)
                yield _Reach(found, _steps(load, value), *where, taken=given)

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
        self, reach: _Reach, refused: Refused | None, heavy: Cargo | None = None
    ) -> Capture:
        itself = _Step("call", wording.of(self.shipment.loads[0].expression))
        *before, last = map(_anchored, reach.steps or (itself,))
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

    def _lightened(self, reach: _Reach, heavy: Cargo | None) -> Repair | None:
        """How the code can do without something heavy that it takes itself, or that holds it."""
        from sparkguard.source.repairs import lightened

        itself = len(reach.steps) == 1
        if heavy is None or not (itself or reach.entered == 1):
            return None
        plain = isinstance(reach.found.value, Instance)
        return lightened(self.evaluator, reach.taken, heavy, itself=itself, plain=plain)

    def _repair(self, reach: _Reach, refused: Refused) -> Repair | None:
        """How the code can do without what is captured."""
        from sparkguard.source.repairs import repair

        tied = reach.tied
        if tied and (tied.function in reach.readers or self.shipment.is_plain_pickle):
            tied = None
        travels = self._travels if self.tries else lambda values: None
        holds = (reach.taken, tied, *reach.held)
        return repair(self.evaluator, self.shipment, refused, holds, travels)

    def _travels(self, values: tuple[Value, ...]) -> tuple[Repair, ...] | None:
        """The repairs after which values could ship instead; `None` where they could not."""
        load = replace(self.shipment.loads[0], values=values)
        shipment = replace(self.shipment, loads=(load,), decorates=False)
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
                    for ran in worker.refused_calls(self.evaluator, value):
                        first = ran.way[0]
                        at = (
                            first.at if first.module is self.shipment.module else load.expression.at
                        )
                        yield _ran(ran, (), self.shipment.module, at)

    def _imported(self, reach: _Reach, module: Module) -> Iterator[Capture]:
        """The calls that a worker cannot make when it imports the module of what is sent by name.

        Nobody knows whether the file that ships is imported, unless another file imports it.
        """
        known = module is not self.shipment.module or self.evaluator.index.is_imported(module)
        assumed = self._assumed(reach)
        if known and (module, assumed) not in self.imported:
            self.imported.add((module, assumed))
            steps = (*reach.steps, _Step("import", module.dotted))
            for ran in self.imports.refused(module, assumed):
                yield _ran(ran, steps, reach.module, reach.at)

    def _assumed(self, reach: _Reach) -> Assumed:
        """The arms of what workers import that must run, or what is sent by name fails there."""
        match reach.found.value, reach.reader:
            case Function() as function, _:
                return needed.by_function(self.evaluator, function)
            case ProjectModule(module=module), Taken(function=function, name=name):
                return needed.by_attributes(self.evaluator, function, name, module)
        if reach.called is not None:
            return needed.by_function(self.evaluator, reach.called)
        return frozenset()

    def _sent_by_name(self, reach: _Reach) -> Iterator[Capture]:
        value = reach.found.value
        module = _by_name(value)
        made = value.cls if isinstance(value, Object) else value
        by_value = isinstance(made, Function | Class) and self._by_value(made, reach)
        if module is not None and not by_value and not self.shipment.is_plain_pickle:
            yield from self._imported(reach, module)

    def _inside(self, reach: _Reach) -> Iterator[_Reach]:
        match reach.found.value:
            case Function() as function if self._by_value(function, reach):
                yield from self._of_function(function, reach)
            case Bound(receiver=receiver) as bound:
                before = reach.steps[-1].text if reach.steps else None
                text = wording.of_receiver(self.shipment, before, bound)
                held = self._step(reach, "call", text, receiver)
                tied = Tied(bound.function, receiver) if isinstance(receiver, Object) else None
                yield replace(held, called=bound.function, tied=tied)
            case Partial(call=thunk):
                yield from self._of_partial(thunk.expression, reach)
            case Container(items=items):
                for step, item in items:
                    for found in self._made_before(self.evaluator.found(item)):
                        yield self._next(reach, _Step("element", step), found)
            case Object() as instance:
                yield from self._of_object(instance, reach)
            case Class() as cls:
                yield from self._of_class(cls, reach)

    def _next(self, reach: _Reach, step: _Step, found: Found, **changes: object) -> _Reach:
        changes = {"reader": None, "called": None, **changes}
        steps = (*reach.steps, step)
        return replace(reach, found=found, steps=steps, **changes)  # type: ignore[arg-type]

    def _step(self, reach: _Reach, kind: StepKind, text: str, value: Value) -> _Reach:
        return self._next(reach, _Step(kind, text), replace(reach.found, value=value))

    def _by_value(self, function: Function | Class, reach: _Reach) -> bool:
        """Whether cloudpickle sends the function or class itself, and not just its name."""
        if self.shipment.is_plain_pickle:
            return False
        if free.is_nested(function) or (self.shipment.decorates and not reach.steps):
            return True
        module, index = function.frame.module, self.evaluator.index
        shipped_here = module is self.shipment.module or not index.is_imported(module)
        return shipped_here and index.runs_as_script(module)

    def _of_function(self, function: Function, reach: _Reach) -> Iterator[_Reach]:
        module, readers = function.frame.module, (*reach.readers, function)
        for name, reads in free.names(module, function.scope).items():
            kind, found = self._captured(function, name, reads[0][1])
            every = tuple(self._made_before(found))
            uses = tuple(read.at for read, _ in reads)
            reader = Taken(function, name, uses)
            for one in every:
                step = _Step(kind, name, (module, uses[0]))
                where = {"module": module, "at": uses[0], "uses": uses}
                known = {"reader": reader, "taken": reader, "readers": readers}
                known |= {} if reach.inside else {"held": (), "tied": None}
                yield self._next(reach, step, one, **known, **({} if reach.inside else where))
        yield from self._of_defaults(function, reach)
        yield from self._of_annotations(function, reach)

    def _made_before(self, found: Iterable[Found]) -> Iterator[Found]:
        return (one for one in found if not self.elsewhere.binds(one))

    def _captured(
        self, function: Function, name: str, scope: int
    ) -> tuple[StepKind, Iterator[Found]]:
        module = function.frame.module
        owner = module.facts.owner(scope, name)
        if owner is None or owner == MODULE:
            frame = self.evaluator.frame(module)
        else:
            frame = function.frame.around(owner) or self.evaluator.frame(module, owner)
        shipment = self.shipment
        here = frame.module is shipment.module and frame.scope == shipment.frame.scope
        if owner is None:
            return "global", self.evaluator.unbound(name, module)
        moment = shipment.moment if here else None
        kind: StepKind = "global" if owner == MODULE else "cell"
        return kind, self.evaluator.captured(name, frame, moment)

    def _of_defaults(self, function: Function, reach: _Reach) -> Iterator[_Reach]:
        module, readers = function.frame.module, (*reach.readers, function)
        for parameter in function.facts.parameters:
            default = parameter.default
            for value in self.evaluator.values(default, function.frame) if default else ():
                found = Found(value, module, parameter.at)
                step = _Step("default", f"{parameter.name}=")
                at = reach.at if reach.inside or default is None else default.at
                home = reach.module if reach.inside else module
                given = default and Given(function, parameter.name, value, default.at, True)
                where = {"module": home, "at": at, "uses": (at,)}
                yield self._next(reach, step, found, taken=given, readers=readers, **where)

    def _of_annotations(self, function: Function, reach: _Reach) -> Iterator[_Reach]:
        """What the annotations of a function are, unless the file leaves them as texts."""
        module, facts = function.frame.module, function.facts
        if module.facts.postponed:
            return
        annotated = [(parameter.name, parameter.annotation) for parameter in facts.parameters]
        for name, annotation in (*annotated, ("return", facts.annotation)):
            if annotation is None or _is_text(module, annotation.at):
                continue
            for value in self.evaluator.values(annotation, function.frame):
                found = Found(value, module, annotation.at)
                step = _Step("attribute", f"__annotations__[{name!r}]")
                at = reach.at if reach.inside else annotation.at
                where = reach.module if reach.inside else module
                readers = (*reach.readers, function)
                changes = {"module": where, "at": at, "uses": (at,), "readers": readers}
                noted = Noted(module, name, annotation.at)
                yield self._next(reach, step, found, taken=noted, **changes)

    def _of_partial(self, call: Expression, reach: _Reach) -> Iterator[_Reach]:
        if not isinstance(call, Call) or not isinstance(reach.found.value, Partial):
            return
        frame = reach.found.value.call.frame
        for argument in call.arguments:
            text = f"{argument.keyword}=" if argument.keyword else wording.of(argument.value)
            at = argument.value.at
            elsewhere = reach.inside or frame.module is not reach.module
            where = {} if elsewhere else {"at": at}
            for value in self.evaluator.values(argument.value, frame):
                found = Found(value, frame.module, at)
                given = self._given(call, frame, found, argument.value)
                yield self._next(reach, _Step("call", text), found, taken=given, **where)

    def _given(self, call: Call, frame: Frame, found: Found, given: Expression) -> Given | None:
        """What a `partial` gives to a parameter of a function of the same file."""
        for function in self.evaluator.values(call.arguments[0].value, frame):
            if isinstance(function, Function) and function.frame.module is frame.module:
                arguments = islice(passed(self.evaluator, call, frame), 1, None)
                for name, held in bind(function, tuple(arguments), None).items():
                    if any(isinstance(one, Thunk) and one.expression is given for one in held):
                        return Given(function, name, found.value, found.at)
        return None

    def _of_object(self, instance: Object, reach: _Reach) -> Iterator[_Reach]:
        entered = len(reach.steps) if reach.entered is None else reach.entered
        inside = replace(reach, inside=True, holder=instance.cls.facts.name, entered=entered)
        for attr, found in reduction.pickled_state(self.evaluator, instance):
            if self.elsewhere.binds(found):
                continue
            held = (*reach.held, Held(instance, attr.removeprefix("."), reach.readers, reach.tied))
            yield self._next(inside, _Step("attribute", attr), found, held=held)
        yield from self._of_class(instance.cls, inside)

    def _of_class(self, cls: Class, reach: _Reach) -> Iterator[_Reach]:
        ships_itself = not reach.steps and reach.entered is None
        inside = reach if ships_itself else replace(reach, inside=True)
        for base in classes.bases(self.evaluator, cls):
            if self._by_value(base, reach):
                yield from self._of_class_body(base, inside)

    def _of_class_body(self, cls: Class, reach: _Reach) -> Iterator[_Reach]:
        for attr, found in state.class_attributes(self.evaluator, cls):
            own = isinstance(found.value, Function) or reach.holder is None
            text = f"{cls.facts.name}.{attr}" if own else f".{attr}"
            held = self._next(reach, _Step("attribute", text), found)
            known = refusal.of(self.evaluator, self.shipment, found.value)
            if isinstance(found.value, Function) and known is None:
                yield from self._of_function(found.value, held)
            else:
                yield held


def _ran(ran: worker.Ran, before: tuple[_Step, ...], module: Module, at: int) -> Capture:
    ways = [_Step(way.kind, way.word, (way.module, way.at)) for way in ran.way]
    span, last = module.anchors.span(at), ran.way[-1]
    made = last.module.anchors.span(last.at)
    return Capture(
        path=tuple(map(_anchored, (*before, *ways))),
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


def _steps(load: Load, value: Value) -> tuple[_Step, ...]:
    """The steps to what a ship point is given directly: a function takes none."""
    match value, load.argument.kind, load.expression:
        case Library(), _, _:
            return (_Step("call", wording.of(load.expression).rpartition(".")[0] or "receiver"),)
        case ((Instance() | Object()), "object", _):
            return (_Step("call", wording.of(load.expression)),)
        case Container(), "object", Name() | Attribute():
            return (_Step("call", wording.of(load.expression)),)
        case ((Function() | Class() | Container(lazy=True)), "object", _):
            return (_Step("call", wording.of(load.expression)),)
    return ()


def _is_text(module: Module, at: int) -> bool:
    """Whether an annotation stands there as a text."""
    span = module.anchors.span(at)
    line = split_lines(module.source.shown(span.cell))[span.start.line - 1]
    return line[span.start.column - 1 :].startswith(("'", '"'))


def _anchored(step: _Step) -> Step:
    span = None if step.place is None else step.place[0].anchors.span(step.place[1])
    return Step(step.kind, step.text, span=span)
