"""Whether a text is Python that can be read, by Python's own parser."""

from __future__ import annotations

import ast
import warnings

_DEEP = 400
"""Levels of nesting that libcst still reads; past some thousands it crashes."""


class ParseError(Exception):
    """The text is not Python that can be read: 1-based `line` and `column`, and why."""

    def __init__(self, line: int, column: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.column, self.reason = line, column, reason


def require_python(text: str) -> None:
    """Parses a text, and neither compiles nor runs it.

    Raises:
        ParseError: Python refuses it, or it is nested too deeply to be walked through.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            if "too many nested" not in error.msg:
                reason = error.msg[:1].lower() + error.msg[1:]
                raise ParseError(error.lineno or 1, max(error.offset or 1, 1), reason) from None
            tree = None
        except (ValueError, RecursionError, MemoryError):
            tree = None
    if tree is None or _is_deep(tree):
        raise ParseError(1, 1, "nested too deeply")


def is_python(text: str) -> bool:
    """Whether `require_python` lets a text through."""
    try:
        require_python(text)
    except ParseError:
        return False
    return True


def _is_deep(tree: ast.AST) -> bool:
    level: list[ast.AST] = [tree]
    for _ in range(_DEEP):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True
