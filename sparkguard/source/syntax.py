"""Python's own parser: a text to its tree, or why it is no Python that can be read."""

from __future__ import annotations

import ast
import symtable
import warnings
from collections.abc import Iterator
from typing import Any

from sparkguard.trees import tree_of

_DEEP = 400
"""Levels of nesting that are walked through; nobody writes as many."""
_FREE = 10
"""More levels than any piece of Python has that are not seen in its text."""
_SMALL = 20_000
"""Characters of a text that may have few marks."""
_MARKS = "([{.,:;=<>!+-*/%@&|^~"
_NO_MARKS = bytes(code for code in range(256) if chr(code) not in _MARKS)
_WORDS = ("and", "or", "not", "if", "in", "is", "await", "yield")
"""With the marks, what no two levels of a tree can do without, but for a few."""


class ParseError(Exception):
    """The text is not Python that can be read: 1-based `line` and `column`, and why."""

    def __init__(self, line: int, column: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.column, self.reason = line, column, reason


def parse_python(text: str, width: int | None = None) -> ast.Module:
    """Parses a text, and neither compiles nor runs it.

    Args:
        text: The text.
        width: The characters of its longest line, where somebody knows.

    Raises:
        ParseError: Python refuses it, or it is nested too deeply to be walked through.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = tree_of(text)
        except SyntaxError as error:
            if "too many nested" not in error.msg:
                reason = error.msg[:1].lower() + error.msg[1:]
                raise ParseError(error.lineno or 1, max(error.offset or 1, 1), reason) from None
            tree = None
        except (ValueError, RecursionError, MemoryError):
            tree = None
    if tree is None or _is_deep(tree, width or max(map(len, text.split("\n")))):
        raise ParseError(1, 1, "nested too deeply")
    return tree


def check_python(text: str) -> None:
    """Finds what is no Python as `parse_python` does; of a small text without making its tree.

    Raises:
        ParseError: As from `parse_python`.
    """
    if not (is_flat(text) and _has_symbols(text)):
        parse_python(text)


def is_flat(text: str) -> bool:
    """Whether no tree of a text can be nested too deeply, as few marks as it has."""
    return len(text) < _SMALL and 2 * marks(text) + _FREE < _DEEP


def marks(text: str) -> int:
    """How much there is in a text of what makes levels: each takes two levels at most."""
    marked = text.encode(errors="surrogatepass").translate(None, _NO_MARKS)
    return len(marked) + sum(map(text.count, _WORDS))


def _has_symbols(text: str) -> bool:
    """Whether Python finds the symbols of a text, as it does of nothing that it cannot parse."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            symtable.symtable(text, "<text>", "exec")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def parse_expression(text: str) -> ast.expr | None:
    """The expression that a text is, `None` where it is none that can be read."""
    try:
        body = parse_python(text).body
    except ParseError:
        return None
    return body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None


def is_python(text: str) -> bool:
    """Whether `parse_python` reads a text."""
    try:
        parse_python(text)
    except ParseError:
        return False
    return True


def _is_deep(tree: ast.AST, width: int) -> bool:
    """Whether a tree is nested too deeply; no line of its text has more characters than `width`."""
    level: list[ast.AST] = [tree]
    for depth in range(_DEEP):
        left = _DEEP - depth - _FREE
        level = [child for node in level for child in _below(node, width, left)]
        if not level:
            return False
    return True


def _below(node: ast.AST, width: int, left: int) -> Iterator[ast.AST]:
    """The children of a node with more than `left` characters: each level below one takes one."""
    for field in node._fields:
        value: Any = getattr(node, field, None)
        for child in value if isinstance(value, list) else (value,):
            end = getattr(child, "end_lineno", None)
            if end is None:
                if isinstance(child, ast.AST):
                    yield child
                continue
            lines = end - child.lineno
            within = (lines + 1) * width if lines else child.end_col_offset - child.col_offset
            if within > left or getattr(child, "decorator_list", None):  # those stand before it
                yield child
