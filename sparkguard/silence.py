"""Writes the comment that silences a finding where it stands."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from itertools import takewhile
from operator import eq
from pathlib import Path

from msgspec.structs import replace

from sparkguard import suppress
from sparkguard.checks import RULES
from sparkguard.diagnostic import Diagnostic, Edit, Position, Span
from sparkguard.source.comments import Comment, comments
from sparkguard.source.syntax import is_python
from sparkguard.source.text import SourceText, split_keeping

_OURS = re.compile(rf"(?P<list>#\s*sparkguard:\s*ignore\s*\[[^\]#]*)\](?P<why>{suppress.REASON})")


def can_be_silenced(code: str) -> bool:
    """Whether a comment can silence a rule; those about the check itself it cannot."""
    return any(rule.code == code and rule.check for rule in RULES)


def silencing(finding: Diagnostic, written: str, reason: str = "") -> Iterator[Edit]:
    """The edits that put a comment where it silences a finding, one for each line that can hold it.

    Args:
        finding: The finding.
        written: What stands in its file, or in its cell.
        reason: Why; what would end the comment in it becomes a blank.

    Yields:
        Edits, the one on the reported line first. A comment that is there is kept, and one of ours
        takes in the rule.
    """
    span, reason = finding.primary.span, " ".join(reason.split())
    source = SourceText(Path(span.path), span.path, written)
    for line in dict.fromkeys(_lines(source, finding)):
        silent = _counts(source, line, finding.code)
        text = written if silent else _with_comment(written, line, finding.code, reason)
        if is_python(text) and _counts(replace(source, text=text), line, finding.code):
            yield _change(span, written, text)


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


def _lines(source: SourceText, finding: Diagnostic) -> Iterator[int]:
    """The reported lines, that of the call that ships, and where their statements end."""
    reported = finding.primary.span
    own = [*range(reported.start.line, reported.end.line + 1)]
    shipped = finding.ship_point.span if finding.ship_point else reported
    own += [shipped.start.line] if shipped.path == reported.path else []
    yield from own
    ends = _statement_ends(source.text)
    yield from (next((end for end in ends if end >= line), line) for line in own)


def _statement_ends(text: str) -> list[int]:
    lines = iter(split_keeping(text))
    try:
        tokens = list(tokenize.generate_tokens(lambda: next(lines, "")))
    except (tokenize.TokenError, SyntaxError):
        return []
    return [token.start[0] for token in tokens if token.type == tokenize.NEWLINE]


def _with_comment(text: str, line: int, code: str, reason: str) -> str:
    lines = split_keeping(text)
    written = lines[line - 1]
    code_and_comment = written.rstrip()
    there = next((each for each in comments(text) if each.line == line), None)
    lines[line - 1] = (
        _joined(code_and_comment, there, code, reason) + written[len(written.rstrip("\r\n")) :]
    )
    return "".join(lines)


def _joined(written: str, there: Comment | None, code: str, reason: str) -> str:
    ours = _OURS.search(written, there.column - 1) if there else None
    if ours is None:
        return f"{written}  # sparkguard: ignore[{code}] {reason}".rstrip()
    why = ours["why"].rstrip()
    more = f"{';' if why else ''} {reason}" if reason and reason not in why else ""
    rest = written[ours.end("why") - (len(ours["why"]) - len(why)) :]
    return f"{written[: ours.start()]}{ours['list'].rstrip()}, {code}]{why}{more}{rest}"


def _counts(source: SourceText, line: int, code: str) -> bool:
    """Whether the comment on a line is one that silences the rule."""
    return any(
        code in chosen
        for each in suppress.find(source, RULES)
        if each.span.start.line == line and not each.whole_file
        for _, chosen in each.silences
    )
