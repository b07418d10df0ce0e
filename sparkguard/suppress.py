"""Comments that silence findings, `# sparkguard: ignore[SG103] why` or `# noqa: SG103`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from msgspec import structs

from sparkguard.checks.meta import UNEXPLAINED_SUPPRESSION, UNUSED_SUPPRESSION
from sparkguard.diagnostic import Diagnostic, Label, Position, Span
from sparkguard.model import Rule
from sparkguard.selectors import UnknownRule, codes
from sparkguard.source.comments import Comment, comments
from sparkguard.source.text import SourceText, split_lines
from sparkguard.verdict import Reported, Suppression

REASON = r"[^#]*(?:#\d[^#]*)*"
"""What follows the rules of a comment, up to the next one; `#12` is the number of an issue."""

_CAN_HOLD = re.compile(r"#[^\S\r\n]*(?:sparkguard:|noqa\b)[^\r\n]*", re.IGNORECASE)
_OURS = re.compile(
    rf"(?P<said>#\s*sparkguard:\s*(?P<verb>[\w-]+)\s*(?P<list>\[[^\]]*\]?)?)(?P<reason>{REASON})"
)
_NOQA = re.compile(
    r"(?P<said>#\s*noqa\b(?P<list>\s*:\s*[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*)?)"
    rf"(?P<reason>{REASON})",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w-]+")
_EXAMPLE = "write `# sparkguard: ignore[SG103] why`"


def find(source: SourceText, rules: Sequence[Rule], *, bare: bool = True) -> Iterator[Suppression]:
    """The suppressions in the comments of a file.

    Args:
        source: The file.
        rules: The rules that a comment may name.
        bare: Whether a `noqa` without rules is worth a look: it says nothing where nothing is
            reported.
    """
    if not any(_may_silence(line, bare) for line in _CAN_HOLD.finditer(source.text)):
        return
    for comment in comments(source.text):
        matches = [*_OURS.finditer(comment.text), *islice(_NOQA.finditer(comment.text), 1)]
        for match in matches:
            span = _span(source, comment, match, "said")
            make = _ours if match.re is _OURS else _noqa
            if suppression := make(match, comment, span, rules):
                yield structs.replace(
                    suppression,
                    reason=match["reason"] if any(map(str.isalnum, match["reason"])) else "",
                    words=tuple(_WORD.findall(match["list"] or "")),
                    listed=_listed(source, comment, match),
                    whole=_whole(source, comment) if comment.text == match[0] else None,
                )


def _may_silence(line: re.Match[str], bare: bool) -> bool:
    """Whether the rest of a line, from its `#`, is more than `# noqa: E501` for other tools."""
    noqa, words = _NOQA.match(line[0]), line[0].upper()
    of_others = noqa is not None and (bool(noqa["list"]) or not bare)
    return not of_others or "SG" in words or "SPARKGUARD:" in words


def apply(
    reported: Iterable[Reported],
    suppressions: Iterable[Suppression],
    active: Callable[[str], frozenset[str]],
    require_reason: bool = False,
) -> tuple[list[Diagnostic], int]:
    """Drop what is silenced and add an SG001 for each comment that silences nothing.

    Args:
        reported: The findings.
        suppressions: The comments of the files that were checked to the end.
        active: The codes of the rules that are on for a path; a comment on a rule that is off is
            not called unused.
        require_reason: Whether to add an SG003 for each comment that silences and says not why.

    Returns:
        The findings that stay, unsorted, and the number of those that were silenced.
    """
    suppressions = tuple(suppressions)
    used: set[tuple[Suppression, str]] = set()
    kept, silenced = [], 0
    for finding in reported:
        hits = {hit for each in suppressions for hit in _hits(each, finding)}
        used |= hits
        silenced += bool(hits)
        kept += [] if hits else [finding.diagnostic]
    explaining = {each for each, _ in used} if require_reason else set()
    for each in suppressions:
        if UNUSED_SUPPRESSION.code in active(each.span.path):
            kept += _complaints(each, used, active(each.span.path))
        if each in explaining and not each.reason:
            kept += _unexplained(each, active(each.span.path))
    return kept, silenced


def _hits(suppression: Suppression, finding: Reported) -> Iterator[tuple[Suppression, str]]:
    span = suppression.span
    if suppression.whole_file:
        here = any(path == span.path for path, _, _ in finding.lines)
    else:
        here = (span.path, span.cell, span.start.line) in finding.lines
    for word, chosen in suppression.silences if here else ():
        if finding.diagnostic.code in chosen:
            yield suppression, word


def _complaints(
    suppression: Suppression, used: set[tuple[Suppression, str]], active: frozenset[str]
) -> Iterator[Diagnostic]:
    for complaint in suppression.complaints:
        yield _sg001(suppression, complaint, "this comment does not do what it says")
    idle = [
        word
        for word, chosen in suppression.silences
        if chosen <= active and (suppression, word) not in used and not suppression.optional
    ]
    where = "in this file" if suppression.whole_file else "on this line"
    if idle and len(idle) == len(suppression.silences):
        message = f"`{suppression.written}` silences nothing"
        found = _sg001(suppression, message, f"nothing to silence {where}")
        yield replace(found, fix=suppression.without(idle))
        return
    for word in idle:
        message = f"`{word}` in `{suppression.written}` silences nothing"
        found = _sg001(suppression, message, f"no `{word}` {where}")
        yield replace(found, fix=suppression.without([word]))


def _unexplained(suppression: Suppression, active: frozenset[str]) -> Iterator[Diagnostic]:
    rule = UNEXPLAINED_SUPPRESSION
    if rule.code in active:
        message = f"`{suppression.written}` gives no reason"
        cure = "say behind it why the finding may stay"
        labels = (Label(suppression.span, "silences without a word of why", primary=True),)
        yield Diagnostic(rule.code, rule.name, rule.severity, message, labels, help=cure)


def _sg001(suppression: Suppression, message: str, label: str) -> Diagnostic:
    rule = UNUSED_SUPPRESSION
    labels = (Label(suppression.span, label, primary=True),)
    return Diagnostic(rule.code, rule.name, rule.severity, message, labels)


def _ours(
    match: re.Match[str], comment: Comment, span: Span, rules: Sequence[Rule]
) -> Suppression | None:
    verb, words = match["verb"], match["list"] or ""
    written = f"{verb}{words}"
    known = verb in ("ignore", "ignore-file")
    match known, words:
        case False, "":
            return None  # prose that begins with our name
        case False, _:
            complaint = f"unknown comment `{verb}`, {_EXAMPLE}"
        case _ if not _WORD.search(words):
            complaint = f"`{written}` names no rule, {_EXAMPLE}"
        case _ if not words.endswith("]"):
            complaint = f"`{written}` has no closing `]`, {_EXAMPLE}"
        case _ if verb == "ignore-file" and not comment.top:
            complaint = f"`{written}` silences nothing below the first statement"
        case _:
            silences, complaints = _chosen(_WORD.findall(words), rules)
            return Suppression(span, written, silences, verb == "ignore-file", False, complaints)
    return Suppression(span, written, complaints=(complaint,))


def _noqa(
    match: re.Match[str], comment: Comment, span: Span, rules: Sequence[Rule]
) -> Suppression | None:
    if not match["list"]:
        silences, _ = _chosen(["ALL"], rules)
        return Suppression(span, "noqa", silences, optional=True)
    words = [word for word in _WORD.findall(match["list"]) if word.upper().startswith("SG")]
    if not words:
        return None
    silences, complaints = _chosen(words, rules)
    return Suppression(span, f"noqa: {', '.join(words)}", silences, complaints=complaints)


def _chosen(
    words: Sequence[str], rules: Sequence[Rule]
) -> tuple[tuple[tuple[str, frozenset[str]], ...], tuple[str, ...]]:
    """What each word silences, and a complaint for each that can silence nothing."""
    about_the_check = {rule.code for rule in rules if rule.check is None}
    silences, complaints = [], []
    for word in words:
        try:
            chosen = codes(word, rules) - about_the_check
        except UnknownRule as error:
            complaints.append(str(error))
            continue
        if chosen:
            silences.append((word, chosen))
        else:
            complaints.append(f"`{word}` cannot be silenced by a comment")
    return tuple(silences), tuple(complaints)


def _whole(source: SourceText, comment: Comment) -> Span | None:
    """A comment with the blanks before it, or its whole line; `None` in a notebook."""
    if source.origins:
        return None
    lines = split_lines(source.text)
    before = lines[comment.line - 1][: comment.column - 1].rstrip()
    if before:
        end = Position(comment.line, comment.column + len(comment.text))
        return source.span(Position(comment.line, len(before) + 1), end)
    if comment.line == len(lines):
        return source.span(Position(comment.line, 1), Position(comment.line, len(lines[-1]) + 1))
    return source.span(Position(comment.line, 1), Position(comment.line + 1, 1))


def _listed(source: SourceText, comment: Comment, match: re.Match[str]) -> Span | None:
    """Where the words of a comment stand that lists some."""
    words = [*_WORD.finditer(match["list"] or "")]
    if not words:
        return None
    before = comment.column + match.start("list")
    return _on_line(source, comment, before + words[0].start(), before + words[-1].end())


def _span(source: SourceText, comment: Comment, match: re.Match[str], group: str) -> Span:
    first, last = comment.column + match.start(group), comment.column + match.end(group)
    return _on_line(source, comment, first, last)


def _on_line(source: SourceText, comment: Comment, first: int, last: int) -> Span:
    return source.span(Position(comment.line, first), Position(comment.line, last))
