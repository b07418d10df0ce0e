"""Small findings and ship points, made by hand, for the tests of what comes after the analysis."""

from __future__ import annotations

from typing import Any

from sparkguard.diagnostic import Diagnostic, Label, Position, Severity, Span
from sparkguard.model import ShipPoint


def span(start: str, end: str = "", path: str = "job.py", cell: int | None = None) -> Span:
    """A span from `line:column` to `line:column`; to the next column where no end is given."""
    line, column = map(int, start.split(":"))
    last, behind = map(int, end.split(":")) if end else (line, column + 1)
    return Span(path, Position(line, column), Position(last, behind), cell)


def diagnostic(*labels: Label, code: str = "SG103", **fields: Any) -> Diagnostic:
    """A finding with these labels."""
    labels = labels or (Label(span("1:1"), "here", primary=True),)
    given = {"name": "captured-self", "severity": Severity.ERROR, "message": "`self` is shipped"}
    return Diagnostic(code=code, labels=labels, **{**given, **fields})


def ship_point(at: Span, statement: Span | None = None, **fields: Any) -> ShipPoint:
    """A ship point at a place; its statement is the same place unless it is given."""
    given = {"api": "pyspark.sql.functions.udf", "function": "<lambda>", "captures": ()}
    return ShipPoint(span=at, statement=statement or at, **{**given, **fields})
