"""Which arms of the modules that workers import must run there, or shipped code lacks a name.

A name that a function reads and that is bound in one arm only, `if fast: session = ...`, is there
on a worker where that arm runs; where it does not, the function fails on the missing name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sparkguard.source import free
from sparkguard.source.facts import MODULE, Arm, Binding, Definition, Import
from sparkguard.source.module import Module
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Function

_NAMES = 200
Need = tuple[Module, str]
Assumed = frozenset[tuple[Module, Arm]]


def by_function(evaluator: Evaluator, function: Function) -> Assumed:
    """The arms that a function needs, those for what it calls by name included."""
    return _arms(evaluator, _of_scope(evaluator, function.frame.module, function.scope))


def by_attributes(evaluator: Evaluator, function: Function, name: str, module: Module) -> Assumed:
    """The arms for the attributes that a function reads of a module that it knows by a name."""
    read = ((module, attr) for held, attr in _attributes(function) if held == name)
    return _arms(evaluator, read)


def _arms(evaluator: Evaluator, needs: Iterable[Need]) -> Assumed:
    found: set[tuple[Module, Arm]] = set()
    seen, pending = set[Need](), [*needs]
    while pending and len(seen) < _NAMES:
        module, name = need = pending.pop()
        if need in seen:
            continue
        seen.add(need)
        match module.facts.scopes[MODULE].bindings.get(name, ()):
            case ():
                pending += _from_stars(evaluator, module, name)
            case (only,):
                found.update((module, arm) for arm in only.branch)
                pending += _behind(evaluator, module, only)
    return frozenset(found)


def _behind(evaluator: Evaluator, module: Module, binding: Binding) -> Iterator[Need]:
    match binding.value:
        case Import(name=str(name)) as node:
            target = evaluator.index.imported(module, node.module, node.level)
            if target is not None and name in target.facts.scopes[MODULE].bindings:
                yield target, name
        case Definition(scope=scope):
            yield from _of_scope(evaluator, module, scope)


def _from_stars(evaluator: Evaluator, module: Module, name: str) -> Iterator[Need]:
    for star in module.facts.stars:
        target = evaluator.index.imported(module, star.module, star.level)
        if target is not None and name in target.facts.scopes[MODULE].bindings:
            yield target, name


def _of_scope(evaluator: Evaluator, module: Module, scope: int) -> Iterator[Need]:
    """What a function reads of its own module, and what a class's methods do."""
    for name, reads in free.names(module, scope).items():
        tried = all(any(arm.kind == "attempt" for arm in read.branch) for read, _ in reads)
        if not tried and module.facts.owner(reads[0][1], name) in (None, MODULE):
            yield module, name


def _attributes(function: Function) -> Iterator[tuple[str, str]]:
    scopes, pending = function.frame.module.facts.scopes, [function.scope]
    while pending:
        scope = scopes[pending.pop()]
        yield from scope.attributes
        pending += scope.children
