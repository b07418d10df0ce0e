"""Where a file stands, and which dotted name that gives it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sparkguard.source.text import SourceText


def real(path: Path) -> Path:
    """Where a file is, links resolved; a loop of links is left as it is."""
    return Path(os.path.realpath(path))


@dataclass(frozen=True, eq=False)
class Located:
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
        return self.path.name == "__init__.py"

    @cached_property
    def name(self) -> str:
        """The last part of the file's dotted name."""
        return self.path.parent.name if self.is_package else self.path.stem

    @cached_property
    def in_package(self) -> bool:
        """Whether the file stands in a folder that is a package."""
        return (self.path.parent / "__init__.py").is_file()

    @cached_property
    def package_root(self) -> Path:
        """The folder from which the file's dotted name counts."""
        folder = self.path.parent
        while (folder / "__init__.py").is_file() and folder != folder.parent:
            folder = folder.parent
        return folder

    @cached_property
    def packages(self) -> tuple[Path, ...]:
        """The `__init__.py` of each package that the file stands in, the outermost first."""
        inner = self.path.relative_to(self.package_root).parents if self.in_package else ()
        return tuple(self.package_root / folder / "__init__.py" for folder in reversed(inner))

    @cached_property
    def dotted(self) -> str:
        """The file's dotted name."""
        return self.absolute("" if self.is_package else self.path.stem, 1)

    def absolute(self, dotted: str, level: int) -> str:
        """The dotted name that an import in this file names, leading dots resolved."""
        if not level:
            return dotted
        here = self.path.parent.relative_to(self.package_root).parts
        base = here[: len(here) - level + 1]
        return ".".join([*base, *([dotted] if dotted else [])])
