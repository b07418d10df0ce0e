"""What a check said of each file, kept until that file changes, or one that the answer hangs on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import msgspec

from sparkguard.cache import Cache
from sparkguard.source.needs import Needs, Sought
from sparkguard.source.text import UnreadableSource, read_bytes, read_source
from sparkguard.verdict import Verdict

_DOUBTFUL = 2_000_000_000
"""Nanoseconds within which a file may change again and show the same time of change."""


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


_GONE = State(-1, -1, settled=False)


class _Hangs(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a verdict hangs on: the numbers of files of the project, and what was sought in all."""

    files: tuple[int, ...]
    sought: tuple[Sought, ...]


class _Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a file was, and what was said of it then."""

    state: State
    hangs: _Hangs | None
    verdict: msgspec.Raw


class _Project(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a project was: its files, sorted, and the folders above them that are packages."""

    files: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    packages: tuple[str, ...] = ()


class _Stored(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that a file of the cache holds."""

    entries: dict[str, _Entry] = {}
    project: _Project = _Project()


class Shelf:
    """The verdicts that were given under some settings, as far as they still hold.

    Args:
        cache: Where they are kept.
        settings: All that a verdict depends on besides files.
        checked: The files that are checked.
        around: Gives the project's other files, where it is asked for.
    """

    def __init__(
        self,
        cache: Cache,
        settings: str,
        checked: Sequence[Path],
        around: Callable[[], Sequence[Path]],
    ) -> None:
        self._cache, self._settings = cache, settings
        self._checked, self._find_around = checked, around
        self._since = time.time_ns()
        self._states: dict[str, State] = {}
        self._new: dict[str, Verdict] = {}
        self._decoder = msgspec.msgpack.Decoder(Verdict)
        self._stored = _decoded(cache.load(settings))

    def get(self, path: Path) -> Verdict | None:
        """What was said of a file, if that still holds."""
        key = os.path.abspath(path)
        self._state(key)
        entry = self._stored.entries.get(key)
        return self._decoded(entry) if entry and self._holds(key, entry) else None

    def put(self, path: Path, verdict: Verdict) -> None:
        """Keeps what was said of a file that `get` was asked for before it was read."""
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
            if not self._new:
                return
            stored = self._updated()
            if any(_state(key) != state for key, state in self._states.items()):
                return
            self._cache.store(self._settings, msgspec.msgpack.encode(stored))

    def _decoded(self, entry: _Entry) -> Verdict | None:
        try:
            return self._decoder.decode(entry.verdict)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None

    # What still holds

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

    def _holds(self, key: str, entry: _Entry) -> bool:
        return self._is_same(key, entry.state) and (
            entry.hangs is None or (self._is_same_project and self._is_unmoved(entry.hangs))
        )

    @cached_property
    def _files(self) -> tuple[str, ...]:
        paths = [*self._checked, *self.around]
        return tuple(sorted({os.path.abspath(path) for path in paths}))

    @cached_property
    def _packages(self) -> tuple[str, ...]:
        return tuple(sorted(_packages(self._files)))

    @cached_property
    def _is_same_project(self) -> bool:
        """Whether the project has the files that it had, by the same names."""
        project = self._stored.project
        return (project.files, project.packages) == (self._files, self._packages)

    @cached_property
    def _changed(self) -> dict[int, str]:
        """The files of the project that have changed: their numbers, and what they say now."""
        project = self._stored.project
        pairs = enumerate(zip(project.files, project.states, strict=True))
        return {n: _text(key) for n, (key, then) in pairs if not self._is_same(key, then)}

    def _is_unmoved(self, hangs: _Hangs) -> bool:
        """Whether nothing has changed that a verdict hangs on."""
        if not self._changed:
            return True
        if not self._changed.keys().isdisjoint(hangs.files):
            return False
        texts = self._changed.values()
        return not any(sought.stands_in(text) for sought in hangs.sought for text in texts)

    # What is written

    def _updated(self) -> _Stored:
        followed = any(verdict.needs is not None for verdict in self._new.values())
        old = {key: entry for key, entry in self._stored.entries.items() if key not in self._new}
        if followed:
            old = {key: entry for key, entry in old.items() if self._holds(key, entry)}
        numbers = {key: n for n, key in enumerate(self._files)} if followed else {}
        entries = old | dict(self._entries(numbers))
        return _Stored(entries, self._project(entries) if followed else self._stored.project)

    def _entries(self, numbers: dict[str, int]) -> Iterator[tuple[str, _Entry]]:
        for key, verdict in self._new.items():
            with contextlib.suppress(ValueError):  # what is no UTF-8 cannot be written
                said = msgspec.Raw(msgspec.msgpack.encode(replace(verdict, needs=None)))
                hangs = _hangs(verdict.needs, numbers) if verdict.needs else None
                yield key, _Entry(self._seen(key, _digest(key)), hangs, said)

    def _project(self, entries: dict[str, _Entry]) -> _Project:
        states = (
            self._seen(key, entries[key].state.digest if key in entries else b"")
            for key in self._files
        )
        return _Project(self._files, tuple(states), self._packages)

    def _seen(self, key: str, digest: bytes) -> State:
        """The state of a file as it is written down."""
        state = self._state(key)
        settled = state.changed < self._since - _DOUBTFUL
        return State(state.size, state.changed, settled, digest)


def _decoded(data: bytes | None) -> _Stored:
    """What was stored; nothing where it is damaged."""
    try:
        stored = msgspec.msgpack.decode(data or b"", type=_Stored)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _Stored()
    return stored if len(stored.project.files) == len(stored.project.states) else _Stored()


def _hangs(needs: Needs, numbers: dict[str, int]) -> _Hangs:
    files = sorted(numbers[os.path.abspath(path)] for path in needs.files)
    return _Hangs(tuple(files), tuple(sorted(needs.sought)))


def _state(key: str) -> State:
    try:
        found = os.stat(key)
    except (OSError, ValueError):
        return _GONE
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
        return hashlib.blake2b(read_bytes(Path(key)), digest_size=16).digest()
    except UnreadableSource:
        return b""
