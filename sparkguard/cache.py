"""What a check said of each file, kept until that file changes, or one that the answer hangs on.

It lies in `.sparkguard_cache` in the project's folder, as data (msgpack), never as code. Where
there is any doubt (a damaged file, a folder that is a link or came with a copy), there is nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path

import msgspec

from sparkguard import __version__
from sparkguard.source.needs import Needs, Sought
from sparkguard.source.text import UnreadableSource, read_bytes, read_source
from sparkguard.verdict import Verdict

FOLDER = ".sparkguard_cache"
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55"
"""How a CACHEDIR.TAG begins, by https://bford.info/cachedir/: backups pass its folder over."""
_TAG = f"{_SIGNATURE}\n# This folder is sparkguard's cache; `sparkguard clean` removes it.\n"
_ENDING, _UNFINISHED = ".msgpack", "new-"
_KEPT = 32
"""Shelves that are kept: the last ones written."""
_DAY = 86_400
_LARGEST = 1_000_000_000
"""Bytes of the largest file of the cache that is read: 10,000 files of code take 2 MB."""
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


class Cache:
    """The cache of one project.

    Args:
        root: The project's folder, in which the cache lies.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    def shelf(
        self, settings: str, checked: Sequence[Path], around: Callable[[], Sequence[Path]]
    ) -> Shelf:
        """What was said under some settings.

        Args:
            settings: All that a verdict depends on besides files.
            checked: The files that are checked.
            around: Gives the project's other files, where it is asked for.
        """
        return Shelf(self._folder, settings, checked, around)

    def clean(self) -> bool:
        """Removes the cache; `False` where there is none.

        Raises:
            OSError: It cannot be removed, or is not what sparkguard made.
        """
        if not os.path.lexists(self._folder):
            return False
        tag = self._folder / "CACHEDIR.TAG"
        ours = _is_folder(self._folder) and tag.is_file() and not tag.is_symlink()
        if not ours or not tag.read_text(encoding="utf-8").startswith(_SIGNATURE):
            raise OSError(0, "no cache of sparkguard's")
        shutil.rmtree(self._folder)
        return True


class Shelf:
    """The verdicts that were given under some settings, as far as they still hold.

    Args:
        folder: The cache.
        settings: All that a verdict depends on besides files.
        checked: The files that are checked.
        around: Gives the project's other files, where it is asked for.
    """

    def __init__(
        self,
        folder: Path,
        settings: str,
        checked: Sequence[Path],
        around: Callable[[], Sequence[Path]],
    ) -> None:
        self._folder, self._settings = folder, settings
        self._checked, self._find_around = checked, around
        self._since = time.time_ns()
        self._states: dict[str, State] = {}
        self._new: dict[str, Verdict] = {}
        self._decoder = msgspec.msgpack.Decoder(Verdict)
        file = _file(folder, settings) if _is_folder(folder) else None
        self._stored = (_read(file) if file else None) or _Stored()

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
            _make(self._folder)
            _write(_file(self._folder, self._settings), msgspec.msgpack.encode(stored))
            _prune(self._folder)

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


def _file(folder: Path, settings: str) -> Path:
    """The file of a shelf: named by the settings, by this sparkguard, and by the folder itself.

    A folder that came with a copy of a project has another number here: what it holds is not ours.
    """
    here = folder.stat()
    about = (settings, str(Path.cwd()), __version__, _own_state(), sys.version)
    name = repr((*about, here.st_dev, here.st_ino))
    return folder / f"{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}{_ENDING}"


@cache
def _own_state() -> str:
    """What changes with sparkguard's own files, as they do while it is worked on.

    Where it was installed, its record tells: it is written anew with the files that it lists.
    """
    home = os.path.dirname(os.path.abspath(__file__))
    record = f"{home}/../sparkguard-{__version__}.dist-info/RECORD"
    own = [record] if os.path.exists(record) else sorted(_sources(home))
    return repr([(file, msgspec.structs.astuple(_state(file))) for file in own])


def _sources(folder: str) -> Iterator[str]:
    for entry in os.scandir(folder):
        if entry.name.endswith((".py", ".json")):
            yield entry.path
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _sources(entry.path)


def _read(file: Path) -> _Stored | None:
    try:
        stored = msgspec.msgpack.decode(read_bytes(file, _LARGEST), type=_Stored)
    except (UnreadableSource, msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return stored if len(stored.project.files) == len(stored.project.states) else None


def _is_folder(folder: Path) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(folder).st_mode)
    except OSError:
        return False


def _make(folder: Path) -> None:
    """Makes the folder, which git and backups pass over."""
    folder.mkdir(exist_ok=True)
    if not _is_folder(folder):
        raise OSError(0, "a link")
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        if not os.path.lexists(folder / name):
            _write(folder / name, text.encode())


def _write(file: Path, data: bytes) -> None:
    """Writes a file whole or not at all; of two at the same time, one stays."""
    beside = file.with_name(f"{_UNFINISHED}{os.getpid()}-{time.time_ns()}")
    try:
        with beside.open("xb") as out:
            out.write(data)
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _prune(folder: Path) -> None:
    """Removes all but the last shelves, and what killed runs left."""
    ages = {file: file.lstat().st_mtime for file in folder.iterdir()}
    shelves = sorted((f for f in ages if f.suffix == _ENDING), key=lambda f: -ages[f])
    left = [f for f in ages if f.name.startswith(_UNFINISHED) and ages[f] < time.time() - _DAY]
    for file in (*shelves[_KEPT:], *left):
        file.unlink(missing_ok=True)
