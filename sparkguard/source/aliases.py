"""What a project calls the things that ship: every name that may stand for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sparkguard import pyspark_api as api
from sparkguard.source.index import ProjectIndex
from sparkguard.source.module import Module

_NONE: frozenset[api.Argument] = frozenset()
_Named = tuple[Module, str]
"""A file, and what it calls something."""


class Aliases:
    """The names under which each file of a project may call what ships; the rest need no look.

    Of what a file imports, only that is read from which a name may come.
    """

    def __init__(self, index: ProjectIndex, own: api.Own) -> None:
        self._index = index
        ours = _by_last_name(own.ship_points.values())
        self._loads = _LOADS | {n: known | _LOADS.get(n, _NONE) for n, known in ours.items()}
        self._known: dict[_Named, frozenset[api.Argument]] = {}
        self._names_of: dict[Module, set[str | None]] = {}
        self._holders: dict[Module, tuple[Module, ...]] = {}

    def loads(self, module: Module, name: str) -> frozenset[api.Argument]:
        """The arguments that may ship when a file calls something by a name.

        It may be a name of PySpark or of the settings, or bound to one of them here or where this
        file imports, however far, files that import each other included.
        """
        asked = (module, name)
        if asked not in self._known:
            behind = self._behind(asked) if name in self._bound(module) else (asked,)
            self._known[asked] = _NONE.union(*(self._loads.get(s, _NONE) for _, s in behind))
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
        for holder in self._held(module) if name in self._bound(module) else ():
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

    def _bound(self, module: Module) -> set[str | None]:
        """The names that a file, or one in reach of a dot, imports or takes from others."""
        if module not in self._names_of:
            held = self._held(module)
            self._names_of[module] = set().union(*(x for m in held for x in (m.imports, m.renamed)))
        return self._names_of[module]

    def _modules(self, importer: Module) -> Iterator[Module]:
        """The modules that a file imports as such, or all the names of which it takes."""
        for name, nodes in importer.imports.items():
            for node in nodes:
                dotted = node.module if name is None else f"{node.module}.{name}"
                target = self._index.imported(importer, dotted, node.level)
                if target is not None:
                    yield target


def _by_last_name(points: Iterable[api.ShipApi]) -> dict[str, frozenset[api.Argument]]:
    found: dict[str, frozenset[api.Argument]] = {}
    for point in points:
        last = point.name.rpartition(".")[2]
        found[last] = found.get(last, _NONE).union(point.arguments)
    return found


_LOADS = _by_last_name(api.SHIP_POINTS.values())
"""What ships of PySpark's calls, by their last names."""
