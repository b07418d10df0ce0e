"""Findings as JSON for programs: version 1, whose keys and meaning stay as they are."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, TextIO

from sparkguard import __version__
from sparkguard.diagnostic import Captured, Diagnostic, Fix, Label, ShippedBy, Span
from sparkguard.payload import Payload
from sparkguard.report import PageUrl
from sparkguard.result import CheckResult, ProbeResult

VERSION = 1


def write(result: CheckResult, out: TextIO, page_url: PageUrl) -> None:
    """Write the findings; see `sparkguard.report.write`."""
    report = {
        "version": VERSION,
        "sparkguard": __version__,
        "diagnostics": [_diagnostic(each, page_url(each.code)) for each in result.diagnostics],
        "summary": {**asdict(result.summary), "seconds": round(result.summary.seconds, 3)},
    }
    if isinstance(result, ProbeResult):
        report["payloads"] = [_payload(each) for each in result.payloads]
        report["remarks"] = list(result.remarks)
    json.dump(report, out, indent=2)
    out.write("\n")


def _diagnostic(diagnostic: Diagnostic, url: str) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **_place(diagnostic.primary.span),
        "labels": [_label(label) for label in diagnostic.labels],
        "ship_point": diagnostic.ship_point and _ship_point(diagnostic.ship_point),
        "capture": diagnostic.capture and _capture(diagnostic.capture),
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
        "url": url,
        "origin": diagnostic.origin,
        "fix": diagnostic.fix and _fix(diagnostic.fix),
    }


def _place(span: Span) -> dict[str, Any]:
    reach = {"start": asdict(span.start), "end": asdict(span.end)}
    return {"path": span.path, "cell": span.cell, "range": reach}


def _label(label: Label) -> dict[str, Any]:
    return {**_place(label.span), "text": label.text, "primary": label.primary}


def _ship_point(shipped: ShippedBy) -> dict[str, Any]:
    return {"api": shipped.api, "function": shipped.function, **_place(shipped.span)}


def _payload(payload: Payload) -> dict[str, Any]:
    parts = {name: value for name, value in asdict(payload).items() if name != "shipped"}
    return {"ship_point": _ship_point(payload.shipped), **parts}


def _capture(captured: Captured) -> dict[str, Any]:
    return {"path": list(captured.path), "type": captured.type, "bytes": captured.bytes}


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [{**_place(edit.span), "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "applicability": fix.applicability.name.lower(), "edits": edits}
