"""How an instance can travel: `__getstate__` leaves out what cannot."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count
from typing import TYPE_CHECKING

import libcst as cst

from sparkguard.repair import Left, Place, Reading
from sparkguard.source import classes
from sparkguard.source.facts import Call, Scope
from sparkguard.source.module import last_name
from sparkguard.source.repairs.layout import below, code
from sparkguard.source.repairs.used import Use, uses
from sparkguard.source.taken import Held
from sparkguard.source.values import Class

if TYPE_CHECKING:
    from sparkguard.source.ship import Shipment
    from sparkguard.source.types import Evaluator

_REDUCERS = ("__getstate__", "__setstate__", "__reduce__", "__reduce_ex__", "__getnewargs__")
_BARE = ("ABC", "Generic", "Protocol", "float", "int", "object", "str")
"""Bases that say nothing of how an instance is pickled."""
_SLOTTED = ("define", "frozen", "mutable")
"""Decorators of attrs that make classes without `__dict__`."""


def left(evaluator: Evaluator, shipment: Shipment, held: Held) -> Left | None:
    """How an instance travels without an attribute.

    Args:
        evaluator: Answers what an expression is.
        shipment: What ships.
        held: The instance and the attribute.

    Returns:
        `None` where shipped code does more with the attribute than read plain values, and where
        it is not known how the class is pickled.
    """
    cls = held.instance.cls
    place = _place(cls) if _is_plainly_pickled(evaluator, cls, held.attr) else None
    if place is None:
        return None
    found = list(uses(evaluator, shipment, held))
    if None in found:
        return None
    read = [use for use in found if use is not None]
    kept = _kept(evaluator, held, read) if read else None
    named = {use.receiver for use in read} == {"self"}
    if read and kept is None and not (named and _has_fields_only(evaluator, cls)):
        return None
    values = tuple(_readings(evaluator, cls, read))
    return Left(held.attr, place, values, kept)


def _is_plainly_pickled(evaluator: Evaluator, cls: Class, attr: str) -> bool:
    """Whether a class of the project alone says how its instances travel, and it says nothing."""
    for base in classes.bases(evaluator, cls):
        facts = base.facts
        known = set(map(last_name, facts.bases))
        ours = {each.facts.name for each in classes.bases(evaluator, base)}
        if "__slots__" in facts.bindings or not known <= ours | {*_BARE}:
            return False
        if any(name in facts.bindings for name in _REDUCERS) or _is_slotted(facts):
            return False
    return attr.isidentifier() and not attr.startswith("__")


def _has_fields_only(evaluator: Evaluator, cls: Class) -> bool:
    """Whether a class is a dataclass that may get a `__post_init__`."""
    methods = ("__init__", "__post_init__")
    makers = [one for one in cls.facts.decorators if last_name(one) == "dataclass"]
    frozen = any(one.arguments for one in makers if isinstance(one, Call))
    own = any(classes.find_method(evaluator, cls, name) for name in methods)
    return bool(makers) and not frozen and not own


def _is_slotted(facts: Scope) -> bool:
    for decorator in facts.decorators:
        given = decorator.arguments if isinstance(decorator, Call) else ()
        if last_name(decorator) in _SLOTTED or any(one.keyword == "slots" for one in given):
            return True
    return False


def _place(cls: Class) -> Place | None:
    """Below the constructor, or at the end of the class."""
    module, methods = cls.frame.module, cls.frame.module.methods.get(cls.scope, {})
    node = module.anchors.nodes[cls.facts.statement]
    if not isinstance(node, cst.ClassDef) or not isinstance(node.body, cst.IndentedBlock):
        return None
    last = module.anchors.span_of(node.body.body[-1])
    if "__init__" in methods:
        scope = module.facts.scopes[methods["__init__"]]
        return below(module, module.anchors.span(scope.statement))
    return below(module, last)


def _kept(evaluator: Evaluator, held: Held, uses: list[Use]) -> Place | None:
    """Below the one statement that binds the attribute, in a constructor, whose `self` is ours."""
    bound = [
        (base.frame.module, number, binding)
        for base in classes.bases(evaluator, held.instance.cls)
        for number, binding in base.frame.module.assigned.get(base.scope, {}).get(held.attr, ())
    ]
    if len(bound) != 1:
        return None
    module, number, binding = bound[0]
    scope = module.facts.scopes[number]
    if scope.name != "__init__" or {use.receiver for use in uses} != {scope.parameters[0].name}:
        return None
    node: cst.CSTNode | None = module.anchors.nodes[binding.at]
    while node is not None and not isinstance(node, cst.SimpleStatementLine):
        node = module.anchors.parents.get(node)
    return None if node is None else below(module, module.anchors.span_of(node))


def _readings(evaluator: Evaluator, cls: Class, uses: list[Use]) -> Iterator[Reading]:
    module = cls.frame.module
    taken = {attr for scope in module.facts.scopes for _, attr in scope.attributes}
    for base in classes.bases(evaluator, cls):
        taken |= {*base.facts.bindings, *base.frame.module.assigned.get(base.scope, {})}
    named: dict[str, str] = {}
    for use in {use.plain.node: use for use in uses}.values():
        text = use.plain.text.format(code(module, use.plain.node))
        if text not in named:
            plain = use.plain.word
            tries = chain([plain], (f"{plain}_{n}" for n in count(2)))
            named[text] = next(name for name in tries if name not in {*taken, *named.values()})
        name = f"{use.receiver}.{named[text]}"
        yield Reading(module.anchors.span_of(use.plain.node), text, name)
