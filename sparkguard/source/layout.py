"""How statements share lines: what `ast` does not tell, its tree holding no line ends."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from sparkguard.source.text import split_lines


class Layout:
    """The lines of one text."""

    def __init__(self, text: str) -> None:
        self._lines = split_lines(text)
        self._shared = ";" in text

    def lines(self, body: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
        """The statements of a block, those together that stand on one line."""
        if not self._shared:
            yield from ([statement] for statement in body)
            return
        line: list[ast.stmt] = []
        for statement in body:
            if line and not self._is_behind(line[-1], statement):
                yield line
                line = []
            line.append(statement)
        if line:
            yield line

    def _is_behind(self, first: ast.stmt, second: ast.stmt) -> bool:
        """Whether no line ends between two statements, but for a backslash."""
        line = first.end_lineno or first.lineno
        while line < second.lineno and self._is_continued(line):
            line += 1
        return line >= second.lineno

    def _is_continued(self, line: int) -> bool:
        text = self._lines[line - 1]
        return text.endswith("\\") and "#" not in text

    def is_inline(self, first: ast.stmt) -> bool:
        """Whether a block, which begins with `first`, stands on the line of its header."""
        line = first.lineno
        if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return False
        ahead = self._lines[line - 1][: first.col_offset].strip()
        return bool(ahead) or (line > 1 and self._is_continued(line - 1))

    def is_elif(self, node: ast.If) -> bool:
        """Whether an `if` in the last arm of another is its `elif`."""
        return self._lines[node.lineno - 1].startswith("elif", node.col_offset)
