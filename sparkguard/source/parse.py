"""Text to facts: one tree, one walk; spans are looked up later, for what is reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sparkguard.diagnostic import Span
from sparkguard.source.facts import ModuleFacts
from sparkguard.source.places import Place, Places, is_line
from sparkguard.source.statements import StatementReader
from sparkguard.source.syntax import parse_python
from sparkguard.source.text import SourceText, split_lines

if TYPE_CHECKING:
    import libcst as cst

    from sparkguard.source.concrete import Concrete


@dataclass(frozen=True)
class Anchors:
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
        return self.source.span(*self._places.find(self.numbered[at]))

    def before(self, span: Span) -> str:
        """What stands on its line before a span of this file."""
        lines = split_lines(self.source.shown(span.cell)) if span.path == self.source.name else []
        return lines[span.start.line - 1][: span.start.column - 1] if lines else "?"

    @cached_property
    def _concrete(self) -> Concrete:
        from sparkguard.source.concrete import Concrete

        return Concrete(self.source)

    @property
    def tree(self) -> cst.Module:
        """The file as libcst reads it; an empty one where it cannot."""
        return self._concrete.tree

    @cached_property
    def nodes(self) -> tuple[cst.CSTNode, ...]:
        """The libcst node of each number; the tree itself for what libcst has no node for."""
        find, places = self._concrete.find, enumerate(self.numbered)
        return tuple(find(self.span(at), is_line=is_line(place)) for at, place in places)

    def span_of(self, node: cst.CSTNode) -> Span:
        """The span of a libcst node."""
        return self._concrete.span(node)

    @property
    def parents(self) -> dict[cst.CSTNode, cst.CSTNode]:
        """The libcst node around each node."""
        return self._concrete.parents


def parse(source: SourceText) -> tuple[ModuleFacts, Anchors]:
    """Parses the text of a file.

    Raises:
        ParseError: It is not Python, or not one that this Python reads.
    """
    tree = parse_python(source.text)
    reader = StatementReader(tree, source.text)
    return reader.module(), Anchors(source, tuple(reader.nodes))
