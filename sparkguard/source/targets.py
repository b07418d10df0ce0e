"""Binds what stands left of an assignment, and in every other place that can bind."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from sparkguard.source.builder import ScopeBuilder
from sparkguard.source.facts import (
    Attribute,
    AttributeBinding,
    Binding,
    Constant,
    Display,
    Expression,
    ItemBinding,
    Part,
)
from sparkguard.source.places import Named, Place

if TYPE_CHECKING:
    from sparkguard.source.expressions import ExpressionReader

Node = TypeVar("Node", ast.expr, ast.pattern)


def bind(
    reader: ExpressionReader,
    target: ast.expr,
    value: Expression | None,
    annotation: Expression | None = None,
    evaluated_in: ScopeBuilder | None = None,
) -> None:
    """Binds whatever an assignment, a loop, a `with` or a walrus can bind.

    Args:
        reader: Who reads; its scope is the one that is bound in.
        target: The node that is assigned to.
        value: What it gets, `None` where nothing is known of it.
        annotation: Its annotation.
        evaluated_in: The scope that `value` is evaluated in, where it is not this one.
    """
    match target:
        case ast.Name(id=name):
            bind_name(reader, name, target, value, annotation=annotation, evaluated_in=evaluated_in)
        case ast.Attribute(value=held, attr=attr):
            holder = reader.read(held)
            read = Attribute(reader.number(target), holder, attr, reader.number(Named(target)))
            reader.scope.attribute_bindings.append(
                AttributeBinding(read, reader.number(target), value, annotation, reader.scope.arms)
            )
        case ast.Subscript():
            bind_item(reader, target, value)
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element, part in unpacked(reader, elements, value):
                bind(reader, element, part, evaluated_in=evaluated_in)
        case ast.Starred(value=inner):
            bind(reader, inner, value, evaluated_in=evaluated_in)


def bind_name(
    reader: ExpressionReader,
    name: str,
    place: Place,
    value: Expression | None,
    *,
    annotation: Expression | None = None,
    evaluated_in: ScopeBuilder | None = None,
) -> None:
    """Binds `name`, which is written at `place`; the rest is as in `bind`."""
    here = reader.scope
    scope = (evaluated_in or here).index
    binding = Binding(name, reader.number(place), scope, value, annotation, here.arms)
    here.bindings.setdefault(name, []).append(binding)


def bind_item(reader: ExpressionReader, target: ast.Subscript, value: Expression | None) -> None:
    """`container[key] = value`, or `del container[key]` with no value."""
    read = reader.subscript(target)
    key = read.index.value if isinstance(read.index, Constant) else None
    name, here = key if isinstance(key, str) else None, reader.scope
    here.item_bindings.append(ItemBinding(read.value, name, value, read.at, here.arms))


def unpacked(
    reader: ExpressionReader, elements: Sequence[Node], value: Expression | None
) -> Iterator[tuple[Node, Expression | None]]:
    """What each of several targets gets of a value; what stands behind a star, any part of it."""
    starred = False
    for index, element in enumerate(elements):
        at = reader.number(element)
        if isinstance(element, ast.Starred | ast.MatchStar):
            starred = True
            yield element, None if value is None else Part(at, "rest", value, index)
        elif starred:
            yield element, None if value is None else Part(at, "element", value)
        else:
            yield element, _part(at, value, index)


def _part(at: int, value: Expression | None, index: int) -> Expression | None:
    match value:
        case None:
            return None
        case Display(kind="tuple" | "list", items=items) if index < len(items):
            return items[index][1]
        case _:
            return Part(at, "item", value, index)
