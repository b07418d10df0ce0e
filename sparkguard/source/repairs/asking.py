"""Asks what the expressions of a function are that no facts hold."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from sparkguard.source import free
from sparkguard.source.facts import (
    Argument,
    Attribute,
    Call,
    Constant,
    Expression,
    Name,
    Opaque,
    Subscript,
)
from sparkguard.source.repairs.fresh import numbers
from sparkguard.source.values import Frame, Function, Given, Value

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator


class Asker:
    """Asks what the expressions are that stand around the names which a function is given.

    Args:
        evaluator: Answers what they are.
        function: The function.
        parameter: Its parameter whose reads count as given, and what that holds; without one,
            what the function takes from outside counts.
    """

    def __init__(
        self, evaluator: Evaluator, function: Function, parameter: tuple[str, Value] | None = None
    ) -> None:
        self.evaluator, self.function = evaluator, function
        self.module, outer = function.frame.module, function.frame
        self.parameter = "" if parameter is None else parameter[0]
        self.run = outer.child(function.scope)
        if parameter is not None:
            given: dict[str, tuple[Given, ...]] = {self.parameter: (parameter[1],)}
            self.run = Frame(self.module, function.scope, outer, given, outer.depth)
        self.anchors = self.module.anchors
        self.parents = self.anchors.parents

    @cached_property
    def names(self) -> dict[cst.CSTNode, tuple[Name, int]]:
        """The reads of what is known where the function is made, each with its scope."""
        taken = free.names(self.module, self.function.scope).values()
        reads = [*self.of_parameter(), *(pair for some in taken for pair in some)]
        return {self.anchors.nodes[read.at]: (read, scope) for read, scope in reads}

    def of_parameter(self) -> Iterator[tuple[Name, int]]:
        """The reads of the parameter, each with its scope."""
        facts, function = self.module.facts, self.function.scope
        for number in numbers(self.module, function):
            for read in facts.scopes[number].reads:
                if read.id == self.parameter and facts.owner(number, read.id) == function:
                    yield read, number

    @cached_property
    def own(self) -> set[cst.CSTNode]:
        """The reads of what is the function's own."""
        scopes = (self.module.facts.scopes[n] for n in numbers(self.module, self.function.scope))
        reads = {self.anchors.nodes[read.at] for scope in scopes for read in scope.reads}
        return reads - self.names.keys()

    def taken_by(self, node: cst.CSTNode) -> Iterator[tuple[Name, int]]:
        """The reads in an expression of what is known where the function is made."""
        yield from (self.names[inner] for inner in inside(node) if inner in self.names)

    def values(self, node: cst.BaseExpression) -> tuple[Value, ...]:
        """What an expression of the function may be."""
        read = next(self.taken_by(node), None)
        if read is None:
            return ()
        return self.evaluator.values(self._reread(node), self.evaluator.within(self.run, read[1]))

    def _reread(self, node: cst.BaseExpression) -> Expression:
        """An expression as facts write it."""
        at = next((read.at for read, _ in self.taken_by(node)), 0)
        match node:
            case cst.Name() if node in self.names:
                return self.names[node][0]
            case cst.Attribute(value=held, attr=attr):
                return Attribute(at, self._reread(held), attr.value, at)
            case cst.Call(func=called, args=arguments):
                given = tuple(map(self._argument, arguments))
                return Call(at, self._reread(called), given, self.function.facts.statement)
            case cst.Subscript(
                value=held, slice=[cst.SubscriptElement(slice=cst.Index(value=index))]
            ):
                key = self._reread(index)
                step = f"[{key.value!r}]" if isinstance(key, Constant) else "[...]"
                return Subscript(at, self._reread(held), key, step)
            case cst.SimpleString() | cst.Integer() | cst.Float():
                return Constant(at, node.evaluated_value)
        return Opaque(at)

    def _argument(self, node: cst.Arg) -> Argument:
        keyword = None if node.keyword is None else node.keyword.value
        return Argument(self._reread(node.value), keyword, node.star)


def inside(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and all nodes in it."""
    pending = [node]
    while pending:
        each = pending.pop()
        yield each
        pending += each.children
