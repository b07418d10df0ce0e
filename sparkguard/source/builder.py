"""The scope that is being read: what the walk over a tree adds to until it is frozen."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import astuple, replace

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
    """One scope under construction: the fields of `facts.Scope`, in their order, and three more.

    Of a default that is an empty list, dict or set, each has one of its own: msgspec copies it.

    Args:
        index: The number of the scope.
        around: The scope that it stands in.
        arms: The arms that what is read now stands in.
    """

    kind: ScopeKind
    name: str
    qualname: str
    at: int
    parent: int | None
    statement: int = 0
    branch: Branch = ()
    parameters: Sequence[Parameter] = ()
    decorators: Sequence[Expression] = ()
    bases: Sequence[Expression] = ()
    annotation: Expression | None = None
    bindings: dict[str, list[Binding]] = {}
    attribute_bindings: list[AttributeBinding] = []
    item_bindings: list[ItemBinding] = []
    reads: list[Name] = []
    attributes: set[tuple[str, str]] = set()
    calls: list[Call] = []
    returns: list[Expression] = []
    yields: list[Expression] = []
    conditions: dict[Arm, Condition] = {}
    asked: frozenset[tuple[str, int]] = frozenset()
    asserted: frozenset[tuple[str, str]] = frozenset()
    locals: frozenset[str] = frozenset()
    globals: frozenset[str] = frozenset()
    nonlocals: frozenset[str] = frozenset()
    children: list[int] = []
    is_generator: bool = False
    is_async: bool = False
    index: int = 0
    around: ScopeBuilder | None = None
    arms: Branch = ()

    def hand_over(self) -> None:
        """Gives what `global` and `nonlocal` bind to the scopes that own it, once all are read."""
        passed_on = self.globals | self.nonlocals
        for name in sorted(passed_on & self.bindings.keys()) if passed_on else ():
            around = None if name in self.globals else self.around
            owner = self.root() if around is None else around.enclosing(name)
            if owner is not self:
                moved = [replace(each, branch=(ELSEWHERE,)) for each in self.bindings.pop(name)]
                joined = [*owner.bindings.get(name, ()), *moved]
                owner.bindings[name] = sorted(joined, key=lambda binding: binding.at)

    def enclosing(self, name: str) -> ScopeBuilder:
        """The nearest function from here outwards that binds `name`; the module where none does."""
        scope: ScopeBuilder | None = self
        while scope is not None and scope.around is not None:
            named = any(parameter.name == name for parameter in scope.parameters)
            own = name in scope.bindings or named
            if scope.kind != "class" and own and name not in scope.nonlocals:
                return scope
            scope = scope.around
        return self.root()

    def root(self) -> ScopeBuilder:
        """The module."""
        return self if self.around is None else self.around.root()

    def beyond_comprehensions(self) -> ScopeBuilder:
        """The scope that a walrus binds in: comprehensions do not count."""
        scope = self
        while scope.kind == "comprehension" and scope.around is not None:
            scope = scope.around
        return scope

    def arm(self, arm: Arm) -> InArm:
        """What is read meanwhile stands in an arm of a compound statement."""
        return InArm(self, (*self.arms, arm))

    def settle(self, arms: Sequence[Arm]) -> None:
        """One of `arms` has run: a name that all of them bind is no more what it was."""
        for bindings in self.bindings.values():
            firsts = [self._first(bindings, (*self.arms, arm)) for arm in arms]
            if arms and None not in firsts:
                number = min(first for first in firsts if first is not None)
                bindings[number] = replace(bindings[number], settled=self.arms)

    def _first(self, bindings: list[Binding], branch: Branch) -> int | None:
        for number, binding in enumerate(bindings):
            if branch in (binding.branch, binding.settled):
                return number
        return None

    def freeze(self) -> Scope:
        """The finished scope, which takes over what was collected."""
        self.locals = frozenset([*self.bindings, *[each.name for each in self.parameters]])
        return Scope(*astuple(self)[:_SHARED])


_SHARED = len(Scope.__struct_fields__)


class InArm:
    """A scope is read in an arm for the length of a `with`."""

    __slots__ = ("arms", "before", "scope")

    def __init__(self, scope: ScopeBuilder, arms: Branch) -> None:
        self.scope, self.arms, self.before = scope, arms, scope.arms

    def __enter__(self) -> None:
        self.scope.arms = self.arms

    def __exit__(self, *_: object) -> None:
        self.scope.arms = self.before
