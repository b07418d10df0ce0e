"""The scope that is being read: what the walk over a tree adds to until it is frozen."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from sparkguard.source.facts import (
    ELSEWHERE,
    Arm,
    AttributeBinding,
    Binding,
    Branch,
    Call,
    Condition,
    Expression,
    ItemBinding,
    Name,
    Parameter,
    Scope,
    ScopeKind,
)


class ScopeBuilder(Struct):
    """One scope under construction; the fields are those of `facts.Scope`.

    Of a default that is empty, each has one of its own: msgspec copies it.
    """

    index: int
    kind: ScopeKind
    name: str
    qualname: str
    at: int
    parent: ScopeBuilder | None
    statement: int = 0
    opened_in: Branch = ()
    branch: Branch = ()
    parameters: list[Parameter] = []
    decorators: tuple[Expression, ...] = ()
    bases: tuple[Expression, ...] = ()
    annotation: Expression | None = None
    bindings: dict[str, list[Binding]] = {}
    attribute_bindings: list[AttributeBinding] = []
    item_bindings: list[ItemBinding] = []
    reads: list[Name] = []
    attributes: set[tuple[str, str]] = set()
    calls: list[Call] = []
    returns: list[Expression] = []
    yields: list[Expression] = []
    globals: set[str] = set()
    nonlocals: set[str] = set()
    conditions: dict[Arm, Condition] = {}
    asked: set[tuple[str, int]] = set()
    asserted: set[tuple[str, str]] = set()
    children: list[int] = []
    is_generator: bool = False
    is_async: bool = False

    def hand_over(self) -> None:
        """Gives what `global` and `nonlocal` bind to the scopes that own it, once all are read."""
        for name in sorted((self.globals | self.nonlocals) & self.bindings.keys()):
            around = None if name in self.globals else self.parent
            owner = self.root() if around is None else around.enclosing(name)
            if owner is not self:
                moved = [replace(each, branch=(ELSEWHERE,)) for each in self.bindings.pop(name)]
                joined = [*owner.bindings.get(name, ()), *moved]
                owner.bindings[name] = sorted(joined, key=lambda binding: binding.at)

    def enclosing(self, name: str) -> ScopeBuilder:
        """The nearest function from here outwards that binds `name`; the module where none does."""
        scope: ScopeBuilder | None = self
        while scope is not None and scope.parent is not None:
            named = any(parameter.name == name for parameter in scope.parameters)
            own = name in scope.bindings or named
            if scope.kind != "class" and own and name not in scope.nonlocals:
                return scope
            scope = scope.parent
        return self.root()

    def root(self) -> ScopeBuilder:
        """The module."""
        return self if self.parent is None else self.parent.root()

    def beyond_comprehensions(self) -> ScopeBuilder:
        """The scope that a walrus binds in: comprehensions do not count."""
        scope = self
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope

    def arm(self, arm: Arm) -> InArm:
        """What is read meanwhile stands in an arm of a compound statement."""
        return InArm(self, (*self.branch, arm))

    def settle(self, arms: Sequence[Arm]) -> None:
        """One of `arms` has run: a name that all of them bind is no more what it was."""
        for bindings in self.bindings.values():
            firsts = [self._first(bindings, (*self.branch, arm)) for arm in arms]
            if arms and None not in firsts:
                number = min(first for first in firsts if first is not None)
                bindings[number] = replace(bindings[number], settled=self.branch)

    def _first(self, bindings: list[Binding], branch: Branch) -> int | None:
        for number, binding in enumerate(bindings):
            if branch in (binding.branch, binding.settled):
                return number
        return None

    def freeze(self) -> Scope:
        """The finished scope."""
        return Scope(
            kind=self.kind,
            name=self.name,
            qualname=self.qualname,
            at=self.at,
            parent=None if self.parent is None else self.parent.index,
            statement=self.statement,
            branch=self.opened_in,
            parameters=tuple(self.parameters),
            decorators=self.decorators,
            bases=self.bases,
            annotation=self.annotation,
            bindings={name: tuple(bound) for name, bound in self.bindings.items()},
            attribute_bindings=tuple(self.attribute_bindings),
            item_bindings=tuple(self.item_bindings),
            reads=tuple(self.reads),
            attributes=frozenset(self.attributes),
            calls=tuple(self.calls),
            returns=tuple(self.returns),
            yields=tuple(self.yields),
            conditions=self.conditions,
            asked=frozenset(self.asked),
            asserted=frozenset(self.asserted),
            locals=frozenset([*self.bindings, *[each.name for each in self.parameters]]),
            globals=frozenset(self.globals),
            nonlocals=frozenset(self.nonlocals),
            children=tuple(self.children),
            is_generator=self.is_generator,
            is_async=self.is_async,
        )


class InArm:
    """A scope is read in an arm for the length of a `with`."""

    __slots__ = ("before", "branch", "scope")

    def __init__(self, scope: ScopeBuilder, branch: Branch) -> None:
        self.scope, self.branch, self.before = scope, branch, scope.branch

    def __enter__(self) -> None:
        self.scope.branch = self.branch

    def __exit__(self, *_: object) -> None:
        self.scope.branch = self.before
