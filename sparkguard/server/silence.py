"""The comment that silences a finding, as an edit of the text that the finding is in."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from operator import eq
from pathlib import Path

from sparkguard.diagnostic import Diagnostic, Edit, Position, Span
from sparkguard.silence import can_be_silenced, silenced
from sparkguard.source.text import SourceText, split_keeping


def silencing(found: Diagnostic, text_of: Callable[[Span], str]) -> Edit | None:
    """The edit that puts a comment where it silences a finding.

    Args:
        found: The finding.
        text_of: Gives the text that a span points into.

    Returns:
        `None` where no comment can stand, as in the middle of a string, or does not help.
    """
    span = found.primary.span
    before = text_of(span)
    source = SourceText(Path(span.path), span.path, before)
    after = next(silenced(source, found), before) if can_be_silenced(found.code) else before
    return _change(span, before, after) if after != before else None


def _change(span: Span, before: str, after: str) -> Edit:
    """The one edit that makes a text another."""
    start = _alike(before, after)
    same = _alike(before[start:][::-1], after[start:][::-1])
    end = len(before) - same
    at, to = _position(before[:start]), _position(before[:end])
    return Edit(Span(span.path, at, to, span.cell), after[start : len(after) - same])


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common from their start."""
    return sum(takewhile(bool, map(eq, one, other)))


def _position(before: str) -> Position:
    """Where a text ends."""
    lines = split_keeping(before)
    return Position(len(lines), len(lines[-1]) + 1)
