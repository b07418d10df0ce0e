"""How shipped code can do without a capture: what it reads there can be read before it ships."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from sparkguard.diagnostic import Position
from sparkguard.repair import Hoist, Place, Reading
from sparkguard.source.facts import ELSEWHERE, Scope
from sparkguard.source.module import Module
from sparkguard.source.repairs.asking import inside
from sparkguard.source.repairs.fresh import Names
from sparkguard.source.repairs.layout import apart, below, code, dropped
from sparkguard.source.repairs.plain import Plain
from sparkguard.source.repairs.reading import Reader
from sparkguard.source.taken import Taken, Travels
from sparkguard.source.values import Function

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_HEADS = (cst.SimpleStatementLine, cst.FunctionDef, cst.ClassDef, cst.For, cst.With)
"""Statements whose first line runs once, just after what stands before them."""
_SCOPES = (cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.Module)


def hoist(
    evaluator: Evaluator,
    taken: Taken,
    static: frozenset[str] = frozenset(),
    travels: Travels | None = None,
) -> Hoist | None:
    """What of a capture is read before the function is made, so that only plain values travel.

    Args:
        evaluator: Answers what an expression is.
        taken: The function, what it takes, and where it reads that.
        static: Methods of what it takes that count as static.
        travels: Asks whether what is made of it could ship.

    Returns:
        `None` where one place does more with it than read a plain value.
    """
    reader = Reader(evaluator, taken.function, static=static, travels=travels)
    found = [reader.read_by(reader.anchors.nodes[at]) for at in taken.uses]
    plain = {one.node: one for one in found if one is not None}
    home = Home.of(taken.function)
    read = {read.id for node in plain for read, _ in reader.taken_by(node)}
    place = home.place({taken.name, *read}) if None not in found else None
    if place is None or any(home.changes(one) for one in plain.values()):
        return None
    names = Names(reader.module, home.scope)
    return _hoisted(reader.module, list(plain.values()), names, place)


def _hoisted(module: Module, plain: list[Plain], names: Names, place: Place) -> Hoist:
    idle = {one.unused or one.node: one for one in plain if one.is_idle}
    acts = [one for one in idle.values() if one.acts]
    return Hoist(
        place,
        tuple(_reading(module, one, names, place.indent) for one in plain if not one.is_idle),
        tuple(dict.fromkeys(code(module, one.node, place.indent) for one in acts)),
        tuple(dropped(module, one) for one in idle.values()),
        min(one.applicability for one in plain),
    )


def _reading(module: Module, plain: Plain, names: Names, indent: str) -> Reading:
    text = plain.text.format(code(module, plain.node, indent))
    return Reading(module.anchors.span_of(plain.node), text, names.of(text, plain.word))


@dataclass(frozen=True, slots=True)
class Home:
    """The scope whose statements make a function, and which of them does.

    Args:
        module: The file.
        scope: The number of the scope.
        made: What that statement makes: the function, or the class or lambda around it.
        inner: The scopes between, whose names the statement before cannot read.
    """

    module: Module
    scope: int
    made: Scope
    inner: tuple[int, ...]

    @classmethod
    def of(cls, function: Function) -> Home:
        """The home of a function: classes, lambdas and comprehensions around it do not count."""
        module, scope, made = function.frame.module, function.frame.scope, function.facts
        inner = []
        while module.facts.scopes[scope].kind in ("class", "lambda", "comprehension"):
            inner.append(scope)
            made = module.facts.scopes[scope]
            scope = made.parent or 0
        return cls(module, scope, made, tuple(inner))

    def place(self, names: Iterable[str]) -> Place | None:
        """Where a statement stands that can read names, before the function runs, if anywhere."""
        owners = {name: self.module.facts.owner(self.scope, name) for name in names}
        between = (self.module.facts.scopes[number] for number in self.inner)
        if any(not scope.locals.isdisjoint(owners) for scope in between if scope.kind != "class"):
            return None
        moments = [self._moment(name, owner) for name, owner in owners.items() if owner is not None]
        if None in moments:
            return None
        later = [at for at in moments if at]
        return self._after(max(later)) if later else self._before()

    def names(self) -> Iterator[str]:
        """The names of the scope, those of its parameters first."""
        scope = self.module.facts.scopes[self.scope]
        yield from (parameter.name for parameter in scope.parameters)
        yield from scope.bindings

    def _moment(self, name: str, owner: int) -> int | None:
        """Which binding a name must wait for, 0 for none; `None` where its value may change."""
        facts = self.module.facts.scopes[owner]
        bindings = facts.bindings.get(name, ())
        if any(binding.branch == (ELSEWHERE,) for binding in bindings) or self._fills(name, owner):
            return None
        made = self.made.statement if owner == self.scope else sys.maxsize
        later = [binding.at for binding in bindings if binding.at > made]
        given = any(parameter.name == name for parameter in facts.parameters)
        if later and (given or len(later) < len(bindings)):
            return None
        return max(later, default=0)

    def _before(self) -> Place | None:
        anchors, scope = self.module.anchors, self.made
        statement = anchors.nodes[scope.statement]
        if not isinstance(statement, _HEADS):
            return None
        span = anchors.span(scope.statement)
        tops = [anchors.span(each.at).start.line for each in scope.decorators[:1]]
        start = Position(min([span.start.line, *tops]), span.start.column)
        block = isinstance(statement, cst.FunctionDef | cst.ClassDef)
        return apart(self.module, replace(span, start=start), block=block)

    def _after(self, at: int) -> Place | None:
        """Below the outermost statement of the scope that binds something."""
        anchors = self.module.anchors
        outer = list(_outwards(self.module, anchors.nodes[at]))
        if not outer or outer[-1] is anchors.nodes[self.made.statement]:
            return None
        return below(self.module, anchors.span_of(outer[-1]))

    def changes(self, plain: Plain) -> bool:
        """Whether what is read gets another value after the function is made."""
        scope = self.module.facts.scopes[self.scope]
        read = {each.attr.value for each in inside(plain.node) if isinstance(each, cst.Attribute)}
        return any(
            binding.target.attr in read and binding.at > self.made.statement
            for binding in scope.attribute_bindings
        )

    def _fills(self, name: str, owner: int) -> bool:
        """Whether something is put into what a name holds after the function is made."""
        return any(
            put.scope == self.scope and put.value.at > self.made.statement
            for put in self.module.put_in.get((owner, name), ())
        )


def _outwards(module: Module, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The statements around a node, out to those of its scope's own."""
    around: cst.CSTNode | None = node
    while around is not None and not isinstance(around, _SCOPES):
        if isinstance(around, cst.SimpleStatementLine | cst.BaseCompoundStatement):
            yield around
        around = module.anchors.parents.get(around)
