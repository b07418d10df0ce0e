"""From one value that travels to those that travel because of it, as cloudpickle takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from sparkguard.model import StepKind
from sparkguard.source import classes, free, outside, reduction, refusal, state, wording
from sparkguard.source.arguments import bind, passed
from sparkguard.source.elsewhere import Elsewhere
from sparkguard.source.facts import MODULE, Call, Expression
from sparkguard.source.module import Module
from sparkguard.source.reach import Hop, Reach
from sparkguard.source.ship import Shipment
from sparkguard.source.taken import Given, Held, Noted, OfClass, Taken, Tied
from sparkguard.source.types import Evaluator
from sparkguard.source.values import (
    Bound,
    Class,
    Container,
    Found,
    Frame,
    Function,
    Object,
    Partial,
    Thunk,
)


class Edges(Struct, frozen=True):
    """What a pickler would take next.

    Args:
        evaluator: Answers what an expression is.
        shipment: What ships.
        elsewhere: What happens on workers only, where the function runs.
    """

    evaluator: Evaluator
    shipment: Shipment
    elsewhere: Elsewhere

    def inside(self, reach: Reach) -> Iterator[Reach]:
        """What travels because this does."""
        match reach.found.value:
            case Function() as function if self.by_value(function, reach):
                yield from self._of_function(function, reach)
            case Bound(receiver=receiver) as bound:
                before = reach.steps[-1].text if reach.steps else None
                text = wording.of_receiver(self.shipment, before, bound)
                held = reach.next(Hop("call", text), replace(reach.found, value=receiver))
                tied = Tied(bound.function, receiver) if isinstance(receiver, Object) else None
                yield replace(held, called=bound.function, tied=tied)
            case Partial(call=thunk):
                yield from self._of_partial(thunk.expression, reach)
            case Container(items=items):
                for step, item in items:
                    for found in self._made_before(self.evaluator.found(item)):
                        yield reach.next(Hop("element", step), found)
            case Object() as instance:
                yield from self._of_object(instance, reach)
            case Class() as cls:
                yield from self._of_class(cls, reach)

    def by_value(self, function: Function | Class, reach: Reach) -> bool:
        """Whether cloudpickle sends the function or class itself, and not just its name."""
        if self.shipment.is_plain_pickle:
            return False
        if free.is_nested(function) or (self.shipment.decorates and not reach.steps):
            return True
        module, index = function.frame.module, self.evaluator.index
        shipped_here = module is self.shipment.module or not index.is_imported(module)
        return shipped_here and index.runs_as_script(module)

    def _of_function(self, function: Function, reach: Reach) -> Iterator[Reach]:
        module, readers = function.frame.module, (*reach.readers, function)
        for name, reads in free.names(module, function.scope).items():
            kind, found = self._captured(function, name, reads[0][1])
            every = tuple(self._made_before(found))
            uses = tuple(read.at for read, _ in reads)
            reader = Taken(function, name, uses)
            for one in every:
                step = Hop(kind, name, (module, uses[0]))
                where = {"module": module, "at": uses[0], "uses": uses}
                known = {"reader": reader, "taken": reader, "readers": readers}
                known |= {} if reach.inside else {"held": (), "tied": None}
                yield reach.next(step, one, **known, **({} if reach.inside else where))
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
            return "global", outside.unbound(self.evaluator, name, module)
        moment = shipment.moment if here else None
        kind: StepKind = "global" if owner == MODULE else "cell"
        return kind, self.evaluator.captured(name, frame, moment)

    def _of_defaults(self, function: Function, reach: Reach) -> Iterator[Reach]:
        module, readers = function.frame.module, (*reach.readers, function)
        for parameter in function.facts.parameters:
            default = parameter.default
            for value in self.evaluator.values(default, function.frame) if default else ():
                found = Found(value, module, parameter.at)
                step = Hop("default", f"{parameter.name}=")
                at = reach.at if reach.inside or default is None else default.at
                home = reach.module if reach.inside else module
                given = default and Given(function, parameter.name, value, default.at, True)
                where = {"module": home, "at": at, "uses": (at,)}
                yield reach.next(step, found, taken=given, readers=readers, **where)

    def _of_annotations(self, function: Function, reach: Reach) -> Iterator[Reach]:
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
                step = Hop("attribute", f"__annotations__[{name!r}]")
                at = reach.at if reach.inside else annotation.at
                where = reach.module if reach.inside else module
                readers = (*reach.readers, function)
                changes = {"module": where, "at": at, "uses": (at,), "readers": readers}
                noted = Noted(module, name, annotation.at)
                yield reach.next(step, found, taken=noted, **changes)

    def _of_partial(self, call: Expression, reach: Reach) -> Iterator[Reach]:
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
                yield reach.next(Hop("call", text), found, taken=given, **where)

    def _given(self, call: Call, frame: Frame, found: Found, given: Expression) -> Given | None:
        """What a `partial` gives to a parameter of a function of the same file."""
        for function in self.evaluator.values(call.arguments[0].value, frame):
            if isinstance(function, Function) and function.frame.module is frame.module:
                arguments = islice(passed(self.evaluator, call, frame), 1, None)
                for name, held in bind(function, tuple(arguments), None).items():
                    if any(isinstance(one, Thunk) and one.expression is given for one in held):
                        return Given(function, name, found.value, found.at)
        return None

    def _of_object(self, instance: Object, reach: Reach) -> Iterator[Reach]:
        entered = len(reach.steps) if reach.entered is None else reach.entered
        inside = replace(reach, inside=True, holder=instance.cls.facts.name, entered=entered)
        for attr, found in reduction.pickled_state(self.evaluator, instance):
            if self.elsewhere.binds(found):
                continue
            held = (*reach.held, Held(instance, attr.removeprefix("."), reach.readers, reach.tied))
            yield inside.next(Hop("attribute", attr), found, held=held)
        yield from self._of_class(instance.cls, inside)

    def _of_class(self, cls: Class, reach: Reach) -> Iterator[Reach]:
        ships_itself = not reach.steps and reach.entered is None
        inside = reach if ships_itself else replace(reach, inside=True)
        for base in classes.bases(self.evaluator, cls):
            if self.by_value(base, reach):
                yield from self._of_class_body(base, inside)

    def _of_class_body(self, cls: Class, reach: Reach) -> Iterator[Reach]:
        for attr, found in state.class_attributes(self.evaluator, cls):
            own = isinstance(found.value, Function) or reach.holder is None
            text = f"{cls.facts.name}.{attr}" if own else f".{attr}"
            held = reach.next(Hop("attribute", text), found, of_class=OfClass(cls, attr))
            known = refusal.of(self.evaluator, self.shipment, found.value)
            if isinstance(found.value, Function) and known is None:
                yield from self._of_function(found.value, held)
            else:
                yield held


def _is_text(module: Module, at: int) -> bool:
    """Whether an annotation stands there as a text."""
    span = module.anchors.span(at)
    line = module.anchors.lines(span.cell)[span.start.line - 1]
    return line[span.start.column - 1 :].startswith(("'", '"'))
