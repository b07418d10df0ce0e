"""What the answer for one file hangs on: which other files, and what was sought in all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

_WORD = re.compile(r"\w+")
_NO_WORDS = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
_IMPORT_LINE = re.compile(r"\n[ \t]*(?:from|import)\b([^\n]*)")


class Sought(NamedTuple):
    """What was sought in every file of the project.

    Args:
        names: One of these words stands in the file.
        beside: So does this one, if it is any.
        within: In which part of the file.
    """

    names: tuple[str, ...]
    beside: str = ""
    within: Literal["text", "imports"] = "text"

    @classmethod
    def of(cls, names: Iterable[str], beside: str = "") -> Sought:
        """Words of a text, in whatever order they come."""
        return cls(tuple(sorted(names)), beside)

    def stands_in(self, text: str) -> bool:
        """Whether a text holds it."""
        found = words(text) if self.within == "text" else imported_words(text)
        return not found.isdisjoint(self.names) and (not self.beside or self.beside in found)


@dataclass(slots=True)
class Needs:
    """What was looked up in a project.

    Args:
        files: The files that were looked into, as they were given.
        sought: What was sought in all files; where it was found is among `files`.
    """

    files: set[Path] = field(default_factory=set)
    sought: set[Sought] = field(default_factory=set)

    def add(self, other: Needs) -> None:
        """Adds what something hangs on that was asked for."""
        self.files |= other.files
        self.sought |= other.sought


def words(text: str) -> set[str]:
    """The words of a text; of plain ASCII in a third of the time."""
    return set(text.translate(_NO_WORDS).split() if text.isascii() else _WORD.findall(text))


def imported_words(text: str) -> set[str]:
    """The words of a text's import lines."""
    return words(" ".join(_IMPORT_LINE.findall(f"\n{text}")))
