"""What a project calls the things that ship: every name that may stand for one."""

from __future__ import annotations

from collections.abc import Iterator

from sparkguard import pyspark_api as api
from sparkguard.source.index import ProjectIndex
from sparkguard.source.module import Module

_NAMES = frozenset(name.rpartition(".")[2] for name in api.SHIP_POINTS)
_Named = tuple[Module, str]
"""A file, and what it calls something."""


class Aliases:
    """The names under which each file of a project may call what ships; the rest need no look.

    Of what a file imports, only that is read from which a name may come.
    """

    def __init__(self, index: ProjectIndex, own: api.Own) -> None:
        self._index = index
        self._names = _NAMES | {name.rpartition(".")[2] for name in own.ship_points}
        self._known: dict[_Named, bool] = {}
        self._holders: dict[Module, tuple[Module, ...]] = {}

    def may_ship(self, module: Module, name: str) -> bool:
        """Whether what a file calls by a name may be something that ships.

        Those are PySpark's own names, and names bound to one of them here or where this file
        imports, however far, files that import each other included.
        """
        asked = (module, name)
        if asked not in self._known:
            self._known[asked] = any(source in self._names for _, source in self._behind(asked))
        return self._known[asked]

    def _behind(self, asked: _Named) -> Iterator[_Named]:
        """All that a name may stand for, itself first."""
        met, pending = {asked}, [asked]
        while pending:
            here = pending.pop()
            yield here
            fresh = set(self._sources(*here)) - met
            met |= fresh
            pending += fresh

    def _sources(self, module: Module, name: str) -> Iterator[_Named]:
        """What a name may stand for, at one remove."""
        for holder in self._held(module):
            yield from ((holder, source) for source in holder.renamed.get(name, ()))
            for node in holder.imports.get(name, ()):
                target = self._index.imported(holder, node.module, node.level)
                yield from [] if target is None else [(target, name)]

    def _held(self, module: Module) -> tuple[Module, ...]:
        """A file and all the modules that can be reached from it by a dot, however far."""
        if module not in self._holders:
            found, pending = {module: None}, [module]
            while pending:
                fresh = [m for m in self._modules(pending.pop()) if m not in found]
                found.update(dict.fromkeys(fresh))
                pending += fresh
            self._holders[module] = tuple(found)
        return self._holders[module]

    def _modules(self, importer: Module) -> Iterator[Module]:
        """The modules that a file imports as such, or all the names of which it takes."""
        for name, nodes in importer.imports.items():
            for node in nodes:
                dotted = node.module if name is None else f"{node.module}.{name}"
                target = self._index.imported(importer, dotted, node.level)
                if target is not None:
                    yield target
