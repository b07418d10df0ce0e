"""Findings as one line each: `path:line:column: error[SG103] message`."""

from __future__ import annotations

from typing import TextIO

from sparkguard.diagnostic import Diagnostic
from sparkguard.report import View
from sparkguard.report.cells import visible
from sparkguard.report.summary import closing_line
from sparkguard.result import CheckResult


def write(result: CheckResult, out: TextIO, view: View) -> None:
    """Write the findings; see `sparkguard.report.write`."""
    for diagnostic in result.diagnostics:
        out.write(f"{_line(diagnostic)}\n")
    if not view.quiet:
        out.write(f"{closing_line(result)}\n")


def _line(diagnostic: Diagnostic) -> str:
    span = diagnostic.primary.span
    place = f"{span.where}:{span.start.line}:{span.start.column}"
    severity = f"{diagnostic.severity.value}[{diagnostic.code}]"
    safe = "./" if place.startswith("::") else ""  # a workflow's log takes `::` for a command
    return visible(f"{safe}{place}: {severity} {diagnostic.message}")
