"""How a method can travel without its instance: one that has no use for it can be static."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from sparkguard.repair import Unbound
from sparkguard.source import classes
from sparkguard.source.facts import Attribute
from sparkguard.source.module import last_name
from sparkguard.source.repairs.fresh import numbers
from sparkguard.source.repairs.hoist import hoist
from sparkguard.source.repairs.layout import above
from sparkguard.source.taken import Taken, Tied
from sparkguard.source.values import Class, Function, Object

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_OWN = ("super", "__class__")
"""Names by which a method asks for its class or instance, though nothing reads its parameter."""


def unbound(evaluator: Evaluator, hold: Taken | Tied) -> Unbound | None:
    """How a method that ships, or that a function calls, can be static.

    Args:
        evaluator: Answers what an expression is.
        hold: The method and its instance, or a function and the instance that it takes.

    Returns:
        `None` where the method needs its instance, or somebody needs the method as it is.
    """
    if isinstance(hold, Tied):
        return _static(evaluator, hold.instance.cls, hold.function.facts.name)
    return _called(evaluator, hold)


def _called(evaluator: Evaluator, taken: Taken) -> Unbound | None:
    """The method that a function calls on what it takes, if it calls only one."""
    module = taken.function.frame.module
    nodes = {module.anchors.nodes[at] for at in taken.uses}
    attrs = {module.anchors.parents.get(node) for node in nodes}
    names = {each.attr.value for each in attrs if isinstance(each, cst.Attribute)}
    scope, frame = taken.function.facts, taken.function.frame
    holders = {
        held
        for read in scope.reads
        if read.id == taken.name
        for held in evaluator.values(read, frame.child(taken.function.scope))
    }
    match [*holders]:
        case [Object(cls=cls)]:
            methods = {name for name in names if classes.find_method(evaluator, cls, name)}
            found = _static(evaluator, cls, next(iter(methods))) if len(methods) == 1 else None
            lifted = found and hoist(evaluator, taken, static=frozenset(methods))
            return replace(found, hoist=lifted) if found and lifted else None
    return None


def _static(evaluator: Evaluator, cls: Class, name: str) -> Unbound | None:
    found = classes.find_method(evaluator, cls, name)
    if found is None or not _may_be_static(evaluator, *found):
        return None
    function = found[1]
    module = function.frame.module
    node = module.anchors.nodes[function.facts.statement]
    place = above(module, module.anchors.span(function.facts.statement))
    if place is None or not isinstance(node, cst.FunctionDef):
        return None
    first, *others = node.params.params
    begin = module.anchors.span_of(first)
    star = node.params.star_arg
    following = [*others, *([star] if isinstance(star, cst.CSTNode) else [])]
    end = module.anchors.span_of(following[0]).start if following else begin.end
    return Unbound(name, place, replace(begin, end=end))


def _may_be_static(evaluator: Evaluator, cls: Class, method: Function) -> bool:
    facts, module = method.facts, method.frame.module
    scopes = [module.facts.scopes[number] for number in numbers(module, method.scope)]
    parameters = facts.parameters
    receiver = parameters[0] if parameters else None
    if facts.decorators or facts.name.startswith("__") or receiver is None:
        return False
    if receiver.kind != "positional" or receiver.default is not None or _is_after_star(method):
        return False
    read = {read.id for scope in scopes for read in scope.reads}
    bound = {name for scope in scopes for name in scope.bindings}
    needed = {receiver.name, *_OWN}
    return needed.isdisjoint(read | bound) and _is_alone(evaluator, cls, facts.name)


def _is_after_star(method: Function) -> bool:
    node = method.frame.module.anchors.nodes[method.facts.statement]
    return not isinstance(node, cst.FunctionDef) or bool(
        node.params.posonly_params or not node.params.params
    )


def _is_alone(evaluator: Evaluator, cls: Class, name: str) -> bool:
    """Whether no other class has its own, and nobody hands the method its instance."""
    related = [*classes.bases(evaluator, cls)[1:], *classes.derived(evaluator, cls)]
    if any(name in other.facts.bindings for other in related):
        return False
    module, named = cls.frame.module, {cls.facts.name, *(each.facts.name for each in related)}
    if any((each, name) in scope.attributes for each in named for scope in module.facts.scopes):
        return False
    for number, call in module.calls.get(name, ()):
        match call.function:
            case Attribute(value=held):
                frame = evaluator.frame(module, number)
                if any(isinstance(value, Class) for value in evaluator.values(held, frame)):
                    return False
    return "Protocol" not in map(last_name, cls.facts.bases)
