"""What shipped code reads of what it takes: the smallest expressions that give plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from sparkguard import pyspark_api as api
from sparkguard.diagnostic import Applicability
from sparkguard.repair import Handed, Hoist, Repair
from sparkguard.source import classes, objects, reduction, state
from sparkguard.source.repairs.asking import Asker, inside
from sparkguard.source.repairs.beyond import beyond
from sparkguard.source.repairs.plain import Plain
from sparkguard.source.taken import Travels
from sparkguard.source.values import (
    Bound,
    Class,
    Container,
    Function,
    Given,
    Instance,
    Library,
    Literal,
    Object,
    Partial,
    Value,
)

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_STORES = (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.Del, cst.For, cst.CompFor)
_NOT_MOVED = (cst.Lambda, cst.BaseComp, cst.NamedExpr, cst.Await, cst.Yield)
_TEXTS = ("str", "repr", "len", "bool", "isinstance")
"""Builtins whose values travel, whatever they are given."""

_SAFE, _UNSAFE, _SHOWN = sorted(Applicability, reverse=True)
_Kind: TypeAlias = tuple[str, bool]
"""What is read: the attribute of an object of the user's, and whether it is only looked up."""


class Reader(Asker):
    """Finds what a function reads of what it is given.

    Args:
        evaluator: Answers what expressions are.
        function: The function.
        parameter: As for `Asker`.
        static: Methods that count as static.
        travels: Asks whether what a call makes could ship.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        function: Function,
        parameter: tuple[str, Value] | None = None,
        *,
        static: frozenset[str] = frozenset(),
        travels: Travels | None = None,
    ) -> None:
        super().__init__(evaluator, function, parameter)
        self.static, self.travels = static, travels

    def read_by(self, name: cst.CSTNode) -> Plain | None:
        """The smallest expression around a name that gives a plain value, known outside.

        Where there is none it is what is only made a text, or what nobody takes.
        """
        chain: list[cst.BaseExpression] = [name] if isinstance(name, cst.Name) else []
        plain, node = None, self._grown(name) if chain else None
        while plain is None and node is not None:
            chain.append(node)
            plain = self._plain(node) or self._travelling(node)
            node = self._grown(node)
        if plain is None and chain:
            plain = beyond(self, chain)
        return plain if plain is not None and self._may_move(plain.node) else None

    def _grown(self, node: cst.CSTNode) -> cst.BaseExpression | None:
        """The expression that is made of another one at once."""
        around = self.parents.get(node)
        match around:
            case cst.Attribute(value=inner) | cst.Call(func=inner) | cst.Subscript(value=inner):
                return around if inner is node else None
            case cst.Arg():
                call = self.parents.get(around)
                return call if isinstance(call, cst.Call) else None
        return None

    def _may_move(self, node: cst.BaseExpression) -> bool:
        around = self.parents.get(node)
        stored = isinstance(around, _STORES) and (
            isinstance(around, cst.Del) or getattr(around, "target", None) is node
        )
        parts = list(inside(node))
        return not stored and not any(
            isinstance(each, _NOT_MOVED) or each in self.own for each in parts
        )

    def _plain(self, node: cst.BaseExpression) -> Plain | None:
        kinds = set(self._kinds(node))
        found = {kind for kind in kinds if kind is not None}
        if len({step for step, _ in found}) != 1 or found != kinds:
            return None
        calls = [each for each in inside(node) if isinstance(each, cst.Call) and each is not node]
        sure = all(sure for _, sure in found) and not calls and self._is_there(node)
        return Plain(node, next(iter(found))[0], _SAFE if sure else _UNSAFE)

    def _travelling(self, node: cst.BaseExpression) -> Plain | None:
        """A call whose value could ship, whatever it is."""
        values = self.values(node) if isinstance(node, cst.Call) else ()
        made = all(isinstance(value, Function | Object | Bound) for value in values)
        if not values or not made or self.travels is None:
            return None
        left = self.travels(values)
        after = left is not None and all(map(_is_sure_to_help, left))
        return Plain(node, applicability=_UNSAFE) if after else None

    def _kinds(self, node: cst.BaseExpression) -> Iterator[_Kind | None]:
        """For each thing that an expression may read from, what it takes, if that is plain."""
        match node:
            case cst.Attribute(value=held):
                yield from (self._attribute(value, node) for value in self._holders(held))
            case cst.Call(func=cst.Attribute(value=held, attr=attr)):
                yield from (_called(value, attr.value) for value in self._holders(held))
            case cst.Call(func=cst.Name() as called):
                yield ("", True) if self._is_builtin(called) else None
            case cst.Subscript():
                yield from (("", True) if self._is_data(v) else None for v in self.values(node))

    def _holders(self, held: cst.BaseExpression) -> list[Value]:
        return [value for value in self.values(held) if value != Literal(None)]

    def _is_there(self, node: cst.BaseExpression) -> bool:
        """Whether all that an expression reads from is something, and has what is read."""
        match node:
            case cst.Call(func=cst.Attribute() as called):
                return self._is_there(called)
            case cst.Attribute(value=held, attr=attr):
                values = self.values(held)
                own = isinstance(held, cst.Name) and held.value == self._receiver
                late = [v for v in values if isinstance(v, Object) and not own]
                known = all(self._is_made_with(one.cls, attr.value) for one in late)
                return known and Literal(None) not in values and self._is_there(held)
        return True

    @cached_property
    def _receiver(self) -> str:
        """The first parameter of the method around the function."""
        around = self.function.frame.facts
        return around.parameters[0].name if around.parameters else ""

    def _is_made_with(self, cls: Class, attr: str) -> bool:
        """Whether instances have an attribute as soon as they are made."""
        for base in classes.bases(self.evaluator, cls):
            scopes = base.frame.module.facts.scopes
            assigned = base.frame.module.assigned.get(base.scope, {}).get(attr, ())
            makers = (scopes[number].name for number, _ in assigned)
            if attr in base.facts.bindings or "__init__" in makers:
                return True
        return False

    def _is_builtin(self, called: cst.Name) -> bool:
        named = self.values(called) if called.value in _TEXTS else ()
        return named == (Library(f"builtins.{called.value}"),)

    def _attribute(self, holder: Value, node: cst.Attribute) -> _Kind | None:
        attr = node.attr.value
        match holder:
            case Instance(type=type) if _member(type, attr) in api.PLAIN_READS:
                return ("", True)
            case Object():
                return self._held(holder, node)
            case Class() if self._is_kept_by(holder, attr):
                return (f".{attr}", True)
        return None

    def _held(self, by: Object, outer: cst.Attribute) -> _Kind | None:
        """An attribute of an instance, where that is what it was given, or a static method."""
        attr, around = outer.attr.value, self.parents.get(outer)
        called = isinstance(around, cst.Call) and around.func is outer
        method = classes.find_method(self.evaluator, by.cls, attr)
        if method is not None:
            static = attr in self.static or classes.decorated_as(method[1].facts, "staticmethod")
            return (f".{attr}", True) if static else None
        values = [found.value for found in objects.attribute(self.evaluator, by, attr)]
        if called or any(map(self._is_refused, values)):
            return None
        return (f".{attr}", not any(isinstance(value, Object) for value in values))

    def _is_kept_by(self, cls: Class, attr: str) -> bool:
        values = [found.value for found in objects.attribute(self.evaluator, cls, attr)]
        return bool(values) and all(map(self._is_data, values))

    def _is_refused(self, value: Value, depth: int = 4) -> bool:
        """Whether a value cannot be shipped, or holds what cannot."""
        held: Iterable[Value] = ()
        match value:
            case Function() | Class() | Bound() | Partial() | Container(lazy=True):
                return True
            case Instance(type=type):
                return self.evaluator.refused(type) is not None
            case Container(items=items):
                held = self.evaluator.given(item for _, item in items)
            case Object():
                held = self._parts(value)
        return depth > 0 and any(self._is_refused(one, depth - 1) for one in held)

    def _parts(self, instance: Object) -> Iterator[Value]:
        """What travels with an instance, what its class holds included."""
        yield from (f.value for _, f in reduction.pickled_state(self.evaluator, instance))
        for cls in classes.bases(self.evaluator, instance.cls):
            held = (f.value for _, f in state.class_attributes(self.evaluator, cls))
            yield from (value for value in held if not isinstance(value, Function | Class))

    def _is_data(self, value: Value, depth: int = 3) -> bool:
        match value:
            case Literal():
                return True
            case Container(items=items, lazy=False) if depth:
                given: list[Given] = [item for _, item in items]
                values = [self.evaluator.given((item,)) for item in given]
                return all(
                    some and all(self._is_data(v, depth - 1) for v in some) for some in values
                )
        return False


def _is_sure_to_help(repair: Repair) -> bool:
    """Whether a repair needs no person, and does not hang on what is done with an instance."""
    return isinstance(repair, Handed | Hoist) and repair.applicability is not _SHOWN


def _called(holder: Value, attr: str) -> _Kind | None:
    match holder:
        case Instance(type=type) if api.looks_up(_member(type, attr)):
            return ("", True)
        case Instance(type=type) if _member(type, attr) in api.JOBS:
            return ("", False)
    return None


def _member(type: str, attr: str) -> str:
    member = api.member(type, attr)
    return member.name if member is not None else f"{api.canonical(type)}.{attr}"
