"""What a project calls the things that ship: every name that may stand for one."""

from __future__ import annotations

from sparkguard import pyspark_api as api
from sparkguard.source.facts import Binding, Call, Expression, Import
from sparkguard.source.index import ProjectIndex
from sparkguard.source.module import Module, last_name

_NAMES = frozenset(name.rpartition(".")[2] for name in api.SHIP_POINTS)


class Aliases:
    """The names under which each file of a project may call what ships; the rest need no look."""

    def __init__(self, index: ProjectIndex) -> None:
        self._index = index
        self._known: dict[Module, frozenset[str]] = {}

    def of(self, module: Module) -> frozenset[str]:
        """PySpark's own names, and those bound to one of them here or where this file imports."""
        if module not in self._known:
            self._known[module] = _NAMES
            self._known[module] = self._grown(module)
        return self._known[module]

    def _grown(self, module: Module) -> frozenset[str]:
        scopes = module.facts.scopes
        bindings = [b for scope in scopes for bound in scope.bindings.values() for b in bound]
        found = set(_NAMES)
        for each in (*(b.value for b in bindings), *module.facts.stars):
            if isinstance(each, Import):
                found |= self._imported(module, each)
        while more := {b.name for b in bindings if _stands_for(b, found)} - found:
            found |= more
        return frozenset(found)

    def _imported(self, importer: Module, node: Import) -> frozenset[str]:
        for dotted in (node.module, f"{node.module}.{node.name}"):
            target = self._index.imported(importer, dotted, node.level)
            if target is not None and (node.name is None or dotted != node.module):
                return self.of(target)
            if target is not None and node.name in self.of(target):
                return frozenset({node.name or ""})
        return frozenset()


def _stands_for(binding: Binding, names: set[str]) -> bool:
    return _source_name(binding.value) in names


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
