"""Where the numbered nodes of one text stand in it, in code points."""

from __future__ import annotations

import ast
import re
import sys
from bisect import bisect_right
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct

from sparkguard.diagnostic import Position
from sparkguard.source import fstrings
from sparkguard.source.text import code_point, line_starts

_GAP = r"(?:[ \t\f\r\n\\]|#[^\r\n]*(?![^\r\n]))*"
_SPACE = re.compile(_GAP)
_CLOSED = re.compile(rf"(?:{_GAP}\))*")
_TAIL = re.compile(rf"{_GAP}[),]")
_BRACKET = re.compile(rf"{_GAP}\)")
_DEFINED = re.compile(rf"(?:async\b{_GAP})?(?:def|class)\b{_GAP}(\w+)")
_CAUGHT = re.compile(rf"(?:{_GAP}\))*{_GAP}as\b{_GAP}(\w+)")
_REST = re.compile(rf"(?:{_GAP}[),])*{_GAP}\*\*{_GAP}(\w+)")
_WORD = re.compile(r"\w+")


class Named(Struct, frozen=True, gc=False):
    """The name that a node binds, or the word after the dot of an attribute."""

    node: ast.AST


class Stretch(Struct, frozen=True, gc=False):
    """From the beginning of one node to the end of another."""

    first: ast.AST
    last: ast.AST


class Within(Struct, frozen=True, gc=False):
    """Something in an f-string."""

    string: ast.JoinedStr
    place: Place


class Indices(Struct, frozen=True, gc=False):
    """What stands in the brackets of a subscript: a tuple, if it has brackets of its own."""

    subscript: ast.Subscript
    written: ast.Tuple


Place: TypeAlias = "ast.AST | Named | Stretch | Within | Indices"
IN_STRINGS_BY_US = sys.version_info < (3, 12)
"""Whether Python's parser gives wrong places inside f-strings."""


def is_line(place: Place) -> bool:
    """Whether it is a statement, or all those that stand on one line."""
    first = place.first if isinstance(place, Stretch) else place
    return isinstance(first, ast.stmt)


class Places:
    """Finds nodes in the text that they were parsed from."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._moved: dict[ast.AST, tuple[int, int]] = {}

    def find(self, place: Place) -> tuple[Position, Position]:
        """Where something begins and ends; brackets around it do not belong to it."""
        start, end = self._range(place)
        return self._position(start), self._position(end)

    @cached_property
    def _starts(self) -> list[int]:
        return line_starts(self._text)

    def _position(self, at: int) -> Position:
        line = bisect_right(self._starts, at)
        return Position(line, at - self._starts[line - 1] + 1)

    def _range(self, place: Place) -> tuple[int, int]:
        match place:
            case Within(string=string, place=inner):
                if string not in self._moved:
                    self._move(string)
                return self._range(inner)
            case Stretch(first=first, last=last):
                end = self._end(last)
                return self._start(first), self._closed(end) if isinstance(last, ast.expr) else end
            case Named(node=node):
                return self._named(node)
            case Indices(subscript=subscript, written=written):
                inside = self._without_brackets(written)
                return self._range(subscript) if inside == self._whole(written) else inside
            case ast.Tuple() | ast.GeneratorExp():
                return self._without_brackets(place)
            case ast.Module():
                return 0, len(self._text)
            case _:
                return self._whole(place)

    def _whole(self, node: ast.AST) -> tuple[int, int]:
        return self._start(node), self._end(node)

    def _start(self, node: ast.AST) -> int:
        if node in self._moved:
            return self._moved[node][0]
        match node:
            case ast.comprehension(target=target, is_async=is_async):
                return self._text.rindex("async" if is_async else "for", 0, self._start(target))
            case ast.withitem(context_expr=first):
                return self._start(first)
            case ast.match_case(pattern=first):
                return self._start(first)
        return self._offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def _end(self, node: ast.AST) -> int:
        if node in self._moved:
            return self._moved[node][1]
        match node:
            case ast.comprehension(iter=first, ifs=rest):
                return self._end(rest[-1] if rest else first)
            case ast.withitem(context_expr=first, optional_vars=bound):
                return self._end(bound or first)
            case ast.match_case(pattern=first):
                return self._end(first)
        return self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def _offset(self, line: int, column: int) -> int:
        return code_point(self._text, self._starts, line, column)

    def _named(self, node: ast.AST) -> tuple[int, int]:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found = _DEFINED.match(self._text, self._start(node))
            case ast.ExceptHandler(type=ast.expr() as caught):
                found = _CAUGHT.match(self._text, self._end(caught))
            case ast.MatchMapping(patterns=patterns):
                start = self._end(patterns[-1]) if patterns else self._start(node) + 1
                found = _REST.match(self._text, start)
            case ast.arg():
                word = _WORD.match(self._text, self._start(node))
                return word.span() if word else self._whole(node)
            case _:
                return self._last_word(node)
        return found.span(1) if found else self._whole(node)

    def _last_word(self, node: ast.AST) -> tuple[int, int]:
        start = end = self._end(node)
        while start and (self._text[start - 1] == "_" or self._text[start - 1].isalnum()):
            start -= 1
        return start, end

    def _closed(self, at: int) -> int:
        """The end of what ends at `at`, with the brackets that are closed behind it."""
        found = _CLOSED.match(self._text, at)
        return found.end() if found else at

    def _without_brackets(self, node: ast.Tuple | ast.GeneratorExp) -> tuple[int, int]:
        start, end = self._whole(node)
        if not self._has_brackets(node, start, end):
            return start, end
        inside = _SPACE.match(self._text, start + 1)
        first = inside.end() if inside else start + 1
        if not (below := [*ast.iter_child_nodes(node)]) or first == end - 1:
            return first, max(first, end - 1)
        last = max(self._end(child) for child in below if not isinstance(child, ast.expr_context))
        while (found := _TAIL.match(self._text, last)) and found.end() < end:
            last = found.end()
        return first, last

    def _has_brackets(self, node: ast.Tuple | ast.GeneratorExp, start: int, end: int) -> bool:
        """Whether the brackets at both ends belong to the node, and not to what it begins with."""
        if isinstance(node, ast.GeneratorExp) or not node.elts:
            return True
        first = self._whole(node.elts[0])
        if self._text[start] != "(" or first[0] == start:
            return False
        opened, at = 0, start
        while at < first[0]:
            opened += self._text[at] == "("
            space = _SPACE.match(self._text, at + 1)
            at = space.end() if space else at + 1
        at = first[1]
        while (found := _BRACKET.match(self._text, at)) and found.end() <= end and opened:
            opened, at = opened - 1, found.end()
        return opened > 0

    def _move(self, string: ast.JoinedStr) -> None:
        """Takes note of where the nodes in an f-string really stand."""
        start, end = self._whole(string)
        found = fstrings.places(string, self._text[start:end])
        self._moved |= {node: (start + s, start + e) for node, (s, e) in found.items()}
        self._moved.setdefault(string, (start, end))
