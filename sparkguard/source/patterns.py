"""The patterns of `match`: what they capture, and whether they take all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from sparkguard.source.expressions import step_text
from sparkguard.source.facts import Expression, Subscript
from sparkguard.source.targets import bind, unpacked

if TYPE_CHECKING:
    from sparkguard.source.expressions import ExpressionReader


def bind_pattern(reader: ExpressionReader, node: cst.CSTNode, subject: Expression | None) -> None:
    """Binds what a pattern captures.

    Args:
        reader: Who reads; its scope is the one that is bound in.
        node: The pattern.
        subject: What is matched, where it is known.
    """
    match node:
        case cst.MatchAs(pattern=None, name=cst.Name() as name):
            bind(reader, name, subject)
        case cst.MatchAs(pattern=pattern, name=name) if pattern is not None:
            bind_pattern(reader, pattern, subject)
            if name is not None:
                bind(reader, name, subject)
        case cst.MatchSequence(patterns=parts):
            for element, item in unpacked(reader, parts, subject):
                bind_pattern(reader, getattr(element, "value", element), item)
        case cst.MatchStar(name=cst.Name() as name):
            bind(reader, name, subject)
        case cst.MatchValue(value=value):
            reader.read(value)
        case cst.MatchClass(cls=cls):
            reader.read(cls)
            for part in (*node.patterns, *node.kwds):
                bind_pattern(reader, part, None)
        case cst.MatchKeywordElement(pattern=pattern):
            bind_pattern(reader, pattern, None)
        case cst.MatchMapping(elements=elements, rest=rest):
            for element in elements:
                key = reader.read(element.key)
                number = reader.number(element)
                item = subject and Subscript(number, subject, key, step_text(key))
                bind_pattern(reader, element.pattern, item)
            if rest is not None:
                bind(reader, rest, subject)
        case _:
            for child in node.children:
                bind_pattern(reader, child, None)


def takes_all(case: cst.MatchCase) -> bool:
    """Whether a case matches whatever comes."""
    match case:
        case cst.MatchCase(pattern=cst.MatchAs(pattern=None), guard=None):
            return True
    return False
