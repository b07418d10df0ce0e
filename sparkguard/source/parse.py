"""Text to facts: one tree, one walk; spans are looked up later, for what is reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from sparkguard.diagnostic import Position, Span
from sparkguard.source.facts import ModuleFacts
from sparkguard.source.places import Place, Places, is_line
from sparkguard.source.statements import StatementReader
from sparkguard.source.syntax import tree_of_any
from sparkguard.source.text import SourceText, split_lines

if TYPE_CHECKING:
    import libcst as cst

    from sparkguard.source.concrete import Concrete


class Anchors(Struct, frozen=True, eq=False, dict=True):
    """Where the numbered expressions of one file stand in its text, and its tree for fixes.

    Only a file that has something to fix is parsed by libcst, which takes ten times as long.
    """

    source: SourceText
    numbered: Sequence[Place]

    @cached_property
    def _places(self) -> Places:
        return Places(self.source.text)

    def span(self, at: int) -> Span:
        """The span of expression number `at`."""
        return self.source.span(*self.place(at))

    def before(self, span: Span) -> str:
        """What stands on its line before a span of this file."""
        if span.path != self.source.name:
            return "?"
        return self.lines(span.cell)[span.start.line - 1][: span.start.column - 1]

    def lines(self, cell: int | None) -> list[str]:
        """The lines of this file, or of one of its cells."""
        if cell not in self._lines:
            self._lines[cell] = split_lines(self.source.shown(cell))
        return self._lines[cell]

    @cached_property
    def _lines(self) -> dict[int | None, list[str]]:
        return {}

    @cached_property
    def _concrete(self) -> Concrete:
        from sparkguard.source.concrete import Concrete

        return Concrete(self.source)

    @property
    def tree(self) -> cst.Module:
        """A module that writes nodes as this file has them."""
        return self._concrete.tree

    @property
    def nodes(self) -> Nodes:
        """The libcst node of each number; a module for what libcst has no node for."""
        return Nodes(self, self._concrete)

    def place(self, at: int) -> tuple[Position, Position]:
        """Where expression number `at` begins and ends in the text."""
        return self._places.find(self.numbered[at])

    def span_of(self, node: cst.CSTNode) -> Span:
        """The span of a libcst node."""
        return self._concrete.span(node)

    @property
    def parents(self) -> Mapping[cst.CSTNode, cst.CSTNode]:
        """The libcst node around each node."""
        return self._concrete.parents


class Nodes(Struct, frozen=True, eq=False):
    """The libcst nodes of one file, by the numbers of its expressions."""

    anchors: Anchors
    concrete: Concrete

    def __len__(self) -> int:
        return len(self.anchors.numbered)

    def __getitem__(self, at: int) -> cst.CSTNode:
        start, end = self.anchors.place(at)
        span = self.anchors.source.span(start, end)
        here = self.anchors.numbered[at]
        return self.concrete.at(start.line).find(span, is_line=is_line(here))


def parse(source: SourceText) -> tuple[ModuleFacts, Anchors]:
    """Parses the text of a file.

    Raises:
        ParseError: It is not Python, or not one that this Python reads, or nested too deeply.
    """
    reader = StatementReader(tree_of_any(source.text), source.text)
    return reader.module(), Anchors(source, tuple(reader.nodes))
