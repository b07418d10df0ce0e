"""How shipped code can do without a capture: what it reads there can be read before it ships."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, count
from typing import TYPE_CHECKING

import libcst as cst

from sparkguard import pyspark_api as api
from sparkguard.diagnostic import Position, Span
from sparkguard.model import Hoist, Reading
from sparkguard.source import classes, objects
from sparkguard.source.facts import MODULE, Scope
from sparkguard.source.module import Module
from sparkguard.source.values import Class, Frame, Function, Instance, Object, Value

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_STORES = (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.Del, cst.For, cst.CompFor)


def hoist(
    evaluator: Evaluator, function: Function, name: str, uses: Iterable[int], roots: Sequence[Value]
) -> Hoist | None:
    """What of a capture is read before the function is made, so that only plain values travel.

    Args:
        evaluator: Answers what an attribute is.
        function: The shipped function.
        name: The captured name.
        uses: The numbers of the places that read it.
        roots: What it may be.

    Returns:
        `None` where one place does more with it than read a plain value.
    """
    module = function.frame.module
    place = _place(function, name)
    indent = "" if place is None else module.anchors.before(place)
    if place is None or indent.strip():
        return None
    names, readings = _Names(module, function.frame), []
    for at in uses:
        node = _read(evaluator, module, module.anchors.nodes[at], roots)
        if node is None or _changes(function, name, node):
            return None
        text = module.anchors.tree.code_for_node(node)
        span = module.anchors.span_of(node)
        readings.append(Reading(span, text, names.of(text, _word(node)), _step(node)))
    return Hoist(place, indent, tuple(readings))


def _place(function: Function, name: str) -> Span | None:
    """Where the statement that makes the function begins, if one can stand before it."""
    module, scope = function.frame.module, function.facts
    statement = module.anchors.nodes[scope.statement]
    if function.frame.facts.kind == "class" or _is_bound_later(function, name):
        return None
    if not isinstance(statement, cst.SimpleStatementLine | cst.FunctionDef):
        return None
    span = module.anchors.span(scope.statement)
    tops = [module.anchors.span(each.at).start.line for each in scope.decorators[:1]]
    at = Position(min(span.start.line, *tops), span.start.column) if tops else span.start
    return replace(span, start=at, end=at)


def _is_bound_later(function: Function, name: str) -> bool:
    """Whether the captured name gets its value only after the function is made."""
    module, here = function.frame.module, function.frame.scope
    owner = module.facts.owner(here, name)
    if owner is None or owner != here:
        return owner is None
    bindings = module.facts.scopes[owner].bindings.get(name, ())
    return any(binding.at > function.facts.statement for binding in bindings)


def _changes(function: Function, name: str, read: cst.BaseExpression) -> bool:
    """Whether what is read gets another value after the function is made."""
    attr = _step(read)[1:]
    return any(
        binding.target.attr == attr and binding.at > function.facts.statement
        for binding in function.frame.facts.attribute_bindings
    )


def _read(
    evaluator: Evaluator, module: Module, node: cst.CSTNode, roots: Sequence[Value]
) -> cst.BaseExpression | None:
    """The expression around a name that reads a plain value from what the name holds."""
    parents = module.anchors.parents
    outer = parents.get(node)
    if not isinstance(outer, cst.Attribute) or outer.value is not node:
        return None
    found = {_from(evaluator, root, outer, parents) for root in roots}
    read = found.pop() if len(found) == 1 else None
    stored = read is not None and isinstance(parents.get(read), _STORES)
    return None if read is None or (stored and _is_target(parents[read], read)) else read


def _is_target(around: cst.CSTNode, node: cst.CSTNode) -> bool:
    return isinstance(around, cst.Del) or getattr(around, "target", None) is node


def _from(
    evaluator: Evaluator,
    root: Value,
    outer: cst.Attribute,
    parents: dict[cst.CSTNode, cst.CSTNode],
) -> cst.BaseExpression | None:
    match root:
        case Object():
            return outer if _is_data(evaluator, root, outer, parents) else None
        case Instance(type=type):
            return _of_library(type, outer, parents)
    return None


def _is_data(
    evaluator: Evaluator,
    held_by: Object,
    outer: cst.Attribute,
    parents: dict[cst.CSTNode, cst.CSTNode],
) -> bool:
    """Whether an attribute of an instance is what it was given, and not a method."""
    attr, around = outer.attr.value, parents.get(outer)
    called = isinstance(around, cst.Call) and around.func is outer
    if called or classes.find_method(evaluator, held_by.cls, attr) is not None:
        return False
    values = [found.value for found in objects.attribute(evaluator, held_by, attr)]
    return not any(
        isinstance(value, Function | Class)
        or (isinstance(value, Instance) and evaluator.refused(value.type))
        for value in values
    )


def _of_library(
    type: str, outer: cst.Attribute, parents: dict[cst.CSTNode, cst.CSTNode]
) -> cst.BaseExpression | None:
    """The chain of attributes that ends in a plain value: `conf.get("key")` of a session."""
    member = api.member(type, outer.attr.value)
    name = member.name if member is not None else f"{type}.{outer.attr.value}"
    around = parents.get(outer)
    if name in api.PLAIN_READS:
        return outer
    match around:
        case cst.Call(func=called, args=arguments) if called is outer and name in api.PLAIN_CALLS:
            return around if all(_is_literal(argument.value) for argument in arguments) else None
        case cst.Attribute(value=held) if held is outer and member is not None:
            return _of_library(member.returns or "", around, parents)
    return None


def _is_literal(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.SimpleString | cst.Integer | cst.Float) or (
        isinstance(node, cst.Name) and node.value in ("None", "True", "False")
    )


def _step(node: cst.BaseExpression) -> str:
    """The first step that a reading takes from the captured name: `.rate`."""
    while not (isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name)):
        node = node.func if isinstance(node, cst.Call) else node.value  # type: ignore[attr-defined]
    return f".{node.attr.value}"


def _word(node: cst.BaseExpression) -> str:
    """What the value that is read may be called: `rate` of `self.rate`, the key of a setting."""
    match node:
        case cst.Call(args=[cst.Arg(value=cst.SimpleString() as key), *_]):
            words = "".join(c if c.isalnum() else " " for c in str(key.evaluated_value)).split()
            return "_".join(words[-2:]).lower() if words and words[0][0].isalpha() else "value"
        case cst.Call(func=cst.Attribute(attr=attr)) | cst.Attribute(attr=attr):
            return attr.value.lstrip("_")
    return "value"


class _Names:
    """Names for values that nothing around the function has, one for each text."""

    def __init__(self, module: Module, frame: Frame) -> None:
        inside = [*_within(module, frame.scope)]
        read = (read.id for scope in inside for read in scope.reads)
        bound = (name for scope in inside for name in scope.locals)
        top = module.facts.scopes[MODULE].bindings
        self._taken = {*read, *bound, *top, *dir(builtins)}
        self._given: dict[str, str] = {}

    def of(self, text: str, word: str) -> str:
        if text not in self._given:
            plain = word if word.isidentifier() else "value"
            tries = chain([plain, f"{plain}_value"], (f"{plain}_{n}" for n in count(2)))
            name = next(name for name in tries if name not in self._taken)
            self._taken.add(name)
            self._given[text] = name
        return self._given[text]


def _within(module: Module, number: int) -> Iterator[Scope]:
    scope = module.facts.scopes[number]
    yield scope
    for child in scope.children:
        yield from _within(module, child)
