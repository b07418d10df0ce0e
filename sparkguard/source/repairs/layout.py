"""Where new lines go in a text, and expressions as they stand in new lines."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from itertools import takewhile

import libcst as cst

from sparkguard.diagnostic import Position, Span
from sparkguard.repair import Instead, Place
from sparkguard.source.module import Module
from sparkguard.source.repairs.plain import Plain

_CELL = re.compile(r"\s*# ?(%%|COMMAND|MAGIC|In\[|!)")
"""Comments that say where a cell of a notebook begins, or belong to the first line of a file."""
_NEW_LINE = re.compile(r"\r\n?")


def code(module: Module, node: cst.BaseExpression, indent: str = "") -> str:
    """An expression as a statement of its own can hold it.

    Args:
        module: The file.
        node: The expression.
        indent: What stands before that statement on its line.
    """
    text = module.anchors.tree.code_for_node(node.with_changes(lpar=(), rpar=()))
    text = _NEW_LINE.sub("\n", text)
    if "\n" not in text:
        return text
    if not _holds_text_of_lines(node):  # a node of its own is written as if nothing indented it
        text = re.sub(r"\n(?=.)", f"\n{indent}", text)
    return text if _is_closed(text) else f"({text})"


def above(module: Module, span: Span) -> Place | None:
    """The place before a statement, if it begins a line."""
    indent = module.anchors.before(span)
    return None if indent.strip() else Place(replace(span, end=span.start), indent)


def apart(module: Module, span: Span, *, block: bool) -> Place | None:
    """The place before a statement and the comments above it, if it begins a line.

    Args:
        module: The file.
        span: The statement.
        block: Whether it is a function or a class: blank lines part it from what stands before.
    """
    place = above(module, span)
    if place is None:
        return None
    lines = module.anchors.lines(span.cell)[: span.start.line - 1]
    head = f"{place.indent}#"
    comments = [
        *takewhile(lambda line: line.startswith(head) and not _CELL.match(line), reversed(lines))
    ]
    before = lines[: len(lines) - len(comments)]
    blank = sum(1 for _ in takewhile(lambda line: not line.strip(), reversed(before)))
    start = Position(span.start.line - len(comments), span.start.column)
    between = max(1, min(blank, 1 if place.indent else 2)) if block else 0
    return replace(place, at=replace(span, start=start, end=start), blank=between)


def below(module: Module, span: Span) -> Place | None:
    """The place below a statement, if it begins a line."""
    indent = module.anchors.before(span)
    if indent.strip():
        return None
    last = module.anchors.lines(span.cell)[span.end.line - 1]
    end = Position(span.end.line, len(last) + 1)
    return Place(replace(span, start=end, end=end), indent, below=True)


def dropped(module: Module, plain: Plain) -> Instead:
    """What stands where something was read that goes to nobody."""
    if plain.unused is None:
        return Instead(module.anchors.span_of(plain.node), "None")
    span = module.anchors.span_of(plain.unused)
    lines = module.anchors.lines(span.cell)
    line, last = lines[span.start.line - 1], lines[span.end.line - 1]
    alone = not line[: span.start.column - 1].strip() and not last[span.end.column - 1 :].strip()
    if span.start.line == 1 or not alone or not _has_others(module, plain.unused):
        return Instead(span, "pass")
    start = Position(span.start.line - 1, len(lines[span.start.line - 2]) + 1)
    end = Position(span.end.line, len(last) + 1)
    return Instead(replace(span, start=start, end=end), "")


def _has_others(module: Module, statement: cst.CSTNode) -> bool:
    """Whether a block can do without a statement, which no words speak of."""
    line = module.anchors.parents.get(statement)
    block = None if line is None else module.anchors.parents.get(line)
    match line, block:
        case cst.SimpleStatementLine(leading_lines=before), cst.IndentedBlock(body=body):
            return not all(map(_may_go, body)) and all(empty.comment is None for empty in before)
    return False


def _may_go(statement: cst.CSTNode) -> bool:
    """Whether a statement is of a kind that is left out where nobody reads what it gives."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Assign() | cst.Expr()]):
            return True
    return False


def _holds_text_of_lines(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.SimpleString | cst.FormattedStringText):
        return "\n" in node.value or "\r" in node.value
    return any(map(_holds_text_of_lines, node.children))


def _is_closed(text: str) -> bool:
    """Whether an expression of several lines is one as it is written."""
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True
