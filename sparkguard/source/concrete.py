"""The libcst tree of one file, for the edits of fixes: its nodes are found by where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import libcst as cst
from libcst.metadata import CodePosition, CodeRange, MetadataWrapper, PositionProvider

from sparkguard.diagnostic import Position, Span
from sparkguard.source.text import SourceText, split_lines


class Concrete:
    """One file as libcst reads it."""

    def __init__(self, source: SourceText) -> None:
        self._source = source

    @cached_property
    def tree(self) -> cst.Module:
        """The tree; an empty one of a text that libcst cannot read."""
        try:
            return cst.parse_module(self._source.text)
        except cst.ParserSyntaxError:
            return cst.Module([])

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

    def find(self, span: Span, *, is_line: bool) -> cst.CSTNode:
        """The expression, or the line or compound statement, that has a span; else the tree."""
        return (self._lines if is_line else self._expressions).get(span, self.tree)

    @cached_property
    def _lines(self) -> dict[Span, cst.CSTNode]:
        found = (node for node in self._positions if isinstance(node, cst.BaseStatement))
        return {self.span(node): node for node in found}

    @cached_property
    def _expressions(self) -> dict[Span, cst.CSTNode]:
        found = (node for node in self._positions if isinstance(node, cst.BaseExpression))
        return {self.span(node): node for node in found}

    def span(self, node: cst.CSTNode) -> Span:
        """The span of a node."""
        found = self._positions[node]
        return self._source.span(self._position(found.start), self._position(found.end))

    @cached_property
    def _positions(self) -> Mapping[cst.CSTNode, CodeRange]:
        return MetadataWrapper(self.tree, unsafe_skip_copy=True).resolve(PositionProvider)

    def _position(self, found: CodePosition) -> Position:
        return Position(found.line, found.column + 1 + self._feeds.get(found.line, 0))

    @cached_property
    def _feeds(self) -> dict[int, int]:
        """The form feeds before each line's first word: libcst counts none of them."""
        lines = split_lines(self._source.text) if "\f" in self._source.text else []
        return {
            number: line[: len(line) - len(line.lstrip())].count("\f")
            for number, line in enumerate(lines, 1)
        }
