"""What every reader of a tree shares: serial numbers for nodes, and the scope it is in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import count

from sparkguard.source.builder import ScopeBuilder
from sparkguard.source.facts import Arm, ArmKind, Condition, Expression, ScopeKind
from sparkguard.source.places import Place
from sparkguard.source.syntax import DEEP, TooDeep


class Numbering:
    """Numbers the nodes of one tree and opens its scopes."""

    def __init__(self, tree: ast.Module) -> None:
        self.nodes: list[Place] = []
        self.in_string = False
        self.scopes: list[ScopeBuilder] = []
        self.statement = 0
        self.compounds = 0
        self.annotates = False
        self.depth = 0
        self.scope = self.open("module", "<module>", tree, None)

    def number(self, node: Place) -> int:
        """The next serial number, given to `node`."""
        self.nodes.append(node)
        return len(self.nodes) - 1

    def go_deeper(self) -> None:
        """Notes that the next level of nesting is read; who calls takes it back behind it.

        Raises:
            TooDeep: There are too many.
        """
        self.depth += 1
        if self.depth > DEEP:
            raise TooDeep

    def arms(self, kind: ArmKind) -> Iterator[Arm]:
        """The arms of one more compound statement, or of an expression that has some."""
        self.compounds += 1
        return (Arm(kind, self.compounds, index) for index in count())

    def decided(self, test: Expression, arms: Iterator[Arm]) -> tuple[Arm, Arm]:
        """The arms that run where a test is met and where it is not."""
        met, unmet = next(arms), next(arms)
        self.scope.conditions[met] = Condition(test, True)
        self.scope.conditions[unmet] = Condition(test, False)
        return met, unmet

    def open(
        self, kind: ScopeKind, name: str, node: Place, parent: ScopeBuilder | None
    ) -> ScopeBuilder:
        """A new scope inside `parent`."""
        prefix = "" if parent is None or parent.kind == "module" else parent.qualname + "."
        if parent is not None and parent.kind in ("function", "lambda"):
            prefix += "<locals>."
        scope = ScopeBuilder(
            kind,
            name,
            prefix + name,
            self.number(node),
            parent.index if parent else None,
            self.statement,
            parent.arms if parent else (),
            index=len(self.scopes),
            around=parent,
        )
        self.scopes.append(scope)
        if parent is not None:
            parent.children.append(scope.index)
        return scope


class Inside:
    """Reads in another scope for the length of a `with`."""

    def __init__(self, reader: Numbering, scope: ScopeBuilder) -> None:
        self.reader, self.scope, self.before = reader, scope, reader.scope

    def __enter__(self) -> None:
        self.reader.scope = self.scope

    def __exit__(self, *_: object) -> None:
        self.reader.scope = self.before
