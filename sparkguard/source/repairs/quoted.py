"""How a function can travel without what annotates a parameter."""

from __future__ import annotations

import libcst as cst

from sparkguard.repair import Quoted
from sparkguard.source.repairs.layout import code
from sparkguard.source.taken import Noted


def quoted(noted: Noted) -> Quoted | None:
    """The annotation as a text, so that its names are not looked up; `None` where it holds one."""
    node = noted.module.anchors.nodes[noted.at]
    text = code(noted.module, node) if isinstance(node, cst.BaseExpression) else ""
    if not text or not text.isprintable() or {"'", '"', "\\"} & set(text):
        return None
    return Quoted(noted.name, noted.module.anchors.span(noted.at), f'"{text}"')
