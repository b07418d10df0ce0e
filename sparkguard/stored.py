"""What the shelf writes down of a project and of each file in it, as data."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from sparkguard.change import Hangs, Number, Numbers
from sparkguard.source.needs import Doing
from sparkguard.source.profile import Profile

T = TypeVar("T")


class State(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What tells that a file is what it was.

    Args:
        size: Its size in bytes.
        changed: When it changed, in nanoseconds.
        settled: Whether a change since would show another time.
        digest: The hash of its bytes, if it was taken.
    """

    size: int
    changed: int
    settled: bool
    digest: bytes = b""


class Done(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What importing a file does, as `Doing` has it: files by their numbers in the project."""

    imported: tuple[tuple[Number, int], ...]
    runs: int
    hangs: Hangs

    @classmethod
    def of(cls, doing: Doing, numbers: Numbers) -> Done:
        """The same of what was found out."""
        imported = ((numbers[path], steps) for path, steps in doing.imported)
        return cls(tuple(imported), doing.runs, Hangs.of(doing.needs, numbers))

    def is_as(self, other: Done) -> bool:
        """Whether as much happens, whatever that hangs on."""
        return (self.imported, self.runs) == (other.imported, other.runs)


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a file was, and what was said of it then."""

    state: State
    hangs: Hangs | None
    verdict: msgspec.Raw


class Project(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a project was: its files, sorted, and the folders above them that are packages.

    Of files that matter to others without being looked into there is what those asked of them, by
    their numbers.
    """

    files: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    packages: tuple[str, ...] = ()
    profiles: dict[Number, msgspec.Raw] = {}
    doings: dict[Number, Done] = {}


class Stored(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that a file of the cache holds."""

    entries: dict[str, Entry] = {}
    project: Project = Project()


def loaded(data: bytes | None) -> Stored:
    """All that was stored, as far as it fits together."""
    stored = decoded(data or b"", Stored)
    return stored if stored and _fits(stored.project) else Stored()


def _fits(project: Project) -> bool:
    """Whether there is a state for each file, and a file for each number that is looked up."""
    met = {target for done in project.doings.values() for target, _ in done.imported}
    count = len(project.files)
    return len(project.states) == count and all(n < count for n in (*met, *project.doings))


def decoded(data: bytes | msgspec.Raw, type: type[T]) -> T | None:
    """What was stored; nothing where it is damaged."""
    try:
        return msgspec.msgpack.decode(data, type=type)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def raw(profile: Profile) -> msgspec.Raw:
    """A profile, to be decoded when somebody asks for it."""
    return msgspec.Raw(msgspec.msgpack.encode(profile))
