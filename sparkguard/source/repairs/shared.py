"""How a function can do without something heavy: a broadcast carries it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sparkguard.model import CargoKind
from sparkguard.repair import Shared
from sparkguard.source.facts import Argument, Attribute, Call, Name
from sparkguard.source.module import Module
from sparkguard.source.repairs.fresh import Names
from sparkguard.source.repairs.hoist import Home
from sparkguard.source.taken import Taken
from sparkguard.source.values import Function, Instance

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_CONTEXTS = {
    "pyspark.sql.SparkSession": "{}.sparkContext",
    "pyspark.SparkContext": "{}",
}
"""How a name leads to a context, by the type of what it holds."""


def shared(evaluator: Evaluator, taken: Taken, kind: CargoKind, *, plain: bool) -> Shared | None:
    """The broadcast that there is, or one that can be made before the function is.

    Args:
        evaluator: Answers what an expression is.
        taken: The function, what it takes, and where it reads that.
        kind: What makes that heavy.
        plain: Whether a broadcast can carry it.

    Returns:
        `None` where the name gets several values, or what it holds is changed.
    """
    module, function = taken.function.frame.module, taken.function
    owner = module.facts.owner(function.scope, taken.name)
    if owner is None or not _is_settled(module, owner, taken.name):
        return None
    readings = tuple(module.anchors.span(at) for at in taken.uses)
    there = _handle if kind == "broadcast" else _broadcast
    handle = there(module, owner, taken.name)
    if handle is not None and module.facts.owner(function.scope, handle) == owner:
        return Shared(handle, readings)
    if kind == "broadcast":
        return None
    home = Home.of(function)
    for name, context in _contexts(evaluator, function, home) if plain else ():
        place = home.place({taken.name, name})
        if place is not None:
            broadcast = Names(module, home.scope).of(taken.name, f"{taken.name}_broadcast")
            return Shared(broadcast, readings, f"{context}.broadcast({taken.name})", place)
    return None


def _is_settled(module: Module, owner: int, name: str) -> bool:
    """Whether a name has one value, which nothing is put into."""
    scope = module.facts.scopes[owner]
    given = any(parameter.name == name for parameter in scope.parameters)
    return given + len(scope.bindings.get(name, ())) == 1 and (owner, name) not in module.put_in


def _handle(module: Module, owner: int, name: str) -> str | None:
    """The broadcast whose value a name holds: `names` of `table = names.value`."""
    for binding in module.facts.scopes[owner].bindings.get(name, ()):
        match binding.value:
            case Attribute(value=Name(id=handle), attr="value"):
                return handle if _is_settled(module, owner, handle) else None
    return None


def _broadcast(module: Module, owner: int, name: str) -> str | None:
    """The broadcast that carries what a name holds: `shared` of `shared = sc.broadcast(table)`."""
    for handle, bindings in module.facts.scopes[owner].bindings.items():
        for binding in bindings:
            match binding.value:
                case Call(function=Attribute(attr="broadcast"), arguments=(Argument(value=given),)):
                    if isinstance(given, Name) and given.id == name:
                        return handle if _is_settled(module, owner, handle) else None
    return None


def _contexts(evaluator: Evaluator, function: Function, home: Home) -> Iterator[tuple[str, str]]:
    """Names that hold a session or a context where a function is made, and what leads to it."""
    at, branch = function.facts.statement, function.facts.branch
    around = dict.fromkeys([*home.names(), *home.module.facts.scopes[0].bindings])
    for name in around:
        for value in evaluator.values(Name(at, name, branch), function.frame):
            if isinstance(value, Instance) and value.type in _CONTEXTS:
                yield name, _CONTEXTS[value.type].format(name)
