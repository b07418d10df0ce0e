"""What a project calls the things that ship: every name that may stand for one."""

from __future__ import annotations

from collections.abc import Iterator

from sparkguard import pyspark_api as api
from sparkguard.source.facts import Binding, Call, Expression, Import
from sparkguard.source.index import ProjectIndex
from sparkguard.source.module import Module, last_name

_NAMES = frozenset(name.rpartition(".")[2] for name in api.SHIP_POINTS)


class Aliases:
    """The names under which each file of a project may call what ships; the rest need no look."""

    def __init__(self, index: ProjectIndex, own: api.Own) -> None:
        self._index = index
        self._names = _NAMES | {name.rpartition(".")[2] for name in own.ship_points}
        self._known: dict[Module, frozenset[str]] = {}

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
            importer = pending.pop()
            for node in _imports(importer):
                for target in self._targets(importer, node):
                    if target not in self._known and target not in found:
                        found[target] = None
                        pending.append(target)
        return list(found)

    def _targets(self, importer: Module, node: Import) -> tuple[Module, ...]:
        """The files that an import reads: the module, and the one below it that it may name."""
        dotted = [node.module] + ([f"{node.module}.{node.name}"] if node.name else [])
        read = (self._index.imported(importer, each, node.level) for each in dotted)
        return tuple(target for target in read if target is not None)

    def _grown(self, module: Module) -> frozenset[str]:
        bound = [(b.name, _source_name(b.value)) for b in _bindings(module)]
        found = set(self._names)
        for node in _imports(module):
            for target in self._targets(module, node):
                names = self._known[target]
                found |= names if node.name is None else names & {node.name}
                if target.name == node.name:
                    found |= names
        while more := {name for name, source in bound if source in found} - found:
            found |= more
        return frozenset(found)


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
