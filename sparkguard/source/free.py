"""What a function takes from outside itself, as CPython compiles it and cloudpickle reads it."""

from __future__ import annotations

from sparkguard.source.facts import MODULE, Name, Scope
from sparkguard.source.module import Module
from sparkguard.source.values import Class, Function


def names(module: Module, function: int) -> dict[str, list[tuple[Name, int]]]:
    """The names that a function takes from outside, each with its reads and their scopes."""
    if function not in module.free:
        module.free[function] = _names(module, function)
    return module.free[function]


def _names(module: Module, function: int) -> dict[str, list[tuple[Name, int]]]:
    facts = module.facts
    within, pending = set[int](), [function]
    while pending:
        number = pending.pop()
        within.add(number)
        pending += facts.scopes[number].children
    free: dict[str, list[tuple[Name, int]]] = {}
    for number in sorted(within):
        in_class = facts.scopes[number].kind == "class"
        for read in facts.scopes[number].reads:
            owner = facts.owner(number, read.id)
            taken = owner not in within and not (in_class and owner in (None, MODULE))
            if taken:
                free.setdefault(read.id, []).append((read, number))
    return free


def is_nested(function: Function | Class) -> bool:
    """Whether it is a lambda or stands inside a function, so that no import can find it."""
    scopes = function.frame.module.facts.scopes
    scope: Scope = function.facts
    if scope.kind == "lambda":
        return True
    while scope.parent is not None:
        scope = scopes[scope.parent]
        if scope.kind in ("function", "lambda"):
            return True
    return False
