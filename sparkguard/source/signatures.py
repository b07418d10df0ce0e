"""The parameters of functions, and annotations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import libcst as cst

from sparkguard.source.facts import Expression, Parameter, ParameterKind
from sparkguard.source.syntax import ParseError, require_python

if TYPE_CHECKING:
    from sparkguard.source.expressions import ExpressionReader


def parameters(reader: ExpressionReader, node: cst.Parameters) -> list[Parameter]:
    """The parameters of a function; their defaults are read in the scope around it."""
    return [
        *_parameters(reader, (*node.posonly_params, *node.params), "positional"),
        *_starred(reader, node.star_arg, "args"),
        *_parameters(reader, node.kwonly_params, "keyword"),
        *_starred(reader, node.star_kwarg, "kwargs"),
    ]


def _starred(
    reader: ExpressionReader, star: cst.CSTNode | cst.MaybeSentinel | None, kind: ParameterKind
) -> list[Parameter]:
    return _parameters(reader, (star,), kind) if isinstance(star, cst.Param) else []


def _parameters(
    reader: ExpressionReader, nodes: Sequence[cst.Param], kind: ParameterKind
) -> list[Parameter]:
    return [
        Parameter(
            node.name.value,
            reader.number(node.name),
            kind,
            annotation(reader, node.annotation),
            reader.read(node.default) if node.default else None,
        )
        for node in nodes
    ]


def annotation(reader: ExpressionReader, node: cst.Annotation | None) -> Expression | None:
    """An annotation, a quoted one included; what it reads does not count as read."""
    if node is None:
        return None
    reads, nodes = len(reader.scope.reads), len(reader.nodes)
    reader.annotates = True
    read = reader.read(node.annotation)
    reader.annotates = False
    del reader.scope.reads[reads:]
    reader.nodes[nodes:] = [node.annotation] * (len(reader.nodes) - nodes)
    return read


def unquoted(node: cst.SimpleString) -> cst.BaseExpression:
    """What a quoted annotation says; `...` where it is no expression."""
    text = str(node.evaluated_value).strip()
    if text.isidentifier():
        return cst.Name(text)
    try:
        require_python(text)
        read = cst.parse_expression(text)
    except (ParseError, cst.ParserSyntaxError, cst.CSTValidationError):
        return cst.Ellipsis()
    return cst.Ellipsis() if isinstance(read, cst.SimpleString) else read
