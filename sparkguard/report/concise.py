"""Findings as one line each: `path:line:column: error[SG103] message`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from sparkguard.diagnostic import Diagnostic, Span
from sparkguard.report import View
from sparkguard.report.cells import no_command, visible
from sparkguard.report.summary import closing_line
from sparkguard.result import CheckResult, ProbeResult

if TYPE_CHECKING:
    from sparkguard.payload import Payload


def write(result: CheckResult, out: TextIO, view: View) -> None:
    """Write the findings; see `sparkguard.report.write`."""
    for diagnostic in result.diagnostics:
        out.write(f"{_line(diagnostic)}\n")
    for each in result.payloads if isinstance(result, ProbeResult) else ():
        for line in _payload(each):
            out.write(visible(line) + "\n")
    for remark in result.remarks if isinstance(result, ProbeResult) else ():
        out.write(visible(f"note: {remark}") + "\n")
    if not view.quiet:
        out.write(f"{closing_line(result)}\n")


def _payload(each: Payload) -> Iterator[str]:
    from sparkguard.report import payload

    place = _place(each.shipped.span)
    yield f"{place}: payload {payload.sentence(each)}"
    if each.worker and each.worker.failed:
        yield f"{place}: a worker would say: {each.worker.said}"
    if each.worker and each.worker.returned:
        yield f"{place}: the call returned {each.worker.returned}"


def _line(diagnostic: Diagnostic) -> str:
    severity = f"{diagnostic.severity.value}[{diagnostic.code}]"
    return visible(f"{_place(diagnostic.primary.span)}: {severity} {diagnostic.message}")


def _place(span: Span) -> str:
    return no_command(f"{span.where}:{span.start.line}:{span.start.column}")
