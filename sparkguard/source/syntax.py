"""What Python itself says of a text that it cannot read."""

from __future__ import annotations

import ast
import warnings


class ParseError(Exception):
    """The text is not Python that can be read: 1-based `line` and `column`, and why."""

    def __init__(self, line: int, column: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.column, self.reason = line, column, reason


def refused(text: str) -> ParseError | None:
    """Why Python cannot parse a text; `None` if it can. Nothing is compiled or run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError as error:
            return ParseError(error.lineno or 1, max(error.offset or 1, 1), error.msg)
        except (ValueError, RecursionError, MemoryError):
            return ParseError(1, 1, "nested too deeply")
    return None
