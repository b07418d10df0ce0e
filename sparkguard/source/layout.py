"""How statements share lines: what `ast` does not tell, its tree holding no line ends."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from sparkguard.source.text import split_lines


class Layout:
    """The lines of one text."""

    def __init__(self, text: str) -> None:
        self._lines = split_lines(text)
        self._shared, self._bent = ";" in text, "\\\n" in text or "\\\r" in text

    def lines(self, body: Sequence[ast.stmt]) -> list[list[ast.stmt]]:
        """The statements of a block, those together that stand on one line."""
        if not self._shared:
            return [[statement] for statement in body]
        found: list[list[ast.stmt]] = []
        for statement in body:
            if found and self._is_behind(found[-1][-1], statement):
                found[-1].append(statement)
            else:
                found.append([statement])
        return found

    def _is_behind(self, first: ast.stmt, second: ast.stmt) -> bool:
        """Whether no line ends between two statements, but for a backslash."""
        line = first.end_lineno or first.lineno
        while line < second.lineno and self._continues(line):
            line += 1
        return line >= second.lineno

    def _continues(self, line: int) -> bool:
        """Whether a line goes on behind a backslash."""
        written = self._lines[line - 1] if line and self._bent else ""
        return written.endswith("\\") and "#" not in written

    def is_inline(self, body: Sequence[ast.stmt]) -> bool:
        """Whether a block stands on the line of its header: one statement, if none share lines."""
        match body:
            case [_, _, *_] if not self._shared:
                return False
            case [ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef(), *_] | []:
                return False
        first = body[0]
        ahead = self._lines[first.lineno - 1][: first.col_offset].strip()
        return bool(ahead) or self._continues(first.lineno - 1)

    def is_elif(self, node: ast.If) -> bool:
        """Whether an `if` in the last arm of another is its `elif`."""
        return self._lines[node.lineno - 1].startswith("elif", node.col_offset)
