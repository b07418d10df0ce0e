"""Findings as GitHub's workflow commands, which it shows beside the changed lines."""

from __future__ import annotations

from typing import TextIO

from sparkguard.diagnostic import Diagnostic, Span
from sparkguard.report import PageUrl
from sparkguard.report.cells import visible
from sparkguard.result import CheckResult

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def write(result: CheckResult, out: TextIO, page_url: PageUrl) -> None:
    """Write the findings; see `sparkguard.report.write`."""
    for diagnostic in result.diagnostics:
        out.write(f"{_command(diagnostic, page_url(diagnostic.code))}\n")


def _command(diagnostic: Diagnostic, url: str) -> str:
    span = diagnostic.primary.span
    properties = {**_place(span), "title": f"sparkguard ({diagnostic.code})"}
    settings = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in properties.items())
    where = f"{span.where}:{span.start.line}:{span.start.column}"
    more = [*diagnostic.notes, *([f"help: {diagnostic.help}"] if diagnostic.help else []), url]
    words = [f"{where}: {diagnostic.message}", *more]
    message = _escaped("\n".join(words), _DATA)
    return f"::{diagnostic.severity.value} {settings}::{message}"


def _place(span: Span) -> dict[str, str]:
    """GitHub takes columns only where a finding begins and ends on one line.

    Of a notebook it knows the lines of the JSON, not those of a cell: the first stands for all.
    """
    if span.cell is not None:
        return {"file": span.path, "line": "1"}
    place = {"file": span.path, "line": str(span.start.line), "endLine": str(span.end.line)}
    if span.start.line == span.end.line:
        place |= {"col": str(span.start.column), "endColumn": str(span.end.column)}
    return place


def _escaped(text: str, signs: dict[int, str]) -> str:
    return visible(text.translate(signs))
