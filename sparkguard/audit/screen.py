"""What the audit shows: a finding, why it matters, what would mend it, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from textwrap import wrap

from sparkguard.audit.keys import KEYS, Word
from sparkguard.catalog import Page
from sparkguard.diagnostic import Applicability, Diagnostic, Fix
from sparkguard.report.cells import visible
from sparkguard.report.frame import Line, Piece, Sources, Style, frame, note_lines

_LEAST_CODE = 24
"""Cells of code that are shown at least, however narrow the terminal."""
_WORDS = 13
_EXCERPT = 4
"""Lines of a rule's page that stand below a finding."""
_TITLES = {
    Applicability.SAFE: "fix",
    Applicability.UNSAFE: "fix (unsafe: the code may do something else afterwards)",
    Applicability.DISPLAY: "a way out (to be made by hand)",
}


def finding(diagnostic: Diagnostic, sources: Sources, page: Page, columns: int) -> Iterator[Line]:
    """A finding in its frame, with the beginning of what its page says.

    Args:
        diagnostic: The finding.
        sources: The text of a file or a cell by what `Span.where` says of it, or `None`.
        page: The page of its rule.
        columns: The width of the terminal, in cells.
    """
    gutter = " " * len(str(max(label.span.end.line for label in diagnostic.labels)))
    room = max(_LEAST_CODE, columns - len(gutter) - len(" | "))
    head, *rest = frame(replace(diagnostic, fix=None), sources, room)
    code, message, *_ = head
    yield from _folded(code, message, columns)
    yield from rest
    excerpt = wrap(excerpt_of(page), (room - len("why: ")) * _EXCERPT, max_lines=1)
    yield from note_lines(gutter, f"why: {excerpt[0]}", "help", room)


def excerpt_of(page: Page) -> str:
    """The first paragraph of the section that says why a rule is there."""
    _, _, said = page.text.partition("\n## ")
    return " ".join(said.split("\n\n")[1].split())


def mending(fix: Fix, diff: Iterable[str], columns: int) -> Iterator[Line]:
    """What a fix would change, as the lines of a diff."""
    title = Piece(f": {visible(fix.title)}", "strong")
    yield from _folded(Piece(_TITLES[fix.applicability], "help"), title, columns)
    styles: dict[str, Style] = {"+": "help", "-": "error", "@": "gutter"}
    for line in diff:
        if not line.startswith(("--- ", "+++ ")):
            yield (Piece(visible(line.rstrip("\r\n")), styles.get(line[:1], "plain")),)


def choices(words: Sequence[Word], place: str, more: int, columns: int) -> Iterator[Line]:
    """The keys that do something here, in as many lines as they need.

    Args:
        words: What can be done.
        place: Which finding of how many this is.
        more: How many findings `all` is about.
        columns: The width of the terminal, in cells.
    """
    said = [_choice(key.key, key.word, more) for key in KEYS if key.word in words]
    yield ()
    lines = wrap("  ".join([place, *(each.replace(" ", "\0") for each in said)]), columns)
    for line in lines:
        yield (Piece(line.replace("\0", " "), "strong"),)


def _choice(key: str, word: Word, more: int) -> str:
    return f"{key} {word} {more}" if word == "all" else f"{key} {word}"


def keys(words: Sequence[Word], columns: int) -> Iterator[Line]:
    """What each key does; those that do nothing for this finding say so."""
    for key in KEYS:
        not_here = "" if key.word in words else " (not for this finding)"
        said = f"{key.does}{not_here}"
        first, *rest = wrap(said, columns - _WORDS)
        yield Piece(f"  {key.key} {key.word:<9}", "help"), Piece(first)
        for line in rest:
            yield (Piece(" " * _WORDS + line),)


def _folded(head: Piece, words: Piece, columns: int) -> Iterator[Line]:
    """A heading and its words, folded between words."""
    first, *rest = wrap(f"{head.text}{words.text}", columns, break_on_hyphens=False)
    yield head, words._replace(text=first[len(head.text) :])
    for more in rest:
        yield (words._replace(text=f"  {more}"),)
