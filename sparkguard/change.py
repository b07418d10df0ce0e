"""A file of a project that has changed, and which answers for others that leaves as they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Protocol

import msgspec

from sparkguard.source.needs import Doing, Needs, Sought, Written
from sparkguard.source.profile import Link, Profile

Number = Annotated[int, msgspec.Meta(ge=0)]
"""A file of the project, by its place among all, sorted."""


class Numbers(dict[Path, int]):
    """The numbers of files by their paths, relative ones too.

    Args:
        files: The absolute paths of the project's files, in order.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self._files = {file: number for number, file in enumerate(files)}

    def __missing__(self, path: Path) -> int:
        self[path] = number = self._files[os.path.abspath(path)]
        return number


class Inquiry(Protocol):
    """Who can be asked of a file without all that hangs on it being checked again."""

    def profile(self, path: Path) -> Profile | None:
        """What a file says to those that only pass it; `None` if more of it counts."""

    def may_link(self, path: Path, link: Link) -> bool:
        """Whether an import in a file that has a profile may give a module of the project."""

    def doing(self, path: Path) -> Doing | None:
        """What importing a file does; `None` if a worker refuses something of it."""


class Hangs(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What an answer hangs on, as `Needs` has it: files by their numbers in the project."""

    files: tuple[Number, ...]
    sought: tuple[tuple[Sought, tuple[Number, ...]], ...]
    read: tuple[Number, ...]
    linked: tuple[Number, ...]
    names: tuple[str, ...]
    run: tuple[Number, ...]

    @classmethod
    def of(cls, needs: Needs, numbers: Numbers) -> Hangs:
        """The same of what was looked up."""

        def numbered(paths: Iterable[Path]) -> tuple[int, ...]:
            return tuple(sorted(map(numbers.__getitem__, paths)))

        return cls(
            numbered(needs.files),
            tuple((sought, numbered(needs.sought[sought])) for sought in sorted(needs.sought)),
            numbered(needs.read),
            numbered(needs.linked),
            tuple(sorted(needs.names)),
            numbered(needs.run),
        )


class Change(msgspec.Struct, frozen=True, eq=False, dict=True):
    """A file that has changed.

    Args:
        number: Its number in the project.
        written: What it says now.
        path: The file.
        before: Its profile before the change, if anybody asked for it.
        inquire: Gives who tells what its profile is now.
    """

    number: int
    written: Written
    path: Path
    before: Profile | None
    inquire: Callable[[], Inquiry]

    @cached_property
    def now(self) -> Profile | None:
        """Its profile."""
        return self.inquire().profile(self.path)

    @property
    def asked(self) -> Profile | None:
        """Its profile, if anybody asked for it."""
        return self.now if "now" in self.__dict__ else None

    def leaves(self, hangs: Hangs) -> bool:
        """Whether an answer is what it was, as far as it hangs on this file."""
        if self.number in hangs.files:
            return False
        if self.number in hangs.read and self.now is None:
            return False
        if self.number in hangs.linked and not self._leaves_names(hangs.names):
            return False
        return all(self._leaves(sought, found) for sought, found in hangs.sought)

    def _leaves_names(self, names: Iterable[str]) -> bool:
        if self.before is None or self.now is None or self._is_linked_anew:
            return False
        return self._renamed.isdisjoint(names)

    @cached_property
    def _renamed(self) -> set[str]:
        return self.now.names(self.before) if self.now and self.before else set()

    @cached_property
    def _is_linked_anew(self) -> bool:
        """Whether it may import other modules of the project than before."""
        links = self.now.links(self.before) if self.now and self.before else ()
        return any(self.inquire().may_link(self.path, link) for link in links)

    def _leaves(self, sought: Sought, found: Sequence[int]) -> bool:
        if sought.within == "imports":
            holds = self.written.holds(sought)
            return holds if self.number in found else bool(found) or not holds
        if self.number not in found:
            return not self.written.holds(sought)
        if self.before is None or self.now is None:
            return False
        return not self.now.uses_more(sought.names, self.before)
