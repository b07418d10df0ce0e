"""Places as editors count them: lines from 0, columns in the units that were agreed on.

Findings count code points from 1. What pygls offers takes a form feed and other characters for the
end of a line, which neither Python nor the protocol does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lsprotocol import types as lsp

from sparkguard.diagnostic import Position, Span
from sparkguard.source.text import split_keeping

_SIZES: dict[str, Callable[[str], int]] = {
    "utf-8": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "utf-16": lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    "utf-32": len,
}


@dataclass(frozen=True, slots=True)
class Units:
    """What the columns of an editor count.

    Args:
        encoding: `utf-8`, `utf-16` or `utf-32`, as `PositionEncodingKind` has them.
    """

    encoding: str = "utf-16"

    def range(self, lines: list[str], span: Span) -> lsp.Range:
        """A span of a text as a range; what lies behind the text is at its end."""
        return lsp.Range(self._outward(lines, span.start), self._outward(lines, span.end))

    def position(self, lines: list[str], place: lsp.Position) -> Position:
        """A place as findings count; behind the end of its line it is that end, as editors have it.

        Args:
            lines: The text, each line with its end.
            place: Where the editor says.
        """
        if place.line >= len(lines):
            return Position(len(lines), len(lines[-1]) + 1)
        line = lines[place.line].rstrip("\r\n")
        return Position(place.line + 1, self._column(line, place.character) + 1)

    def changed(self, text: str, change: lsp.TextDocumentContentChangeEvent) -> str:
        """The text after an edit, which names a range or brings the whole text."""
        if not isinstance(change, lsp.TextDocumentContentChangePartial):
            return change.text
        lines = split_keeping(text)
        start = _offset(lines, self.position(lines, change.range.start))
        end = _offset(lines, self.position(lines, change.range.end))
        return text[:start] + change.text + text[end:]

    def _outward(self, lines: list[str], position: Position) -> lsp.Position:
        if position.line > len(lines):
            return lsp.Position(len(lines) - 1, self._size(lines[-1]))
        before = lines[position.line - 1].rstrip("\r\n")[: position.column - 1]
        return lsp.Position(position.line - 1, self._size(before))

    def _column(self, line: str, character: int) -> int:
        """How many code points of a line stand before a column of the editor's."""
        if line.isascii() or self.encoding == "utf-32":
            return min(character, len(line))
        size, passed = self._size, 0
        for number, point in enumerate(line):
            if passed >= character:
                return number
            passed += size(point)
        return len(line)

    def _size(self, text: str) -> int:
        return len(text) if text.isascii() else _SIZES[self.encoding](text)


def _offset(lines: list[str], position: Position) -> int:
    return sum(map(len, lines[: position.line - 1])) + position.column - 1
