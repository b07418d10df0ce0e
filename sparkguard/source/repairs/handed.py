"""How a function can do without what a parameter is given: it gets a plain value of it."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, cast

import libcst as cst

from sparkguard.diagnostic import Applicability
from sparkguard.repair import Handed
from sparkguard.source.facts import MODULE
from sparkguard.source.repairs.layout import code, dropped
from sparkguard.source.repairs.plain import Plain
from sparkguard.source.repairs.reading import Reader
from sparkguard.source.taken import Given

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_CLOSED = (cst.Name, cst.Attribute, cst.Call, cst.Subscript)


def handed(evaluator: Evaluator, given: Given) -> Handed | None:
    """What a default or an argument of a `partial` can be instead of what it is.

    Args:
        evaluator: Answers what an expression is.
        given: The function, and what its parameter is given.

    Returns:
        `None` where the function reads several values, does more than read, or is called
        by others than the `partial`.
    """
    reader = Reader(evaluator, given.function, (given.parameter, given.value))
    anchors = reader.anchors
    found = [reader.read_by(anchors.nodes[read.at]) for read, _ in reader.of_parameter()]
    every = {one.node: one for one in found if one is not None}.values()
    plain = {one.node: one for one in every if not one.is_idle}
    texts = {_instead(reader, one, given) for one in plain.values()} or {"None"}
    calls = () if given.default else reader.module.calls.get(given.function.facts.name, ())
    if None in found or any(one.acts for one in every) or len(texts) != 1 or calls:
        return None
    (text,) = texts
    if text is None:
        return None
    return Handed(
        given.parameter,
        anchors.span(given.at),
        text,
        tuple(anchors.span_of(node) for node in plain),
        tuple(dropped(reader.module, one) for one in every if one.is_idle),
        min([Applicability.UNSAFE, *(one.applicability for one in every)]),
    )


def _instead(reader: Reader, plain: Plain, given: Given) -> str | None:
    """What a function reads of its parameter, read from what the parameter is given."""
    held, node = reader.anchors.nodes[given.at], plain.node
    if not isinstance(held, cst.BaseExpression):
        return None
    owner = reader.module.facts.owner
    for read, scope in reader.taken_by(node):
        if read.id != given.parameter and owner(scope, read.id) not in (None, MODULE):
            return None
    names = {name for name, (read, _) in reader.names.items() if read.id == given.parameter}
    return with_held(reader, plain, names, held)


def with_held(
    reader: Reader, plain: Plain, nodes: Container[cst.CSTNode], held: cst.BaseExpression
) -> str:
    """A plain value, read from what is held instead of from what some nodes name."""
    if not isinstance(held, _CLOSED):
        held = held.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    made = cast(cst.BaseExpression, plain.node.visit(_Given(nodes, held)))
    return plain.text.format(code(reader.module, made))


class _Given(cst.CSTTransformer):
    """Puts what is held in the place of some nodes."""

    def __init__(self, nodes: Container[cst.CSTNode], held: cst.BaseExpression) -> None:
        super().__init__()
        self.nodes, self.held = nodes, held

    def on_leave(
        self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT
    ) -> cst.CSTNodeT | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNodeT]:
        if original_node in self.nodes:
            return self.held  # type: ignore[return-value]
        return super().on_leave(original_node, updated_node)
