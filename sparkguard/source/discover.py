"""Which files a check reads: those that were named, and Python and notebooks in named folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from sparkguard.result import Problem
from sparkguard.source.ignore import Patterns, verdict
from sparkguard.source.text import NOTEBOOK, UnreadableSource, display_name, read_bytes, reason

EDITOR_LOCK = ".#"
IGNORE_FILE = ".gitignore"
_SOURCES = (".py", NOTEBOOK)
_BELOW = "\0"
"""Between the parts of what paths are sorted by: no name holds it, and all else comes after it."""


class Discovery(Struct, frozen=True):
    """The files to check, sorted by path, each once; and the folders that could not be searched."""

    files: tuple[Path, ...]
    problems: tuple[Problem, ...]


class _Layer(NamedTuple):
    """Patterns, and how many parts a path has that they are relative to."""

    depth: int
    patterns: Patterns

    def verdict(self, folders: Sequence[str], name: str, folder: bool) -> bool | None:
        about = self.patterns.about(name, folder)
        return verdict(about, (*folders[self.depth :], name)) if about else None


class _Found(NamedTuple):
    """A file: what it is sorted by, its path as it was found, and whether that is a link."""

    key: str
    path: Path
    link: bool = False


class _Folder(NamedTuple):
    """A folder to search.

    Args:
        real: Its path without links.
        shown: Its path as it was found.
        key: What it is sorted by.
        exclude: What is passed over in it.
        git: What git ignores in it, the outermost first.
    """

    real: Path
    shown: Path
    key: str
    exclude: tuple[_Layer, ...]
    git: tuple[_Layer, ...]

    def ignores(self, name: str, folder: bool) -> bool:
        """Whether what is called so in it is passed over."""
        parts = self.real.parts
        return _ignored(parts, name, folder, self.exclude) or _ignored(
            parts, name, folder, self.git
        )

    def found(self, name: str, link: bool = False) -> _Found:
        key = f"{self.key}{_BELOW}{name}" if self.key else name
        return _Found(key, self.shown / name, link)

    def below(self, name: str) -> _Folder:
        key, shown, _ = self.found(name)
        return self._replace(real=self.real / name, shown=shown, key=key)


class _Search:
    """The search of folders.

    Args:
        root: The project's folder.
        exclude: What is passed over, relative to `root`.
        use_git: Whether ignore files count.
    """

    def __init__(self, root: Path, exclude: Patterns, use_git: bool) -> None:
        self.root = _real(root)
        self.exclude = exclude
        self.use_git = use_git
        self.problems: list[Problem] = []

    def files(self, top: Path) -> Iterator[tuple[str, _Found]]:
        """Each file by its path without links."""
        real = _real(top)
        base = self.root if real.is_relative_to(self.root) else real
        exclude = (_Layer(len(base.parts), self.exclude),)
        git = tuple(_layers_above(real)) if self.use_git else ()
        folders = [_Folder(real, top, _key(top), exclude, git)]
        while folders:
            folder = folders.pop()
            entries = self._entries(folder)
            if self.use_git and any(entry.name == IGNORE_FILE for entry in entries):
                folder = folder._replace(git=(*folder.git, *_layer(folder.real, IGNORE_FILE)))
            below = [entry.name for entry in entries if _is_folder(entry)]
            folders += [folder.below(n) for n in reversed(below) if not folder.ignores(n, True)]
            yield from _files(folder, entries)

    def covers(self, path: Path) -> bool:
        """Whether `exclude` speaks of the path or of a folder above it."""
        real = _real(path)
        inside = real.is_relative_to(self.root)
        return inside and self.exclude.covers(real.relative_to(self.root).parts)

    def _entries(self, folder: _Folder) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder.real) as entries:
                return sorted(entries, key=attrgetter("name"))  # of two links, the first counts
        except OSError as error:
            self.problems.append(Problem(display_name(folder.shown), reason(error)))
            return []


def discover(
    paths: Iterable[Path],
    *,
    exclude: Sequence[str] = (),
    respect_gitignore: bool = True,
    force_exclude: bool = False,
    broken_links: bool = True,
    root: Path,
) -> Discovery:
    """Find the files that the paths name.

    A file that is named is taken whatever it is called. A folder is searched for `*.py` and
    `*.ipynb`, where links to files are followed and links to folders are not, so that no loop can
    arise.

    Args:
        paths: Files and folders.
        exclude: Patterns as in `.gitignore`, relative to `root`, for what is found in folders.
        respect_gitignore: Whether `.gitignore` files and `.git/info/exclude` count, too.
        force_exclude: Whether `exclude` also drops files and folders that were named.
        broken_links: Whether links in folders that lead nowhere are found, too.
        root: The project's folder.
    """
    search = _Search(root, Patterns.parse(exclude), respect_gitignore)
    found: dict[str, _Found] = {}
    for path in paths:
        if force_exclude and search.covers(path):
            continue
        named = [(str(_real(path)), _Found(_key(path), path))]
        for real, file in search.files(path) if is_folder(path) else named:
            if broken_links or not file.link or file.path.exists():
                found.setdefault(real, file)
    return Discovery(tuple(file.path for file in sorted(found.values())), tuple(search.problems))


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # Path.resolve raises on a loop of links


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _files(folder: _Folder, entries: Iterable[os.DirEntry[str]]) -> Iterator[tuple[str, _Found]]:
    """The files in a folder; paths are put together as texts, which takes a tenth of the time."""
    start = os.path.join(folder.real, "")  # noqa: PTH118
    for entry in entries:
        name = entry.name
        is_source = name.endswith(_SOURCES) and not name.startswith(EDITOR_LOCK)
        if not is_source or _is_folder(entry) or folder.ignores(name, False):
            continue
        if not entry.is_symlink():
            yield f"{start}{name}", folder.found(name)
        elif not is_folder(folder.shown / name):
            yield str(_real(folder.shown / name)), folder.found(name, link=True)


def _key(path: Path) -> str:
    """Texts that are in the order of paths: part by part."""
    return _BELOW.join(path.parts)


def is_folder(path: Path) -> bool:
    """Whether it is a folder, as far as can be seen."""
    try:
        return path.is_dir()
    except (OSError, ValueError):  # below a closed folder; reading it will say so
        return False


def _ignored(folders: Sequence[str], name: str, folder: bool, layers: Sequence[_Layer]) -> bool:
    """The deepest ignore file that speaks of the path decides, as in git."""
    for layer in reversed(layers):
        found = layer.verdict(folders, name, folder)
        if found is not None:
            return found
    return False


def _layers_above(folder: Path) -> Iterator[_Layer]:
    """The ignore files between the top of the repository and the folder, outermost first."""
    above = [folder, *folder.parents]
    tops = [depth for depth, parent in enumerate(above) if os.path.lexists(parent / ".git")]
    if tops:
        top = above[tops[0]]
        yield from _layer(top, ".git/info/exclude")
        for parent in above[tops[0] : 0 : -1]:
            yield from _layer(parent, IGNORE_FILE)


def _layer(base: Path, file: str) -> Iterator[_Layer]:
    try:
        lines = read_bytes(base / file).decode("utf-8", "surrogateescape").splitlines()
    except UnreadableSource:  # there is none, or nothing that git would read either
        return
    yield _Layer(len(base.parts), Patterns.parse(lines))
