"""Where new lines go in a text, and expressions as they stand in new lines."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from sparkguard.diagnostic import Position, Span
from sparkguard.repair import Place
from sparkguard.source.module import Module
from sparkguard.source.text import split_lines


def code(module: Module, node: cst.BaseExpression) -> str:
    """An expression as a statement of its own can hold it."""
    text = module.anchors.tree.code_for_node(node.with_changes(lpar=(), rpar=()))
    return f"({text})" if "\n" in text or "\r" in text else text


def above(module: Module, span: Span) -> Place | None:
    """The place before a statement, if it begins a line."""
    indent = module.anchors.before(span)
    return None if indent.strip() else Place(replace(span, end=span.start), indent)


def below(module: Module, span: Span) -> Place | None:
    """The place below a statement, if it begins a line."""
    indent = module.anchors.before(span)
    if indent.strip():
        return None
    last = split_lines(module.source.shown(span.cell))[span.end.line - 1]
    end = Position(span.end.line, len(last) + 1)
    return Place(replace(span, start=end, end=end), indent, below=True)
