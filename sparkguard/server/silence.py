"""The comment that silences a finding, as an edit of the text that the finding is in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sparkguard import catalog
from sparkguard.diagnostic import Diagnostic, Edit, Position, Span
from sparkguard.fixer import apply
from sparkguard.source.comments import comments
from sparkguard.source.syntax import is_python
from sparkguard.source.text import split_lines

_OURS = re.compile(r"# sparkguard: ignore\[[^\]]*(?=\])")

Text = Callable[[Span], str]
"""The text that a span points into."""


def silencing(found: Diagnostic, text_of: Text) -> Edit | None:
    """The edit that puts a comment where it silences a finding.

    Args:
        found: The finding.
        text_of: Gives the text that a span points into.

    Returns:
        `None` where no comment can stand, as in the middle of a string, or does not help.
    """
    rule = catalog.find(found.code)
    if rule is None or rule.check is None:
        return None
    for span in _places(found):
        text = text_of(span)
        edit = _comment(text, span, found.code)
        after = apply(text, [edit]) if edit else text
        stands = edit and _is_comment(after, edit.span.start.line, found.code)
        if stands and not _breaks(text, after):
            return edit
    return None


def _places(found: Diagnostic) -> Iterator[Span]:
    """The lines on which a comment silences a finding, the best one first."""
    primary, shipped = found.primary.span, found.ship_point
    yield Span(primary.path, primary.end, primary.end, primary.cell)
    yield primary
    if shipped:
        yield shipped.span


def _comment(text: str, span: Span, code: str) -> Edit | None:
    lines = split_lines(text)
    if span.start.line > len(lines):
        return None
    line = lines[span.start.line - 1]
    ours = _OURS.search(line)
    words = f", {code}" if ours else f"  # sparkguard: ignore[{code}]"
    at = Position(span.start.line, (ours.end() if ours else len(line.rstrip())) + 1)
    return Edit(Span(span.path, at, at, span.cell), words)


def _is_comment(text: str, line: int, code: str) -> bool:
    """Whether the words stand in a comment now, and not in a string."""
    said = (comment.text for comment in comments(text) if comment.line == line)
    return any(code in each.rpartition("# sparkguard: ignore[")[2] for each in said)


def _breaks(before: str, after: str) -> bool:
    """Whether a text was Python and is none any more, as behind a backslash."""
    return is_python(before) and not is_python(after)
