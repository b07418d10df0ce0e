"""What an error means, for the person who has just met it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TextIO

from sparkguard.diagnostic import Diagnostic
from sparkguard.failures import Recognised
from sparkguard.model import Rule
from sparkguard.report import View
from sparkguard.report.cells import visible
from sparkguard.report.frame import Line, Piece, frame, note_lines
from sparkguard.report.text import MIN_COLUMNS, PIPE_COLUMNS, write_lines
from sparkguard.result import CheckResult

SHOWN = 3
"""How many findings are shown; more would hide the one that is meant."""


def write(
    recognised: Recognised, result: CheckResult, rules: Sequence[Rule], out: TextIO, view: View
) -> None:
    """Write an explanation.

    Args:
        recognised: What the text of the error speaks of.
        result: What the check found at the places that it names, the nearest first.
        rules: The rules, of which it names some by their codes.
        out: Where to.
        view: How it is looked at.
    """
    named = {rule.code: f"{rule.code} {rule.name}" for rule in rules}
    columns = max(MIN_COLUMNS, (view.columns or PIPE_COLUMNS) - len(" = "))
    write_lines(_layout(recognised, result, named, columns), out, view)


def _layout(
    recognised: Recognised, result: CheckResult, named: dict[str, str], columns: int
) -> Iterator[Line]:
    yield Piece("Spark said: ", "error"), Piece(visible(recognised.said), "strong")
    found = result.diagnostics
    codes = (found[0].code,) if found else recognised.rules
    for note in _notes(recognised, [named[code] for code in codes]):
        yield from note_lines("", note, "strong", columns)
    if recognised.rules and not found:
        yield from note_lines("", _place(recognised, result), "help", columns)
    for diagnostic in found[:SHOWN]:
        yield ()
        yield from frame(_short(diagnostic), result.texts.get, columns)
    if len(found) > SHOWN:
        yield ()
        yield (Piece(f"... and {len(found) - SHOWN} more: `sparkguard check`"),)


def _notes(recognised: Recognised, rules: Sequence[str]) -> Iterator[str]:
    yield f"means: {recognised.means}"
    yield f"likely: {recognised.likely}"
    likeliest, *others = rules or ["none of sparkguard's is about this"]
    yield f"rule: {likeliest}" + (f"; or {', '.join(others)}" if others else "")


def _place(recognised: Recognised, result: CheckResult) -> str:
    """What would help to tell the place, where it is not found."""
    page = f"`sparkguard explain {recognised.rules[0]}` shows what fails and what works"
    silenced = result.summary.suppressed
    if result.summary.files:
        but = f", but comments silence {silenced} in them" if silenced else ""
        ask = "`sparkguard probe` asks the functions themselves"
        return f"place: the check finds nothing that fits in the files that are named{but}; {ask}"
    if recognised.frames:
        path = visible(recognised.frames[-1].path)
        return f"place: `{path}` is not here; where it is, this shows the finding in it; {page}"
    return f"place: not told; with the whole traceback this shows the finding in it; {page}"


def _short(diagnostic: Diagnostic) -> Diagnostic:
    """Without Spark's words, which stand above."""
    notes = [note for note in diagnostic.notes if not note.startswith("Spark will say: ")]
    return replace(diagnostic, notes=tuple(notes))
