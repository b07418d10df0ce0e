"""The scope that is being read: what the walk over a tree adds to until it is frozen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sparkguard.source.facts import (
    AttributeBinding,
    Binding,
    Branch,
    Call,
    Expression,
    ItemBinding,
    Name,
    Parameter,
    Scope,
    ScopeKind,
)


@dataclass(slots=True)
class ScopeBuilder:
    """One scope under construction; the fields are those of `facts.Scope`."""

    index: int
    kind: ScopeKind
    name: str
    qualname: str
    at: int
    parent: ScopeBuilder | None
    statement: int = 0
    opened_in: Branch = ()
    branch: Branch = ()
    parameters: list[Parameter] = field(default_factory=list)
    decorators: tuple[Expression, ...] = ()
    bases: tuple[Expression, ...] = ()
    annotation: Expression | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    attribute_bindings: list[AttributeBinding] = field(default_factory=list)
    item_bindings: list[ItemBinding] = field(default_factory=list)
    reads: list[Name] = field(default_factory=list)
    attributes: set[tuple[str, str]] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)
    returns: list[Expression] = field(default_factory=list)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    children: list[int] = field(default_factory=list)
    is_generator: bool = False
    is_async: bool = False

    def named_scope(self, name: str) -> ScopeBuilder:
        """The scope that `name` belongs to when it is bound here: `global` and `nonlocal` say."""
        if name in self.globals:
            return self.root()
        if name in self.nonlocals and self.parent is not None:
            return self.parent.enclosing(name)
        return self

    def enclosing(self, name: str) -> ScopeBuilder:
        """The nearest function from here outwards that binds `name`; the module where none does."""
        scope: ScopeBuilder | None = self
        while scope is not None and scope.parent is not None:
            named = any(parameter.name == name for parameter in scope.parameters)
            if scope.kind != "class" and (name in scope.bindings or named):
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

    @contextmanager
    def arm(self, number: int) -> Iterator[None]:
        """What is read meanwhile stands in the arm `number` of a compound statement."""
        before, self.branch = self.branch, (*self.branch, number)
        yield
        self.branch = before

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
            locals=frozenset([*self.bindings, *(each.name for each in self.parameters)]),
            globals=frozenset(self.globals),
            nonlocals=frozenset(self.nonlocals),
            children=tuple(self.children),
            is_generator=self.is_generator,
            is_async=self.is_async,
        )
