"""What an expression is: from constructors, annotations, known return types and assignments."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, TypeVar

from sparkguard import pyspark_api as api
from sparkguard.model import Refused
from sparkguard.source import (
    access,
    calls,
    classes,
    decorators,
    hints,
    names,
    operators,
    outside,
    parameters,
)
from sparkguard.source.aliases import Aliases
from sparkguard.source.answers import Answers
from sparkguard.source.arguments import Passed, bind, passed
from sparkguard.source.facts import (
    MODULE,
    SPREAD,
    Attribute,
    Binding,
    Branch,
    Call,
    Choice,
    Comprehension,
    Constant,
    Definition,
    Display,
    Expression,
    Import,
    Name,
    Operation,
    Parameter,
    Part,
    Subscript,
)
from sparkguard.source.index import ProjectIndex
from sparkguard.source.module import Module
from sparkguard.source.values import (
    Container,
    Found,
    Frame,
    Function,
    Given,
    Literal,
    Partial,
    Thunk,
    Value,
    few,
)

T = TypeVar("T")
_CALL_DEPTH = 12


class Evaluator(Answers):
    """Answers what an expression may be; no answer means that nothing is known."""

    def __init__(
        self, index: ProjectIndex, own: api.Own | None = None, aliases: Aliases | None = None
    ) -> None:
        self.index, self.own = index, own or api.Own()
        self.aliases = aliases or Aliases(index, self.own)
        super().__init__()
        self._roots: dict[tuple[Module, int], Frame] = {}
        self._frames: dict[Hashable, Frame] = {}
        self._asked: dict[int, Expression] = {}

    def ship_point(self, name: str) -> api.ShipApi | None:
        """What ships when the thing of a library with this dotted name is called, if anything."""
        return api.SHIP_POINTS.get(name) or self.own.ship_points.get(name)

    def refused(self, type: str) -> Refused | None:
        """What Spark says of a type that travels; `None` for one that may."""
        return self.own.driver_only.get(type) or api.refused(type)

    def frame(self, module: Module, scope: int = MODULE) -> Frame:
        """The frame of a scope, nothing being known of who runs it."""
        key = (module, scope)
        found = self._roots.get(key)
        if found is None:
            parent = module.facts.scopes[scope].parent
            around = None if parent is None else self.frame(module, parent)
            found = self._roots[key] = around.child(scope) if around else Frame(module)
        return found

    def values(self, expression: Expression, frame: Frame) -> tuple[Value, ...]:
        """What `expression` may be in `frame`."""
        key = (id(expression), frame)
        known = self.known(key)
        if known is not None:
            return known
        answer = _ANSWERS.get(type(expression))
        if answer is None:
            return (Literal(expression.value),) if isinstance(expression, Constant) else ()
        self._asked[key[0]] = expression  # kept, since answers go by identity
        return self.followed(key, lambda: answer(self, expression, frame))

    def given(self, given: Iterable[Given]) -> tuple[Value, ...]:
        """The values of what was given."""
        found = (
            self.values(one.expression, one.frame) if isinstance(one, Thunk) else (one,)
            for one in given
        )
        return few(chain.from_iterable(found))

    def found(self, given: Given) -> Iterator[Found]:
        """The values of what was given, each with the place where it is written."""
        for value in self.given((given,)):
            if isinstance(given, Thunk):
                yield Found(value, given.frame.module, given.expression.at)
            else:
                yield Found(value, None, 0)

    def _of_name(self, read: Name, frame: Frame) -> Iterable[Value]:
        return (found.value for found in self.lookup(read, frame))

    def _of_attribute(self, node: Attribute, frame: Frame) -> Iterable[Value]:
        held, attr = node.value, node.attr
        if isinstance(held, Name) and (held.id, attr) in frame.facts.asserted:
            return ()
        holders = self.values(held, frame)
        return (f.value for holder in holders for f in access.attribute(self, holder, attr))

    def _of_display(self, node: Display, frame: Frame) -> Iterable[Value]:
        return (Container(tuple(self.items(node.items, frame))),)

    def _of_comprehension(self, node: Comprehension, frame: Frame) -> Iterable[Value]:
        each = Thunk(node.element, frame.child(node.scope))
        return (Container((("[...]", each),), lazy=node.kind == "generator"),)

    def _of_choice(self, node: Choice, frame: Frame) -> Iterable[Value]:
        return self.given(Thunk(option, frame) for option in node.options)

    def items(
        self, items: Iterable[tuple[str, Expression]], frame: Frame
    ) -> Iterator[tuple[str, Given]]:
        """What a display holds, that included which it takes over from others."""
        for step, item in items:
            thunk = Thunk(item, frame)
            inner = self.given((thunk,)) if step == SPREAD else ()
            spread = [pair for each in inner if isinstance(each, Container) for pair in each.items]
            yield from spread or ((step, thunk),)

    # Names

    def lookup(self, read: Name, frame: Frame) -> Iterator[Found]:
        """What the name read in `frame` may be, each with the place that bound it."""
        owner = frame.module.facts.owner(frame.scope, read.id)
        if frame.module.facts.in_doubt(read, frame.scope, owner):
            return
        if owner is None:
            yield from outside.unbound(self, read.id, frame.module)
        elif owner == frame.scope:
            bindings = frame.facts.bindings.get(read.id, ())
            seen = names.reaching(bindings, read.at, read.branch)
            yield from self.bound(read.id, frame, seen, read.branch)
        else:
            around = frame.around(owner)
            yield from self.captured(read.id, around or self.frame(frame.module, owner))

    def captured(
        self, name: str, owner: Frame, moment: tuple[int, Branch] | None = None
    ) -> Iterator[Found]:
        """What a function that captured `name` from `owner` may find there.

        Args:
            name: The name.
            owner: The frame that it belongs to.
            moment: Where in `owner` the function ships, if it does: what was there before is gone.
        """
        bindings = owner.facts.bindings.get(name, ())
        seen = names.from_then_on(bindings, *moment) if moment else names.final(bindings)
        yield from self.bound(name, owner, seen, moment[1] if moment else ())

    def bound(
        self, name: str, frame: Frame, bindings: Iterable[Binding], branch: Branch = ()
    ) -> Iterator[Found]:
        """The values of some bindings of `name`, and of the parameter where none replaced it.

        Args:
            name: The name.
            frame: The frame that it belongs to.
            bindings: What may be in force.
            branch: The arms in which that is asked.
        """
        replaced = False
        for binding in bindings:
            if frame.facts.hinges(binding, branch):
                continue
            replaced |= () in (binding.branch, binding.settled) and binding.value is not None
            for value in self._bound_value(binding, frame):
                filled = self.filled(value, (frame.scope, name), frame, branch)
                yield Found(filled, frame.module, binding.at)
        if replaced or frame.facts.narrows(name):
            return
        for parameter in frame.facts.parameters:
            if parameter.name == name:
                for value in self.argument(parameter, frame):
                    yield Found(value, frame.module, parameter.at)

    def _bound_value(self, binding: Binding, frame: Frame) -> tuple[Value, ...]:
        where = self.within(frame, binding.scope)
        found = self.values(binding.value, where) if binding.value is not None else ()
        if not found and binding.annotation is not None:
            found = tuple(hints.instances(self, binding.annotation, where))
        return found

    def filled(
        self, value: Value, place: tuple[int, str], frame: Frame, branch: Branch = ()
    ) -> Value:
        """A container with what is put into it later, where `place` holds it."""
        puts = frame.module.put_in.get(place) if isinstance(value, Container) else None
        if not isinstance(value, Container) or not puts:
            return value
        more = [
            (put.step, Thunk(put.value, self.within(frame, put.scope)))
            for put in puts
            if put.scope != frame.scope or not names.exclude(put.branch, branch)
        ]
        return Container((*value.items, *more))

    def within(self, frame: Frame, scope: int) -> Frame:
        """The frame of a scope that is this frame's, or around it, or anywhere inside it."""
        return frame.around(scope) or self._inner(frame, scope)

    def _inner(self, frame: Frame, scope: int) -> Frame:
        parent = frame.module.facts.scopes[scope].parent
        if parent is None or parent == frame.scope:
            return frame.child(scope)
        return self._inner(frame, parent).child(scope)

    # Parameters

    def argument(self, parameter: Parameter, frame: Frame) -> tuple[Value, ...]:
        """What a parameter holds in a frame."""
        if parameter.name in frame.arguments:
            given = self.given(frame.arguments[parameter.name])
            return given or parameters.annotated(self, parameter, frame)
        key = (frame, parameter.name)
        return self.opened(key, lambda: parameters.guess(self, parameter, frame))

    def too_deep(self, frame: Frame) -> bool:
        """Whether a frame stands so many calls deep that arguments are followed no further."""
        return frame.depth >= _CALL_DEPTH

    def runs(
        self, called: Value, call: Call, frame: Frame, before: tuple[Passed, ...] = ()
    ) -> Iterator[Frame]:
        """The frames of what runs when `call` in `frame` calls a value.

        Args:
            called: The value.
            call: The call.
            frame: Where it stands.
            before: The arguments that partials around the value have put before those of the call.
        """
        match called:
            case Partial(call=Thunk(expression=Call(arguments=[first, *_]) as made, frame=inner)):
                held = (*islice(passed(self, made, inner), 1, None), *before)
                for value in self.values(first.value, inner):
                    yield from self.runs(value, call, frame, held)
            case _:
                for function, receiver in classes.callees(self, called):
                    yield self.call_frame(function, call, frame, receiver, before)

    def call_frame(
        self,
        function: Function,
        call: Call,
        frame: Frame,
        receiver: Value | None,
        before: tuple[Passed, ...] = (),
    ) -> Frame:
        """The frame of `function` when `call` in `frame` runs it."""
        key = (function, call, frame, receiver, before)
        if key not in self._frames:
            again = _within_itself(function, frame, receiver)
            self._frames[key] = again or self._run(function, call, frame, receiver, before)
        return self._frames[key]

    def _run(
        self,
        function: Function,
        call: Call,
        frame: Frame,
        receiver: Value | None,
        before: tuple[Passed, ...],
    ) -> Frame:
        deep = self.too_deep(frame)
        arguments = () if deep else (*before, *passed(self, call, frame))
        bound = {} if deep else bind(function, arguments, receiver)
        outer, depth = function.frame, frame.depth + 1
        return Frame(outer.module, function.scope, outer, bound, depth, call=call, caller=frame)


def _within_itself(function: Function, frame: Frame, receiver: Value | None) -> Frame | None:
    """The run that stands for all further ones where a function calls itself, on one receiver."""
    facts = function.facts
    held_by = facts.parameters[0].name if receiver is not None and facts.parameters else None

    def is_the_same(run: Frame) -> bool:
        on = None if held_by is None else run.arguments.get(held_by)
        return run.facts is facts and on in (None, (receiver,))

    runs = filter(is_the_same, frame.calling())
    inner, outer = next(runs, None), next(runs, None)
    return outer and inner


_ANSWERS: dict[type, Callable[[Evaluator, Any, Frame], Iterable[Value]]] = {
    Attribute: Evaluator._of_attribute,
    Call: calls.results,
    Choice: Evaluator._of_choice,
    Comprehension: Evaluator._of_comprehension,
    Definition: decorators.defined,
    Display: Evaluator._of_display,
    Import: outside.imported,
    Name: Evaluator._of_name,
    Operation: operators.result,
    Part: access.part,
    Subscript: access.element,
}
"""What answers for each kind of expression that is followed."""
