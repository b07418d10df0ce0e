"""What a check said of each file, kept until that file changes, or what it hangs on in others."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sparkguard.cache import Cache
from sparkguard.change import Change, Hangs, Inquiry, Numbers
from sparkguard.parsed import Parsed
from sparkguard.source.needs import Doing, Memory, Needs, Written
from sparkguard.source.profile import Profile
from sparkguard.source.text import SourceText, UnreadableSource, decode, read_bytes, read_source
from sparkguard.stored import Done, Entry, Project, State, Stored, decoded, loaded, raw
from sparkguard.verdict import Verdict

if TYPE_CHECKING:
    from sparkguard.source.facts import ModuleFacts

_DOUBTFUL = 2_000_000_000
"""Nanoseconds within which a file may change again and show the same time of change."""


class Shelf(Memory):
    """The verdicts that were given under some settings, as far as they still hold.

    Args:
        cache: Where they are kept.
        settings: All that a verdict depends on besides files.
        checked: The files that are checked.
        around: Gives the project's other files, where it is asked for.
        inquire: Gives who can be asked of a file that has changed, where it is asked for.
    """

    def __init__(
        self,
        cache: Cache,
        settings: str,
        checked: Sequence[Path],
        around: Callable[[], Sequence[Path]],
        inquire: Callable[[], Inquiry],
    ) -> None:
        self._cache, self._settings = cache, settings
        self._checked, self._find_around, self._find_inquiry = checked, around, inquire
        self._has_inquired = False
        self._since = time.time_ns()
        self._states: dict[str, State] = {}
        self._digests: dict[str, bytes] = {}
        self._new: dict[str, Verdict] = {}
        self._doings: dict[int, Done | None] = {}
        self._sought = set[str]()
        self._parsed = Parsed(cache)
        self._stored = loaded(cache.load(settings))

    def get(self, path: Path) -> Verdict | None:
        """What was said of a file, if that still holds."""
        key = os.path.abspath(path)
        self._state(key)
        entry = self._stored.entries.get(key)
        if entry and self._holds(key, entry):
            return decoded(entry.verdict, Verdict)
        for sought, _ in entry.hangs.sought if entry and entry.hangs else ():
            self._sought.update(sought.names, (sought.beside,))
        return None

    def read(self, path: Path, name: str) -> SourceText:
        """Reads a file that `get` was asked for, and notes by what it is known again.

        Raises:
            UnreadableSource: As from `read_source`.
        """
        data = read_bytes(path)
        self._digests[os.path.abspath(path)] = _hashed(data)
        return decode(data, path, name)

    def put(self, path: Path, verdict: Verdict) -> None:
        """Keeps what was said of a file that was read."""
        self._new[os.path.abspath(path)] = verdict

    @cached_property
    def around(self) -> Sequence[Path]:
        """The project's other files, each looked at before it can be read."""
        found = self._find_around()
        for path in found:
            self._state(os.path.abspath(path))
        return found

    def save(self) -> None:
        """Writes what is new, if no file has changed meanwhile; the rest stays, if it holds."""
        with contextlib.suppress(OSError, ValueError):  # a path that is no UTF-8 is a ValueError
            if not self._new and not self._has_inquired:
                return
            stored = self._updated()
            if any(_state(key) != state for key, state in self._states.items()):
                return
            self._cache.store(self._settings, msgspec.msgpack.encode(stored))
            self._parsed.save()

    # What still holds

    @property
    def sought(self) -> int:
        """How many words were sought in all files for answers that do not hold any more."""
        return len(self._sought)

    def profile(self, path: Path) -> Profile | None:
        """The profile of a file, if it has not changed since."""
        number = self._numbers[path]
        if not self._is_same_project or number in self._changed_numbers:
            return None
        return self._profile(number)

    def doing(self, path: Path) -> Doing | None:
        """What importing a file does, if nothing has changed since that it hangs on."""
        number = self._numbers[path]
        kept = self._still_done(number) if self._is_same_project else None
        if kept is None:
            return None
        files = [*self._given.values()]
        imported = tuple((files[target], steps) for target, steps in kept.imported)
        return Doing(imported, kept.runs, Needs())

    def facts(self, text: str) -> ModuleFacts | None:
        """The facts of a file, by its text."""
        return self._parsed.get(text)

    def keep(self, text: str, facts: ModuleFacts) -> None:
        """Keeps the facts of a file."""
        self._parsed.put(text, facts)

    def _state(self, key: str) -> State:
        """How a file was when it was first looked at."""
        if key not in self._states:
            self._states[key] = _state(key)
        return self._states[key]

    def _is_same(self, key: str, then: State) -> bool:
        """Whether a file is what it was: by its time, by its bytes where that has changed."""
        now = self._state(key)
        if (then.size, then.changed) == (now.size, now.changed) and then.settled:
            return True
        return then.size == now.size and then.digest != b"" and _digest(key) == then.digest

    def _holds(self, key: str, entry: Entry) -> bool:
        return self._is_same(key, entry.state) and (
            entry.hangs is None or (self._is_same_project and self._is_unmoved(entry.hangs))
        )

    @cached_property
    def _given(self) -> dict[str, Path]:
        """The files of the project, sorted, as they were given."""
        found = {os.path.abspath(path): path for path in (*self.around, *self._checked)}
        return dict(sorted(found.items()))

    @cached_property
    def _files(self) -> tuple[str, ...]:
        return tuple(self._given)

    @cached_property
    def _numbers(self) -> Numbers:
        return Numbers(self._files)

    @cached_property
    def _packages(self) -> tuple[str, ...]:
        return tuple(sorted(_packages(self._files)))

    @cached_property
    def _is_same_project(self) -> bool:
        """Whether the project has the files that it had, by the same names."""
        project = self._stored.project
        return (project.files, project.packages) == (self._files, self._packages)

    @cached_property
    def _changed(self) -> tuple[Change, ...]:
        """The files of the project that have changed."""
        project = self._stored.project
        pairs = enumerate(zip(project.files, project.states, strict=True))
        changed = [(n, key) for n, (key, then) in pairs if not self._is_same(key, then)]
        return tuple(
            Change(n, Written(_text(key)), self._given[key], self._profile(n), self._inquire)
            for n, key in changed
        )

    @cached_property
    def _changed_numbers(self) -> set[int]:
        return {change.number for change in self._changed}

    def _inquire(self) -> Inquiry:
        self._has_inquired = True
        return self._find_inquiry()

    def _profile(self, number: int) -> Profile | None:
        kept = self._stored.project.profiles.get(number)
        return None if kept is None else decoded(kept, Profile)

    def _is_unmoved(self, hangs: Hangs) -> bool:
        """Whether nothing has changed that an answer hangs on."""
        if not all(change.leaves(hangs) for change in self._changed):
            return False
        return not self._changed or all(map(self._still_done, hangs.run))

    def _still_done(self, number: int) -> Done | None:
        """What importing a file does, if it does the same as before."""
        if number not in self._doings:
            self._doings[number] = self._done_again(number)
        return self._doings[number]

    def _done_again(self, number: int) -> Done | None:
        then = self._stored.project.doings.get(number)
        if then is None or self._is_unmoved(then.hangs):
            return then
        doing = self._inquire().doing(self._given[self._files[number]])
        now = None if doing is None else Done.of(doing, self._numbers)
        return now if now and now.is_as(then) else None

    # What is written

    def _updated(self) -> Stored:
        followed = any(verdict.needs is not None for verdict in self._new.values())
        followed |= self._has_inquired
        old = {key: entry for key, entry in self._stored.entries.items() if key not in self._new}
        if followed:
            old = {key: entry for key, entry in old.items() if self._holds(key, entry)}
        entries = old | dict(self._entries())
        return Stored(entries, self._project(entries) if followed else self._stored.project)

    def _entries(self) -> Iterator[tuple[str, Entry]]:
        for key, verdict in self._new.items():
            with contextlib.suppress(ValueError):  # what is no UTF-8 cannot be written
                bare = msgspec.structs.replace(verdict, needs=None, learnt=None)
                said = msgspec.Raw(msgspec.msgpack.encode(bare))
                hangs = Hangs.of(verdict.needs, self._numbers) if verdict.needs else None
                yield key, Entry(self._seen(key, self._digests[key]), hangs, said)

    def _project(self, entries: dict[str, Entry]) -> Project:
        states = (
            self._seen(key, entries[key].state.digest if key in entries else b"")
            for key in self._files
        )
        doings, profiles = dict(self._old_doings()), dict(self._old_profiles())  # those ask these
        for learnt in (verdict.learnt for verdict in self._new.values() if verdict.learnt):
            for path, profile in learnt.profiles.items():
                profiles[self._numbers[path]] = raw(profile)
            for path, doing in learnt.doings.items():
                doings[self._numbers[path]] = Done.of(doing, self._numbers)
        return Project(self._files, tuple(states), self._packages, profiles, doings)

    def _old_profiles(self) -> Iterator[tuple[int, msgspec.Raw]]:
        if self._is_same_project:
            now = {change.number: change.asked for change in self._changed}
            for number, profile in self._stored.project.profiles.items():
                if number not in now:
                    yield number, profile
                elif (changed := now[number]) is not None:
                    yield number, raw(changed)

    def _old_doings(self) -> Iterator[tuple[int, Done]]:
        for number in self._stored.project.doings if self._is_same_project else ():
            doing = self._still_done(number)
            if doing is not None:
                yield number, doing

    def _seen(self, key: str, digest: bytes) -> State:
        """The state of a file as it is written down."""
        state = self._state(key)
        settled = state.changed < self._since - _DOUBTFUL
        return State(state.size, state.changed, settled, digest)


def _state(key: str) -> State:
    try:
        found = os.stat(key)
    except (OSError, ValueError):
        return State(-1, -1, settled=False)
    return State(found.st_size, found.st_mtime_ns, settled=False)


def _text(key: str) -> str:
    try:
        return read_source(Path(key), key).text
    except UnreadableSource:
        return ""


def _packages(files: Iterable[str]) -> Iterator[str]:
    """The folders above the files that are packages; a package tells how its modules are named."""
    parents = {os.path.dirname(file) for file in files}
    folders = {str(folder) for parent in parents for folder in (parent, *Path(parent).parents)}
    return (folder for folder in folders if os.path.isfile(f"{folder}/__init__.py"))


def _digest(key: str) -> bytes:
    try:
        return _hashed(read_bytes(Path(key)))
    except UnreadableSource:
        return b""


def _hashed(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
