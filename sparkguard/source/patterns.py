"""The patterns of `match`: what they capture, and whether they take all."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from sparkguard.source.expressions import step_text
from sparkguard.source.facts import Expression, Subscript
from sparkguard.source.places import Named, Stretch
from sparkguard.source.targets import bind_name, unpacked

if TYPE_CHECKING:
    from sparkguard.source.expressions import ExpressionReader


def bind_pattern(reader: ExpressionReader, node: ast.pattern, subject: Expression | None) -> None:
    """Binds what a pattern captures.

    Args:
        reader: Who reads; its scope is the one that is bound in.
        node: The pattern.
        subject: What is matched, where it is known.
    """
    match node:
        case ast.MatchAs(pattern=pattern, name=name):
            if pattern is not None:
                bind_pattern(reader, pattern, subject)
            if name is not None:
                bind_name(reader, name, Named(node), subject)
        case ast.MatchStar(name=str(name)):
            bind_name(reader, name, Named(node), subject)
        case ast.MatchSequence(patterns=parts):
            for part, item in unpacked(reader, parts, subject):
                bind_pattern(reader, part, item)
        case ast.MatchValue(value=value):
            reader.read(value)
        case ast.MatchClass(cls=cls, patterns=parts, kwd_patterns=named):
            reader.read(cls)
            for part in (*parts, *named):
                bind_pattern(reader, part, None)
        case ast.MatchMapping(keys=keys, patterns=parts, rest=rest):
            for written, part in zip(keys, parts, strict=True):
                key = reader.read(written)
                number = reader.number(Stretch(written, part))
                item = subject and Subscript(number, subject, key, step_text(key))
                bind_pattern(reader, part, item)
            if rest is not None:
                bind_name(reader, rest, Named(node), subject)
        case ast.MatchOr(patterns=parts):
            for part in parts:
                bind_pattern(reader, part, None)


def takes_all(case: ast.match_case) -> bool:
    """Whether a case matches whatever comes."""
    match case:
        case ast.match_case(pattern=ast.MatchAs(pattern=None), guard=None):
            return True
    return False
