"""Python's own parser: a text to its tree, or why it is no Python that can be read."""

from __future__ import annotations

import ast
import symtable
import warnings

from sparkguard.trees import tree_of

DEEP = 400
"""Levels of nesting that are walked through; nobody writes as many."""


class ParseError(Exception):
    """The text is not Python that can be read: 1-based `line` and `column`, and why."""

    def __init__(self, line: int, column: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.column, self.reason = line, column, reason


class TooDeep(ParseError):
    """What is Python, for all we know, is nested too deeply to be walked through."""

    def __init__(self) -> None:
        super().__init__(1, 1, "nested too deeply")


def parse_python(text: str) -> ast.Module:
    """Parses a text that can be walked through, and neither compiles nor runs it.

    Raises:
        ParseError: Python refuses it.
        TooDeep: It is nested too deeply.
    """
    tree = tree_of_any(text)
    if _is_deep(tree):
        raise TooDeep
    return tree


def tree_of_any(text: str) -> ast.Module:
    """The tree of a text, however deep it is.

    Raises:
        ParseError: Python refuses the text.
        TooDeep: It is nested too deeply for Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return tree_of(text)
        except SyntaxError as error:
            if "too many nested" in error.msg:
                raise TooDeep from None
            reason = error.msg[:1].lower() + error.msg[1:]
            raise ParseError(error.lineno or 1, max(error.offset or 1, 1), reason) from None
        except (ValueError, RecursionError, MemoryError):
            raise TooDeep from None


def check_python(text: str) -> None:
    """Finds what is no Python, mostly without a tree: nobody walks through it.

    Raises:
        ParseError: As from `tree_of_any`.
    """
    if not _has_symbols(text):
        tree_of_any(text)


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


def _is_deep(tree: ast.AST) -> bool:
    level = [tree]
    for _ in range(DEEP):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True
