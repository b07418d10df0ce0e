"""Where a file stands, and which dotted name that gives it."""

from __future__ import annotations

import os
from functools import cached_property
from itertools import takewhile
from pathlib import Path

from msgspec import Struct

from sparkguard.source.text import SourceText

_INIT = "__init__.py"


def real(path: Path) -> Path:
    """Where a file is, links resolved; a loop of links is left as it is."""
    return Path(os.path.realpath(path))


def imported_as(path: str) -> str:
    """The word that an import of a file ends with: its name, or that of a package's folder."""
    module = path.removesuffix(".py").removesuffix(f"{os.sep}__init__")
    return module.rpartition(os.sep)[2]


class Located(Struct, frozen=True, eq=False, dict=True):
    """A file of a project, by where it stands.

    Args:
        source: Its text.
        path: Where the file is, links resolved.
    """

    source: SourceText
    path: Path

    @cached_property
    def folder(self) -> str:
        """The folder that the file is in."""
        return str(self.path.parent)

    @cached_property
    def is_package(self) -> bool:
        """Whether it is a package's `__init__.py`, which nobody runs."""
        return self.path.name == _INIT

    @cached_property
    def name(self) -> str:
        """The last part of the file's dotted name."""
        return self.path.parent.name if self.is_package else self.path.stem

    @cached_property
    def _folders(self) -> tuple[Path, ...]:
        """The packages that the file stands in, the innermost first."""
        return tuple(takewhile(lambda folder: (folder / _INIT).is_file(), self.path.parents))

    @property
    def in_package(self) -> bool:
        """Whether the file stands in a folder that is a package."""
        return bool(self._folders)

    @cached_property
    def package_root(self) -> Path:
        """The folder from which the file's dotted name counts."""
        return self._folders[-1].parent if self._folders else self.path.parent

    @cached_property
    def packages(self) -> tuple[Path, ...]:
        """The `__init__.py` of each package that the file stands in, the outermost first."""
        return tuple(folder / _INIT for folder in reversed(self._folders))

    @cached_property
    def dotted(self) -> str:
        """The file's dotted name."""
        return self.absolute("" if self.is_package else self.path.stem, 1)

    def absolute(self, dotted: str, level: int) -> str:
        """The dotted name that an import in this file names, leading dots resolved."""
        if not level:
            return dotted
        base = [folder.name for folder in reversed(self._folders[level - 1 :])]
        return ".".join([*base, *([dotted] if dotted else [])])
