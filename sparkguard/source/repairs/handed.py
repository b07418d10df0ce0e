"""How a function can do without what a parameter is given: it gets a plain value of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from sparkguard.repair import Handed
from sparkguard.source.facts import MODULE
from sparkguard.source.repairs.layout import code
from sparkguard.source.repairs.reading import Plain, Reader
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
    plain = {one.node: one for one in found if one is not None}
    texts = {_instead(reader, one, given) for one in plain.values()} or {"None"}
    calls = () if given.default else reader.module.calls.get(given.function.facts.name, ())
    if None in found or any(one.unused for one in plain.values()) or len(texts) != 1 or calls:
        return None
    (text,) = texts
    spans = tuple(anchors.span_of(node) for node in plain)
    if text is None:
        return None
    return Handed(given.parameter, anchors.span(given.at), text, spans)


def _instead(reader: Reader, plain: Plain, given: Given) -> str | None:
    """What a function reads of its parameter, read from what the parameter is given."""
    held, node = reader.anchors.nodes[given.at], plain.node
    owner = reader.module.facts.owner
    for read, scope in reader.taken_by(node):
        if read.id != given.parameter and owner(scope, read.id) not in (None, MODULE):
            return None
    if not isinstance(held, _CLOSED):
        held = held.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    for name, (read, _) in reader.names.items():
        if read.id == given.parameter:
            node = node.deep_replace(name, held)  # type: ignore[arg-type]
    return plain.text.format(code(reader.module, node))
