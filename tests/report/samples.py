"""Findings with everything and with nothing, and what each format makes of them."""

from __future__ import annotations

import io
from typing import Any

from sparkguard import report
from sparkguard.config import OutputFormat
from sparkguard.diagnostic import (
    Applicability,
    Captured,
    Diagnostic,
    Edit,
    Fix,
    Label,
    Severity,
    ShippedBy,
)
from sparkguard.report import View
from sparkguard.result import CheckResult
from tests.records import diagnostic, span

JOB = "import os\nx = udf(self.f)\n"
FULL = diagnostic(
    Label(span("2:9", "2:13"), "`self` is captured here", primary=True),
    Label(span("2:5", "2:8"), "shipped by this call"),
    notes=("path: f -> self",),
    help="copy it",
    ship_point=ShippedBy("pyspark.sql.functions.udf", "f", span("2:5", "2:8")),
    capture=Captured(("f", "self"), "pyspark.sql.SparkSession"),
    fix=Fix("copy it", (Edit(span("2:9", "2:13"), "it"),), Applicability.UNSAFE),
)
BARE = diagnostic(code="SG002", name="unparseable-file", severity=Severity.WARNING, message="no")
CELL = diagnostic(
    Label(span("2:9", path="a.ipynb", cell=3), "here", primary=True),
    Label(span("1:1", path="a.ipynb", cell=1), "held"),
    capture=Captured(("f", "spark")),
    fix=Fix("copy it", (Edit(span("2:9", path="a.ipynb", cell=3), "it"),), Applicability.SAFE),
)


def written(kind: OutputFormat, *found: Diagnostic, view: View | None = None, **fields: Any) -> str:
    """A report on findings in `JOB`."""
    out = io.StringIO()
    result = CheckResult(found, **{"texts": {"job.py": JOB}, **fields})
    report.write(kind, result, out, lambda code: f"rules/{code}.md", view or View())
    return out.getvalue()
