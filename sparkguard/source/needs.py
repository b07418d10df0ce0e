"""What the answer for one file hangs on: what it looked for in which others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct

from sparkguard.source.profile import Profile

if TYPE_CHECKING:
    from sparkguard.source.facts import ModuleFacts

_WORD = re.compile(r"\w+")
_WORDS_ONLY = bytes(
    code if code >= 128 or _WORD.match(chr(code)) else ord(" ") for code in range(256)
)
"""Of UTF-8, blanks for what is ASCII and no part of a word."""
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


class Written(Struct, frozen=True, eq=False, dict=True):
    """The words of a text that is asked for many things."""

    text: str

    @cached_property
    def _words(self) -> set[str]:
        return words(self.text)

    @cached_property
    def _imported(self) -> set[str]:
        return imported_words(self.text)

    def holds(self, sought: Sought) -> bool:
        """Whether something that is sought stands in it."""
        found = self._words if sought.within == "text" else self._imported
        return not found.isdisjoint(sought.names) and (not sought.beside or sought.beside in found)


class Needs(Struct):
    """What was looked up in a project.

    Args:
        files: The files that were looked into: whatever changes there may change the answer.
        sought: What was sought in all files. Of words of a text, the files in which they stand and
            nobody calls or derives from what was sought; of imports, the one that was found.
        read: The files of which was asked only that they can be read.
        linked: The files of which only imports and other names for things were followed.
        names: The names that were followed there.
        run: The files of which was asked what importing them does, which is nothing that matters.
    """

    files: set[Path] = set()
    sought: dict[Sought, set[Path]] = {}
    read: set[Path] = set()
    linked: set[Path] = set()
    names: set[str] = set()
    run: set[Path] = set()

    def add(self, other: Needs) -> None:
        """Adds what something hangs on that was asked for."""
        self.files |= other.files
        for sought, found in other.sought.items():
            self.sought.setdefault(sought, set()).update(found)
        self.read |= other.read
        self.linked |= other.linked
        self.names |= other.names
        self.run |= other.run

    @property
    def profiled(self) -> set[Path]:
        """The files of which no more counts than their profiles say."""
        return self.linked.union(*self.sought.values())


class Doing(NamedTuple):
    """What importing a file does, where a worker refuses nothing of it.

    Args:
        imported: The files that it imports, each with the number of steps to it.
        runs: How many functions, and other scopes, run.
        needs: What that hangs on.
    """

    imported: tuple[tuple[Path, int], ...]
    runs: int
    needs: Needs


class Learnt(Struct):
    """What was learnt of files on the way, which answers for others hang on, too.

    Args:
        profiles: The profiles of files.
        doings: What importing files does.
    """

    profiles: dict[Path, Profile] = {}
    doings: dict[Path, Doing] = {}


class Memory:
    """What was learnt of files that are as they were then: nothing, here."""

    @property
    def sought(self) -> int:
        """How many words were sought in all files for answers that do not hold any more."""
        return 0

    def profile(self, path: Path) -> Profile | None:
        """The profile of a file."""
        del path
        return None

    def doing(self, path: Path) -> Doing | None:
        """What importing a file does."""
        del path
        return None

    def facts(self, text: str) -> ModuleFacts | None:
        """The facts of a file, by its text."""
        del text
        return None

    def keep(self, text: str, facts: ModuleFacts) -> None:
        """Told of the facts of a file that was parsed since they were not remembered."""


def words(text: str) -> set[str]:
    """The words of a text, in two fifths of the time of a search for each."""
    spaced = text.encode(errors="surrogatepass").translate(_WORDS_ONLY)
    found = set(spaced.decode(errors="surrogatepass").split())
    if text.isascii():
        return found
    plain = set(filter(str.isascii, found))
    return plain.union(*map(_WORD.findall, found - plain))


def imported_words(text: str) -> set[str]:
    """The words of a text's import lines."""
    return words(" ".join(_IMPORT_LINE.findall(f"\n{text}")))
