"""A finding as lines of styled pieces: the code it is about, and the words under that code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from typing import Literal, NamedTuple

from sparkguard.diagnostic import Applicability, Diagnostic, Label
from sparkguard.report.cells import CodeLine, visible, width
from sparkguard.source.text import split_lines

_DONE = {
    Applicability.SAFE: "; `--fix`",
    Applicability.UNSAFE: "; `--fix --unsafe-fixes`",
    Applicability.DISPLAY: ", by hand",
}
"""How a fix is made, as the end of a line that names it."""
Style = Literal["plain", "error", "warning", "strong", "gutter", "context", "help"]
Sources = Callable[[str], str | None]


class Piece(NamedTuple):
    """A run of text in one style."""

    text: str
    style: Style = "plain"


Line = tuple[Piece, ...]


class _Mark(NamedTuple):
    """An underline below one source line, in cells, and the words that belong to it."""

    start: int
    end: int
    text: str
    primary: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """What one label underlines on one line, as 1-based columns; `None` is as far as code goes."""

    line: int
    start: int | None
    end: int | None
    text: str
    primary: bool


def frame(diagnostic: Diagnostic, sources: Sources, columns: int) -> Iterator[Line]:
    """Lay out one finding.

    Args:
        diagnostic: The finding.
        sources: The text of a file or a cell by what `Span.where` says of it, or `None`.
        columns: How wide code may be, in terminal cells; longer lines are cut around the labels.
    """
    severity: Style = "error" if diagnostic.severity.value == "error" else "warning"
    head = Piece(f"{severity}[{diagnostic.code}]", severity)
    yield head, Piece(f": {visible(diagnostic.message)}", "strong")
    numbers = [label.span.end.line for label in diagnostic.labels]
    gutter = " " * len(str(max(numbers)))
    for where, labels in _by_text(diagnostic).items():
        first = min(labels, key=lambda label: (not label.primary, label.span.start))
        arrow, at = "-->" if first.primary else ":::", first.span.start
        place = f" {visible(where)}:{at.line}:{at.column}"
        yield Piece(f"{gutter}{arrow}", "gutter"), Piece(place)
        yield (Piece(f"{gutter} |", "gutter"),)
        yield from _snippet(labels, split_lines(sources(where) or ""), gutter, severity, columns)
    for note in diagnostic.notes:
        yield from note_lines(gutter, note, "strong", columns)
    if diagnostic.help:
        yield from note_lines(gutter, f"help: {diagnostic.help}", "help", columns)
    if diagnostic.fix:
        done = f"fix: {diagnostic.fix.title}{_DONE[diagnostic.fix.applicability]}"
        yield from note_lines(gutter, done, "help", columns)


def _by_text(diagnostic: Diagnostic) -> dict[str, list[Label]]:
    texts: dict[str, list[Label]] = {diagnostic.primary.span.where: []}
    for label in diagnostic.labels:
        texts.setdefault(label.span.where, []).append(label)
    return texts


def _snippet(
    labels: Iterable[Label], lines: Sequence[str], gutter: str, severity: Style, columns: int
) -> Iterator[Line]:
    parts = sorted((part for label in labels for part in _parts(label)), key=lambda part: part.line)
    last = None
    for number, group in groupby(parts, key=lambda part: part.line):
        if last is not None and number - last == 2:
            yield _code(gutter, number - 1, CodeLine.around(_at(lines, number - 1), 0, 0, columns))
        elif last is not None and number - last > 2:
            yield (Piece("...", "gutter"),)
        last = number
        here = list(group)
        code = _cut(_at(lines, number), here, columns)
        yield _code(gutter, number, code)
        for row in _rows([_mark(part, code) for part in here], severity, columns):
            yield Piece(f"{gutter} | ", "gutter"), *row


def _parts(label: Label) -> Iterator[_Part]:
    """A label over several lines marks the rest of its first line and the start of its last."""
    start, end = label.span.start, label.span.end
    if start.line >= end.line:
        yield _Part(start.line, start.column, end.column, label.text, label.primary)
        return
    yield _Part(start.line, start.column, None, "", label.primary)
    yield _Part(end.line, None, end.column, label.text, label.primary)


def _at(lines: Sequence[str], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _cut(source: str, parts: Sequence[_Part], columns: int) -> CodeLine:
    primary = [part for part in parts if part.primary] or parts
    shown = parts if _extent(source, parts) < columns // 2 else primary
    starts = [_columns(source, part)[0] for part in shown]
    ends = [_columns(source, part)[1] for part in shown]
    return CodeLine.around(source, min(starts) - 1, max(ends) - 1, columns)


def _extent(source: str, parts: Sequence[_Part]) -> int:
    columns = [column for part in parts for column in _columns(source, part)]
    return max(columns) - min(columns)


def _columns(source: str, part: _Part) -> tuple[int, int]:
    indent = len(source) - len(source.lstrip()) + 1
    start = part.start if part.start is not None else indent
    return start, part.end if part.end is not None else max(len(source.rstrip()) + 1, start)


def _mark(part: _Part, code: CodeLine) -> _Mark:
    start, end = (code.cell(column) for column in _columns(code.source, part))
    return _Mark(start, max(end, start + 1), visible(part.text), part.primary)


def _code(gutter: str, number: int, code: CodeLine) -> Line:
    text = f" {code.text}" if code.text else ""
    return Piece(f"{number:>{len(gutter)}} |", "gutter"), Piece(text)


def _rows(marks: Sequence[_Mark], severity: Style, columns: int) -> Iterator[list[Piece]]:
    """The underlines with the words of the rightmost, then a row for the words of each other."""
    marks = sorted(marks, key=lambda mark: (mark.start, mark.end))
    *hanging, last = marks
    beside = all(mark.end <= last.start for mark in hanging)
    beside = beside and last.end + 1 + width(last.text) <= columns
    words = [Piece(f" {last.text}", _style(last, severity))] if beside and last.text else []
    yield [*_underlines(marks, severity), *words]
    waiting = [mark for mark in (hanging if beside else marks) if mark.text]
    while waiting:
        mark = waiting.pop()
        cell = max(0, min(mark.start, columns - width(mark.text)))
        row: list[Piece] = []
        for other in waiting:
            if other.start < cell:
                row += _at_cell(row, other.start, Piece("|", _style(other, severity)))
        yield [*row, *_at_cell(row, cell, Piece(mark.text, _style(mark, severity)))]


def _at_cell(row: Sequence[Piece], cell: int, piece: Piece) -> list[Piece]:
    """The piece, with the blanks before it that bring it to its cell; none where it is too late."""
    blanks = cell - sum(width(each.text) for each in row)
    return [Piece(" " * blanks), piece] if blanks >= 0 else []


def _underlines(marks: Sequence[_Mark], severity: Style) -> Iterator[Piece]:
    cells: list[Piece] = [Piece(" ")] * max(mark.end for mark in marks)
    for mark in sorted(marks, key=lambda mark: mark.primary):
        sign = Piece("^" if mark.primary else "-", _style(mark, severity))
        cells[mark.start : mark.end] = [sign] * (mark.end - mark.start)
    for sign, run in groupby(cells):
        yield Piece(sign.text * len(list(run)), sign.style)


def _style(mark: _Mark, severity: Style) -> Style:
    return severity if mark.primary else "context"


def note_lines(gutter: str, note: str, style: Style, columns: int) -> Iterator[Line]:
    """`key: words`, folded under the words' begin where it is too long."""
    key, colon, _ = note.partition(": ")
    indent = " " * len(f"{gutter} = ")
    # Folded, a line could begin with `::`, which a workflow's log takes for a command.
    said = visible(note).replace(" ::", "\N{NO-BREAK SPACE}::")
    folded = wrap(
        said,
        width=len(gutter) + columns,
        initial_indent=indent,
        subsequent_indent=indent + " " * min(len(key + colon), 20),
        break_long_words=False,
        break_on_hyphens=False,
    )
    first, *rest = folded or [indent]
    head = visible(key) + ":" if colon else ""
    words = first[len(indent) + len(head) :]
    yield Piece(f"{gutter} = ", "gutter"), Piece(head, style), Piece(words)
    for line in rest:
        yield (Piece(line),)
