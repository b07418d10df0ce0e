"""What a check answered, kept until a file that it read, a setting or sparkguard itself changes.

An answer lies in `.sparkguard_cache` in the project's folder, as data (msgpack), never as code.
Where there is any doubt (a damaged file, a folder that is a link or came with a copy), there is
none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path

import msgspec

from sparkguard import __version__
from sparkguard.diagnostic import Diagnostic
from sparkguard.result import CheckResult, Summary
from sparkguard.source.text import UnreadableSource, read_bytes

FOLDER = ".sparkguard_cache"
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55"
"""How a CACHEDIR.TAG begins, by https://bford.info/cachedir/: backups pass its folder over."""
_TAG = f"{_SIGNATURE}\n# This folder is sparkguard's cache; `sparkguard clean` removes it.\n"
_ENDING, _UNFINISHED = ".msgpack", "new-"
_KEPT = 32
"""Answers that are kept: the last ones written."""
_DAY = 86_400
_DOUBTFUL = 2_000_000_000
"""Nanoseconds within which a file may change again and show the same time of change."""


@dataclass(frozen=True, slots=True)
class State:
    """What tells that a file is what it was: its size, and when it changed, in nanoseconds."""

    path: str
    size: int
    changed: int


@dataclass(frozen=True, slots=True)
class Question:
    """What a check is asked.

    Args:
        settings: All that an answer depends on besides files.
        checked: The files that are checked, in order.
        around: Gives the other files of the project, which may be looked into.
    """

    settings: str
    checked: tuple[Path, ...]
    around: Callable[[], Sequence[Path]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Files of a question: how each was, which folders are packages."""

    files: tuple[State, ...]
    packages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer, what was seen, the hashes of the files that were checked, and when that was.

    `around` is what was seen of the other files of the project, if they were asked for.
    """

    checked: _Seen
    around: _Seen | None
    hashes: tuple[bytes, ...]
    written: int
    diagnostics: tuple[Diagnostic, ...]
    summary: Summary
    texts: Mapping[str, str]
    names: frozenset[str]

    @property
    def result(self) -> CheckResult:
        """The answer as a check gives it."""
        return CheckResult(self.diagnostics, (), self.summary, self.texts, self.names)


class Cache:
    """The answers of one project.

    Args:
        root: The project's folder, in which the cache lies.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    def find(self, question: Question) -> tuple[CheckResult | None, Kept | None]:
        """The answer to a question, if nothing has changed; else where a new one may be kept."""
        try:
            file = self._file(question)
        except OSError:
            return None, None
        seen, answer = _look(question.checked), _read(file) if file else None
        if answer is not None and _holds(answer, seen, question):
            return answer.result, None
        return None, Kept(self._folder, question, seen)

    def _file(self, question: Question) -> Path | None:
        return _file(self._folder, question) if _is_folder(self._folder) else None

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


@dataclass(slots=True)
class Kept:
    """Where an answer is kept, and how the files were before they were read."""

    folder: Path
    question: Question
    checked: _Seen
    others: _Seen | None = None

    def around(self) -> Sequence[Path]:
        """The other files of the project, which the answer depends on from then on."""
        paths = self.question.around()
        self.others = _look(paths)
        return paths

    def store(self, result: CheckResult) -> None:
        """Keeps an answer of findings and nothing else, if no file changed meanwhile."""
        # A text or a path that is no UTF-8 is a ValueError.
        with contextlib.suppress(OSError, UnreadableSource, ValueError):
            hashes = tuple(_hash(path) for path in self.question.checked)
            if _look(self.question.checked) != self.checked:
                return
            if self.others and _look(self.question.around()) != self.others:
                return
            found = (result.diagnostics, result.summary, result.texts, result.names)
            answer = _Answer(self.checked, self.others, hashes, time.time_ns(), *found)
            if answer.result != result:  # a problem, or what is still to come
                return
            _make(self.folder)
            _write(_file(self.folder, self.question), msgspec.msgpack.encode(answer))
            _prune(self.folder)


def _look(files: Sequence[Path]) -> _Seen:
    return _Seen(tuple(map(_state, files)), tuple(sorted(_packages(files))))


def _state(path: str | Path) -> State:
    try:
        found = os.stat(path)  # noqa: PTH116, of 10,000 files
    except (OSError, ValueError):
        return State(os.fspath(path), -1, -1)
    return State(os.fspath(path), found.st_size, found.st_mtime_ns)


def _packages(files: Iterable[Path]) -> Iterator[str]:
    """The folders above the files that are packages; a package tells how its modules are named."""
    parents = {os.path.dirname(os.path.abspath(file)) for file in files}  # noqa: PTH100, PTH120
    folders = {str(above) for parent in parents for above in (parent, *Path(parent).parents)}
    return (folder for folder in folders if os.path.isfile(f"{folder}/__init__.py"))  # noqa: PTH113


def _holds(answer: _Answer, seen: _Seen, question: Question) -> bool:
    """Whether an answer still holds: by the files' times, by their bytes where those changed."""
    then = answer.checked
    if then.packages != seen.packages:
        return False
    if not len(then.files) == len(answer.hashes) == len(question.checked):
        return False
    pairs = zip(question.checked, then.files, seen.files, answer.hashes, strict=True)
    return all(
        (before == now and _is_settled(now, answer)) or _is_same(path, before, now, digest)
        for path, before, now, digest in pairs
    ) and _surroundings_hold(answer, question)


def _surroundings_hold(answer: _Answer, question: Question) -> bool:
    if answer.around is None:
        return True
    seen = _look(question.around())
    return seen == answer.around and all(_is_settled(state, answer) for state in seen.files)


def _is_settled(state: State, answer: _Answer) -> bool:
    """Whether a file had changed for the last time when the answer was written."""
    return state.changed < answer.written - _DOUBTFUL


def _is_same(path: Path, before: State, now: State, digest: bytes) -> bool:
    if (before.path, before.size) != (now.path, now.size):
        return False
    try:
        return _hash(path) == digest
    except UnreadableSource:
        return False


def _hash(path: Path) -> bytes:
    return hashlib.blake2b(read_bytes(path), digest_size=16).digest()


def _file(folder: Path, question: Question) -> Path:
    """The file of an answer: named by the question, by this sparkguard, and by the folder itself.

    A folder that came with a copy of a project has another number here: what it holds is not ours.
    """
    here = folder.stat()
    asked = (question.settings, str(Path.cwd()), [str(path) for path in question.checked])
    about = (asked, __version__, _own_state(), sys.version, here.st_dev, here.st_ino)
    return folder / f"{hashlib.blake2b(repr(about).encode(), digest_size=16).hexdigest()}{_ENDING}"


@cache
def _own_state() -> str:
    """What changes with sparkguard's own files, as they do while it is worked on.

    Where it was installed, its record tells: it is written anew with the files that it lists.
    """
    home = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    record = _state(f"{home}/../sparkguard-{__version__}.dist-info/RECORD")
    states = [record] if record.size >= 0 else sorted(_sources(home), key=attrgetter("path"))
    return repr([(state.path, state.size, state.changed) for state in states])


def _sources(folder: str) -> Iterator[State]:
    for entry in os.scandir(folder):
        if entry.name.endswith((".py", ".json")):
            yield _state(entry.path)
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _sources(entry.path)


def _read(file: Path) -> _Answer | None:
    try:
        return msgspec.msgpack.decode(read_bytes(file), type=_Answer)
    except (UnreadableSource, msgspec.MsgspecError, ValueError, RecursionError):
        return None


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
    """Removes all but the last answers, and what killed runs left."""
    ages = {file: file.lstat().st_mtime for file in folder.iterdir()}
    answers = sorted((f for f in ages if f.suffix == _ENDING), key=lambda f: -ages[f])
    left = [f for f in ages if f.name.startswith(_UNFINISHED) and ages[f] < time.time() - _DAY]
    for file in (*answers[_KEPT:], *left):
        file.unlink(missing_ok=True)
