"""Findings as GitLab's code quality report, which it shows in merge requests."""

from __future__ import annotations

import json
from typing import Any, TextIO

from sparkguard.diagnostic import Diagnostic, Severity
from sparkguard.fingerprint import fingerprints
from sparkguard.report.cells import visible
from sparkguard.result import CheckResult

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def write(result: CheckResult, out: TextIO) -> None:
    """Write the findings; see `sparkguard.report.write`."""
    names = fingerprints(result.diagnostics)
    found = [_record(*each) for each in zip(result.diagnostics, names, strict=True)]
    json.dump(found, out, indent=2)
    out.write("\n")


def _record(diagnostic: Diagnostic, fingerprint: str) -> dict[str, Any]:
    """GitLab knows no cells: of a notebook the first line stands for all, and words say where."""
    span = diagnostic.primary.span
    where = "" if span.cell is None else f"cell {span.cell}, line {span.start.line}: "
    lines = {"begin": span.start.line, "end": span.end.line} if not where else {"begin": 1}
    return {
        "description": visible(f"{where}{diagnostic.message}"),
        "check_name": diagnostic.code,
        "categories": ["Bug Risk"],
        "fingerprint": fingerprint,
        "severity": SEVERITIES[diagnostic.severity],
        "location": {"path": span.path, "lines": lines},
    }
