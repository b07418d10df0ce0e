"""Which files a check reads: those that were named, and Python and notebooks in named folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sparkguard.result import Problem
from sparkguard.source.ignore import Patterns
from sparkguard.source.text import NOTEBOOK, UnreadableSource, display_name, read_bytes, reason

EDITOR_LOCK = ".#"


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files to check, sorted by path, each once; and the folders that could not be searched."""

    files: tuple[Path, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Layer:
    """Patterns and the folder that they are relative to."""

    base: Path
    patterns: Patterns

    def verdict(self, path: Path, folder: bool) -> bool | None:
        return self.patterns.verdict(path.parts[len(self.base.parts) :], folder)


@dataclass(frozen=True, slots=True)
class _Search:
    """The search of folders.

    Args:
        root: The project's folder, links resolved.
        exclude: What is passed over, relative to `root`.
        use_git: Whether ignore files count.
        problems: Takes the folders that cannot be searched.
    """

    root: Path
    exclude: Patterns
    use_git: bool
    problems: list[Problem]

    def files(self, top: Path) -> Iterator[tuple[Path, Path]]:
        """Each file as a path without links, and as its path from `top`."""
        real = _real(top)
        exclude = _Layer(self.root if real.is_relative_to(self.root) else real, self.exclude)
        git = tuple(_layers_above(real)) if self.use_git else ()
        folders = [(real, top, git)]
        while folders:
            real, shown, git = folders.pop()
            git = (*git, *_layer(real, real / ".gitignore")) if self.use_git else git
            for entry in self._entries(real, shown):
                path, folder = real / entry.name, entry.is_dir(follow_symlinks=False)
                if any(_ignored(path, folder, layers) for layers in ((exclude,), git)):
                    continue
                if folder:
                    folders.append((path, shown / entry.name, git))
                elif not entry.is_symlink():
                    yield path, shown / entry.name
                elif not is_folder(path):
                    yield _real(path), shown / entry.name

    def covers(self, path: Path) -> bool:
        """Whether `exclude` speaks of the path or of a folder above it."""
        real = _real(path)
        inside = real.is_relative_to(self.root)
        return inside and self.exclude.covers(real.relative_to(self.root).parts)

    def _entries(self, real: Path, shown: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(real) as entries:
                return [entry for entry in entries if _may_matter(entry)]
        except OSError as error:
            self.problems.append(Problem(display_name(shown), reason(error)))
            return []


def discover(
    paths: Iterable[Path],
    *,
    exclude: Sequence[str] = (),
    respect_gitignore: bool = True,
    force_exclude: bool = False,
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
        root: The project's folder.
    """
    search = _Search(_real(root), Patterns.parse(exclude), respect_gitignore, problems=[])
    found: dict[Path, Path] = {}
    for path in paths:
        if force_exclude and search.covers(path):
            continue
        for real, shown in search.files(path) if is_folder(path) else [(_real(path), path)]:
            found.setdefault(real, shown)
    return Discovery(tuple(sorted(found.values())), tuple(search.problems))


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # Path.resolve raises on a loop of links


def is_folder(path: Path) -> bool:
    """Whether it is a folder, as far as can be seen."""
    try:
        return path.is_dir()
    except (OSError, ValueError):  # below a closed folder; reading it will say so
        return False


def _may_matter(entry: os.DirEntry[str]) -> bool:
    is_source = entry.name.endswith((".py", NOTEBOOK)) and not entry.name.startswith(EDITOR_LOCK)
    return is_source or entry.is_dir(follow_symlinks=False)


def _ignored(path: Path, folder: bool, layers: Sequence[_Layer]) -> bool:
    """The deepest ignore file that speaks of the path decides, as in git."""
    verdicts = (layer.verdict(path, folder) for layer in reversed(layers))
    return next((verdict for verdict in verdicts if verdict is not None), False)


def _layers_above(folder: Path) -> Iterator[_Layer]:
    """The ignore files between the top of the repository and the folder, outermost first."""
    above = [folder, *folder.parents]
    tops = [depth for depth, parent in enumerate(above) if os.path.lexists(parent / ".git")]
    if tops:
        top = above[tops[0]]
        yield from _layer(top, top / ".git" / "info" / "exclude")
        for parent in above[tops[0] : 0 : -1]:
            yield from _layer(parent, parent / ".gitignore")


def _layer(base: Path, file: Path) -> Iterator[_Layer]:
    try:
        lines = read_bytes(file).decode("utf-8", "surrogateescape").splitlines()
    except UnreadableSource:  # there is none, or nothing that git would read either
        return
    yield _Layer(base, Patterns.parse(lines))
