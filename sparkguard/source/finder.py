"""Which files of a project an import may name."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path

from sparkguard.source.located import Located, imported_as


class Finder:
    """Finds modules beside a file, in its package, and where the project's packages stand.

    Args:
        known: The files of the project.
    """

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._in_roots: dict[str, tuple[str, ...]] = {}

    def may_find(self, dotted: str) -> bool:
        """Whether any file has the name that an import ends with; most name no module."""
        last = dotted.rpartition(".")[2]
        return not last or last in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(map(imported_as, self._known))

    def files(self, importer: Located, dotted: str, level: int) -> Iterator[str]:
        """What an import may name, the first that can be read is meant.

        Args:
            importer: The file that imports.
            dotted: What it imports.
            level: How many leading dots it writes.
        """
        parts = dotted.strip(".").replace(".", os.sep)
        if level:
            for folder in importer.path.parents[level - 1 : level]:
                yield from self._under(str(folder), parts)
        else:
            yield from self._under(importer.folder, parts)
            yield from self._under(str(importer.package_root), parts)
            if parts not in self._in_roots:
                found = [self._under(root, parts) for root in self._roots]
                self._in_roots[parts] = tuple(chain.from_iterable(found))
            yield from self._in_roots[parts]

    def _under(self, folder: str, parts: str) -> list[str]:
        target = f"{folder}{os.sep}{parts}" if parts else folder
        named = ([f"{target}.py"] if parts else []) + [f"{target}{os.sep}__init__.py"]
        return [path for path in named if path in self._known]

    @cached_property
    def _roots(self) -> tuple[str, ...]:
        folders = {_folder(path) for path in self._known}
        return tuple(sorted({self._root(folder) for folder in folders}, key=Path))

    def _root(self, folder: str) -> str:
        while f"{folder}{os.sep}__init__.py" in self._known:
            folder = _folder(folder)
        return folder


def _folder(path: str) -> str:
    return path.rpartition(os.sep)[0]
