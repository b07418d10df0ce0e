"""Findings as one line each: `path:line:column: error[SG103] message`."""

from __future__ import annotations

from typing import TextIO

from sparkguard.diagnostic import Diagnostic
from sparkguard.report import View, payload
from sparkguard.report.cells import visible
from sparkguard.report.summary import closing_line
from sparkguard.result import CheckResult, ProbeResult


def write(result: CheckResult, out: TextIO, view: View) -> None:
    """Write the findings; see `sparkguard.report.write`."""
    for diagnostic in result.diagnostics:
        out.write(f"{_line(diagnostic)}\n")
    for each in result.payloads if isinstance(result, ProbeResult) else ():
        span = each.shipped.span
        place = f"{span.where}:{span.start.line}:{span.start.column}"
        out.write(visible(f"{place}: payload {payload.sentence(each)}") + "\n")
    for remark in result.remarks if isinstance(result, ProbeResult) else ():
        out.write(visible(f"note: {remark}") + "\n")
    if not view.quiet:
        out.write(f"{closing_line(result)}\n")


def _line(diagnostic: Diagnostic) -> str:
    span = diagnostic.primary.span
    place = f"{span.where}:{span.start.line}:{span.start.column}"
    severity = f"{diagnostic.severity.value}[{diagnostic.code}]"
    return visible(f"{place}: {severity} {diagnostic.message}")
