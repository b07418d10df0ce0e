"""Text as a terminal shows it: nothing that could steer the terminal, and how wide each part is."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

TAB = "    "
CUT = "..."
_COMMAND = re.compile(r"##(?=(?:vso|teamcity)?\[)")


def visible(text: str) -> str:
    """The text with tabs expanded, and every character written out that draws nothing.

    Control characters could move the cursor or recolour the screen, marks of direction show code
    in another order than it runs in, and the logs of Azure and of GitHub take `##vso[` and `##[`
    for commands wherever they stand; all of it comes with hostile source text.
    """
    if "##" in text:
        text = _COMMAND.sub("#\N{MUSIC SHARP SIGN}", text)
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


def no_command(text: str) -> str:
    """What begins a line: with `::` in front, GitHub's logs would take it for a command."""
    return f"./{text}" if text.startswith("::") else text


def width(text: str) -> int:
    """The terminal cells that visible text takes: two for a wide character, none for an accent."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


class CodeLine(Struct, frozen=True):
    """One source line, cut to what fits around the part that matters.

    Args:
        source: The line as it stands in the file.
        start: Offset of the first character that is shown.
        end: Offset behind the last one.
    """

    source: str
    start: int
    end: int

    @classmethod
    def around(cls, source: str, first: int, last: int, cells: int) -> CodeLine:
        """The line cut to a number of cells, so that the offsets `first` to `last` show."""
        source = source.rstrip()
        if len(source) <= cells and width(visible(source)) <= cells:
            return cls(source, 0, len(source))
        room = cells - 2 * len(CUT)
        fits = last <= room and width(visible(source[:last])) <= room
        start = 0 if fits else max(0, first - room // 4)
        end = min(len(source), start + room)
        while width(visible(source[start:end])) > room:
            end -= 1
        return cls(source, start, end)

    @property
    def text(self) -> str:
        """What is shown, with `...` where something was cut."""
        shown = visible(self.source[self.start : self.end])
        return self._before + shown + (CUT if self.end < len(self.source) else "")

    def cell(self, column: int) -> int:
        """The cell of a 1-based column of the source line; of what was cut, that of the dots."""
        if column - 1 < self.start:
            return 0
        offset = min(column - 1, self.end)
        return width(self._before) + width(visible(self.source[self.start : offset]))

    @property
    def _before(self) -> str:
        return CUT if self.start else ""


def _shown(character: str) -> str:
    if character == "\t":
        return TAB
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the picture of the control character
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
