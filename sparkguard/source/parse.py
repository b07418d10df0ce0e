"""Text to facts: one libcst tree, one walk; spans are looked up later, for what is reported."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import libcst as cst
from libcst.metadata import CodePosition, MetadataWrapper, PositionProvider

from sparkguard.diagnostic import Position, Span
from sparkguard.source.facts import ModuleFacts
from sparkguard.source.statements import StatementReader
from sparkguard.source.syntax import ParseError, require_python
from sparkguard.source.text import SourceText, split_lines


@dataclass(frozen=True)
class Anchors:
    """Where the numbered expressions of one file stand in its text.

    Positions of a whole tree cost twice what parsing it does, so that only files that ship
    something, or hold what is reported, pay for them.
    """

    source: SourceText
    tree: cst.Module
    nodes: tuple[cst.CSTNode, ...]

    @cached_property
    def _positions(self) -> object:
        return MetadataWrapper(self.tree, unsafe_skip_copy=True).resolve(PositionProvider)

    def span(self, at: int) -> Span:
        """The span of expression number `at`."""
        return self.span_of(self.nodes[at])

    def span_of(self, node: cst.CSTNode) -> Span:
        """The span of a node."""
        found = self._positions[node]  # type: ignore[index]
        return self.source.span(self._position(found.start), self._position(found.end))

    def before(self, span: Span) -> str:
        """What stands on its line before a span of this file."""
        lines = split_lines(self.source.shown(span.cell)) if span.path == self.source.name else []
        return lines[span.start.line - 1][: span.start.column - 1] if lines else "?"

    @cached_property
    def parents(self) -> dict[cst.CSTNode, cst.CSTNode]:
        """The node around each node."""
        found: dict[cst.CSTNode, cst.CSTNode] = {}
        pending: list[cst.CSTNode] = [self.tree]
        while pending:
            node = pending.pop()
            found.update(dict.fromkeys(node.children, node))
            pending += node.children
        return found

    def _position(self, found: CodePosition) -> Position:
        return Position(found.line, found.column + 1 + self._feeds.get(found.line, 0))

    @cached_property
    def _feeds(self) -> dict[int, int]:
        """The form feeds before each line's first word: libcst counts none of them."""
        lines = split_lines(self.source.text) if "\f" in self.source.text else []
        return {
            number: line[: len(line) - len(line.lstrip())].count("\f")
            for number, line in enumerate(lines, 1)
        }


def parse(source: SourceText) -> tuple[ModuleFacts, Anchors]:
    """Parses the text of a file.

    Raises:
        ParseError: It is not Python, or not one that this Python and libcst both read.
    """
    require_python(source.text)
    try:
        tree = cst.parse_module(source.text)
    except cst.ParserSyntaxError as error:
        reason = error.message.strip().splitlines()[0]
        raise ParseError(error.raw_line, error.raw_column + 1, reason) from None
    reader = StatementReader()
    facts = reader.module(tree)
    return facts, Anchors(source, tree, tuple(reader.nodes))
