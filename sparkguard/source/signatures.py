"""The parameters of functions, and annotations."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache
from itertools import repeat
from typing import TYPE_CHECKING

from sparkguard.source.facts import Expression, Name, Parameter, ParameterKind
from sparkguard.source.places import Named
from sparkguard.source.syntax import parse_expression

if TYPE_CHECKING:
    from sparkguard.source.expressions import ExpressionReader


def parameters(reader: ExpressionReader, node: ast.arguments) -> list[Parameter]:
    """The parameters of a function; their defaults are read in the scope around it."""
    positional = [*node.posonlyargs, *node.args]
    defaults = [*repeat(None, len(positional) - len(node.defaults)), *node.defaults]
    found = _parameters(reader, positional, defaults, "positional")
    if node.vararg is not None:
        found += _parameters(reader, [node.vararg], [None], "args")
    if node.kwonlyargs:
        found += _parameters(reader, node.kwonlyargs, node.kw_defaults, "keyword")
    if node.kwarg is not None:
        found += _parameters(reader, [node.kwarg], [None], "kwargs")
    return found


def _parameters(
    reader: ExpressionReader,
    nodes: Sequence[ast.arg],
    defaults: Sequence[ast.expr | None],
    kind: ParameterKind,
) -> list[Parameter]:
    return [
        Parameter(
            node.arg,
            reader.number(Named(node)),
            kind,
            annotation(reader, node.annotation),
            reader.read(default) if default else None,
        )
        for node, default in zip(nodes, defaults, strict=True)
    ]


def annotation(reader: ExpressionReader, node: ast.expr | None) -> Expression | None:
    """An annotation, a quoted one included; what it reads does not count as read."""
    if node is None:
        return None
    if isinstance(node, ast.Name):  # as half of them are
        return Name(reader.number(node), node.id, reader.scope.arms)
    reads, nodes = len(reader.scope.reads), len(reader.nodes)
    reader.annotates = True
    read = reader.read(node)
    reader.annotates = False
    del reader.scope.reads[reads:]
    reader.nodes[nodes:] = [node] * (len(reader.nodes) - nodes)
    return read


@lru_cache(maxsize=1_000)
def unquoted(text: str) -> ast.expr:
    """What a quoted annotation says; `...` where it is no expression."""
    text = text.strip()
    if text.isidentifier():
        return ast.Name(text)
    read = parse_expression(text)
    return ast.Constant(...) if read is None or _is_text(read) else read


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
