"""What a project calls the things that ship: every name that may stand for one."""

from __future__ import annotations

from collections.abc import Iterator

from sparkguard import pyspark_api as api
from sparkguard.source.facts import Binding, Call, Expression, Import
from sparkguard.source.index import ProjectIndex
from sparkguard.source.module import Module, last_name

_NAMES = frozenset(name.rpartition(".")[2] for name in api.SHIP_POINTS)
_Imported = tuple[str | None, tuple[Module, ...]]
"""The name that an import takes, and the files that are read for it."""


class Aliases:
    """The names under which each file of a project may call what ships; the rest need no look."""

    def __init__(self, index: ProjectIndex, own: api.Own) -> None:
        self._index = index
        self._names = _NAMES | {name.rpartition(".")[2] for name in own.ship_points}
        self._known: dict[Module, frozenset[str]] = {}
        self._read: dict[Module, tuple[_Imported, ...]] = {}
        self._renamed: dict[Module, frozenset[tuple[str, str]]] = {}

    def of(self, module: Module) -> frozenset[str]:
        """PySpark's own names, and those bound to one of them here or where this file imports.

        Files that import each other hand names on until no file learns a new one.
        """
        if module not in self._known:
            fresh = self._reached(module)
            self._known.update(dict.fromkeys(fresh, self._names))
            learning = True
            while learning:
                learned = {each: self._grown(each) for each in fresh}
                learning = any(self._known[each] != names for each, names in learned.items())
                self._known.update(learned)
        return self._known[module]

    def _reached(self, module: Module) -> list[Module]:
        """The file and all that it imports, however far, as far as they are not known yet."""
        found, pending = {module: None}, [module]
        while pending:
            for _, targets in self._imports(pending.pop()):
                for target in targets:
                    if target not in self._known and target not in found:
                        found[target] = None
                        pending.append(target)
        return list(found)

    def _imports(self, module: Module) -> tuple[_Imported, ...]:
        """What a file imports of the project."""
        if module not in self._read:
            nodes = {(node.module, node.name, node.level): node for node in _imports(module)}
            read = ((node.name, self._targets(module, node)) for node in nodes.values())
            self._read[module] = tuple((name, targets) for name, targets in read if targets)
        return self._read[module]

    def _targets(self, importer: Module, node: Import) -> tuple[Module, ...]:
        """The files that an import reads: the module, and the one below it that it may name."""
        dotted = [node.module] + ([f"{node.module}.{node.name}"] if node.name else [])
        read = (self._index.imported(importer, each, node.level) for each in dotted)
        return tuple(target for target in read if target is not None)

    def _grown(self, module: Module) -> frozenset[str]:
        found = set(self._known[module])
        for imported, targets in self._imports(module):
            for target in targets:
                names = self._known[target]
                found |= names if imported is None else names & {imported}
                if target.name == imported:
                    found |= names
        renamed = self._bound(module)
        while more := {name for name, source in renamed if source in found} - found:
            found |= more
        return frozenset(found)

    def _bound(self, module: Module) -> frozenset[tuple[str, str]]:
        """The names that are bound to something with a name of its own, and that name."""
        if module not in self._renamed:
            named = ((b.name, _source_name(b.value)) for b in _bindings(module))
            self._renamed[module] = frozenset((n, s) for n, s in named if s and n != s)
        return self._renamed[module]


def _bindings(module: Module) -> Iterator[Binding]:
    for scope in module.facts.scopes:
        for bound in scope.bindings.values():
            yield from bound


def _imports(module: Module) -> Iterator[Import]:
    yield from module.facts.stars
    yield from (b.value for b in _bindings(module) if isinstance(b.value, Import))


def _source_name(value: Expression | None) -> str | None:
    match value:
        case Import(name=name):
            return name
        case Call(function=function, arguments=arguments) if last_name(function) == "partial":
            return last_name(arguments[0].value) if arguments else None
        case None:
            return None
        case _:
            return last_name(value)
