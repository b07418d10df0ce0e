"""The libcst trees of one file, for the edits of fixes: its nodes are found by where they stand.

A finding needs the one statement of the module that it is in, and libcst takes ten times as long as
Python's own parser: each such statement is parsed when it is asked for, on its own lines.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import ChainMap
from collections.abc import Mapping
from functools import cached_property
from itertools import chain

import libcst as cst
from libcst.metadata import CodePosition, CodeRange, MetadataWrapper, PositionProvider

from sparkguard.diagnostic import Position, Span
from sparkguard.source.layout import Layout
from sparkguard.source.syntax import DEEP, tree_of_any
from sparkguard.source.text import SourceText, split_keeping, split_lines


class Concrete:
    """One file as libcst reads it, one statement of the module at a time."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._parts: dict[int, Part] = {}
        self.parents: ChainMap[cst.CSTNode, cst.CSTNode] = ChainMap()
        """The node around each node of the parts that were asked for."""

    def at(self, line: int) -> Part:
        """The part of the text that a line is in."""
        number = min(bisect_left(self._ends, line), len(self._ends) - 1)
        if number not in self._parts:
            above = self._ends[number - 1] if number else 0
            text = "".join(self._lines[above : self._ends[number]])
            is_long = any(map(_is_long, chain(*self._statements[number : number + 1])))
            part = Part(self._source, "" if is_long else text, above)
            self._parts[number] = part
            self.parents.maps.append(part.parents)
        return self._parts[number]

    @property
    def tree(self) -> cst.Module:
        """A module that writes nodes as this file has them."""
        return next((part.tree for part in self._parts.values()), cst.Module([]))

    def span(self, node: cst.CSTNode) -> Span:
        """The span of a node."""
        return next(part.span(node) for part in self._parts.values() if part.holds(node))

    @cached_property
    def _lines(self) -> list[str]:
        return split_keeping(self._source.text)

    @cached_property
    def _ends(self) -> list[int]:
        """The last line of each part; the last of them takes in what stands below."""
        ends = [together[-1].end_lineno or together[-1].lineno for together in self._statements]
        return [*ends[:-1], len(self._lines)]

    @cached_property
    def _statements(self) -> list[list[ast.stmt]]:
        """The module's statements; those that share a line are one part."""
        text = self._source.text
        return Layout(text).lines(tree_of_any(text).body)


def _is_long(statement: ast.stmt) -> bool:
    """Whether it joins so many things by `or` that libcst, to which all are levels, dies of it."""
    pending: list[tuple[ast.AST, int]] = [(statement, 0)]
    while pending:
        node, levels = pending.pop()
        if isinstance(node, ast.BoolOp):
            levels += len(node.values)
        if levels > DEEP:
            return True
        pending += ((child, levels) for child in ast.iter_child_nodes(node))
    return False


class Part:
    """A statement of the module as libcst reads it, or some that share a line.

    Args:
        source: The file.
        text: The lines of the part.
        above: How many lines stand above them in the file.
    """

    def __init__(self, source: SourceText, text: str, above: int) -> None:
        self._source, self._text, self._above = source, text, above

    def holds(self, node: cst.CSTNode) -> bool:
        """Whether it is one of the nodes of this part."""
        return node in self._positions

    @property
    def tree(self) -> cst.Module:
        """The tree; an empty one of a text that libcst cannot read, or walk through."""
        return self._read[0]

    @property
    def _positions(self) -> Mapping[cst.CSTNode, CodeRange]:
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[cst.Module, Mapping[cst.CSTNode, CodeRange]]:
        try:
            return _located(cst.parse_module(self._text))
        except (cst.ParserSyntaxError, RecursionError):
            return _located(cst.Module([]))

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

    def _position(self, found: CodePosition) -> Position:
        line = self._above + found.line
        return Position(line, found.column + 1 + self._feeds.get(line, 0))

    @cached_property
    def _feeds(self) -> dict[int, int]:
        """The form feeds before each line's first word: libcst counts none of them."""
        lines = split_lines(self._source.text) if "\f" in self._source.text else []
        return {
            number: line[: len(line) - len(line.lstrip())].count("\f")
            for number, line in enumerate(lines, 1)
        }


def _located(tree: cst.Module) -> tuple[cst.Module, Mapping[cst.CSTNode, CodeRange]]:
    """A tree, and where its nodes stand."""
    return tree, MetadataWrapper(tree, unsafe_skip_copy=True).resolve(PositionProvider)
