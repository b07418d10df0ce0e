"""A folder in a project in which answers are kept, as data and never as code.

Where there is any doubt (a folder that is a link or came with a copy), there is nothing in it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sparkguard import __version__
from sparkguard.source.text import UnreadableSource, read_bytes

FOLDER = ".sparkguard_cache"
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55"
"""How a CACHEDIR.TAG begins, by https://bford.info/cachedir/: backups pass its folder over."""
_TAG = f"{_SIGNATURE}\n# This folder is sparkguard's cache; `sparkguard clean` removes it.\n"
_ENDING, _UNFINISHED = ".msgpack", "new-"
_KEPT = 32
"""Files that are kept: the last ones written."""
_DAY = 86_400
_LARGEST = 1_000_000_000
"""Bytes of the largest file of the cache that is read: 10,000 files of code take 2 MB."""


class Cache:
    """The cache of one project, in `.sparkguard_cache`.

    Args:
        root: The project's folder, in which the cache lies.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    def load(self, settings: str) -> bytes | None:
        """What is kept for some settings, if anything is.

        Args:
            settings: All that an answer depends on besides files.
        """
        try:
            return read_bytes(self._file(settings), _LARGEST)
        except (OSError, UnreadableSource):
            return None

    def store(self, settings: str, data: bytes) -> None:
        """Keeps something for some settings, whole or not at all.

        Raises:
            OSError: It cannot be written.
        """
        _make(self._folder)
        _write(self._file(settings), data)
        _prune(self._folder)

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

    def _file(self, settings: str) -> Path:
        """Named by the settings, by this sparkguard, and by the folder itself.

        A folder that came with a copy of a project has another number here: what it holds is not
        ours; neither is what a link leads to.
        """
        here = self._folder.lstat()
        if not stat.S_ISDIR(here.st_mode):
            raise OSError(0, "no folder")
        about = (settings, str(Path.cwd()), __version__, _own_state(), sys.version)
        name = repr((*about, here.st_dev, here.st_ino))
        digest = hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
        return self._folder / f"{digest}{_ENDING}"


@cache
def _own_state() -> str:
    """What changes with sparkguard's own files, as they do while it is worked on.

    Where it was installed, its record tells: it is written anew with the files that it lists.
    """
    home = os.path.dirname(os.path.abspath(__file__))
    record = f"{home}/../sparkguard-{__version__}.dist-info/RECORD"
    own = [record] if os.path.exists(record) else sorted(_sources(home))
    return repr(
        [(file, seen.st_size, seen.st_mtime_ns) for file in own for seen in [os.stat(file)]]
    )


def _sources(folder: str) -> Iterator[str]:
    for entry in os.scandir(folder):
        if entry.name.endswith((".py", ".json")):
            yield entry.path
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _sources(entry.path)


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
    """Removes all but the last files, and what killed runs left."""
    ages = {file: file.lstat().st_mtime for file in folder.iterdir()}
    files = sorted((f for f in ages if f.suffix == _ENDING), key=lambda f: -ages[f])
    left = [f for f in ages if f.name.startswith(_UNFINISHED) and ages[f] < time.time() - _DAY]
    for file in (*files[_KEPT:], *left):
        file.unlink(missing_ok=True)
