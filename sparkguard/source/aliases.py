"""What a project calls the things that ship: every name that may stand for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sparkguard import pyspark_api as api
from sparkguard.source.index import ProjectIndex
from sparkguard.source.module import Module
from sparkguard.source.notes import Known

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
        self._known: Known[_Named, frozenset[api.Argument]] = {}
        self._names_of: Known[Module, frozenset[str | None]] = {}
        self._holders: Known[Module, tuple[Module, ...]] = {}
        self._imported: Known[Module, tuple[Module, ...]] = {}

    def loads(self, module: Module, name: str) -> frozenset[api.Argument]:
        """The arguments that may ship when a file calls something by a name.

        It may be a name of PySpark or of the settings, or bound to one of them here or where this
        file imports, however far, files that import each other included.
        """
        self._index.asked(name)
        if name not in self._bound(module):
            return self._loads.get(name, _NONE)
        asked = (module, name)
        return self._index.kept(self._known, asked, lambda: self._followed(asked))

    def _followed(self, asked: _Named) -> frozenset[api.Argument]:
        with self._index.counting("linked"):
            behind = [*self._behind(asked)]
        return _NONE.union(*(self._loads.get(source, _NONE) for _, source in behind))

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
        self._index.asked(name)
        for holder in self._held(module) if name in self._bound(module) else ():
            for source in holder.renamed.get(name, ()):
                yield holder, source
            for node in holder.imports.get(name, ()):
                target = self._index.imported(holder, node.module, node.level)
                if target is not None:
                    yield target, name

    def _held(self, module: Module) -> tuple[Module, ...]:
        """A file and all the modules that can be reached from it by a dot, however far."""
        return self._index.kept(self._holders, module, lambda: self._in_reach(module))

    def _in_reach(self, module: Module) -> tuple[Module, ...]:
        found, pending = {module: None}, [module]
        while pending:
            fresh = [each for each in self._modules(pending.pop()) if each not in found]
            found.update(dict.fromkeys(fresh))
            pending += fresh
        return tuple(found)

    def _bound(self, module: Module) -> frozenset[str | None]:
        """The names that a file, or one in reach of a dot, imports or takes from others."""
        return self._index.kept(self._names_of, module, lambda: self._all_bound(module))

    def _all_bound(self, module: Module) -> frozenset[str | None]:
        with self._index.counting("linked"):
            held = self._held(module)
        return frozenset().union(*(names for m in held for names in (m.imports, m.renamed)))

    def _modules(self, importer: Module) -> tuple[Module, ...]:
        """The modules that a file imports as such, or all the names of which it takes."""
        return self._index.kept(self._imported, importer, lambda: (*self._targets(importer),))

    def _targets(self, importer: Module) -> Iterator[Module]:
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
