"""Findings as SARIF 2.1.0, which code scanning, editors and other viewers read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from sparkguard import __version__, catalog
from sparkguard.diagnostic import Applicability, Captured, Diagnostic, Fix, Label, Span
from sparkguard.fingerprint import fingerprints
from sparkguard.model import Rule
from sparkguard.report import PageUrl
from sparkguard.report.cells import visible
from sparkguard.result import CheckResult, Problem

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "sparkguardCapture/v1"
ROOT = "%SRCROOT%"
FAMILIES = {
    "SG0": "meta",
    "SG1": "driver-only",
    "SG2": "unpicklable",
    "SG3": "semantics",
    "SG4": "weight",
    "SG5": "inference",
}


def write(result: CheckResult, out: TextIO, page_url: PageUrl) -> None:
    """Write the findings; see `sparkguard.report.write`."""
    found = {each.code for each in result.diagnostics}
    rules = [rule for rule in catalog.rules() if rule.code in found]
    index = {rule.code: number for number, rule in enumerate(rules)}
    names = fingerprints(result.diagnostics)
    run = {
        "tool": {"driver": _driver(rules, page_url)},
        "invocations": [_invocation(result)],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": _text("the working directory of the check")}},
        "results": [
            _result(each, index[each.code], name)
            for each, name in zip(result.diagnostics, names, strict=True)
        ],
    }
    json.dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, out, indent=2)
    out.write("\n")


def _driver(rules: list[Rule], page_url: PageUrl) -> dict[str, Any]:
    described = [_rule(rule, page_url(rule.code)) for rule in rules]
    return {"name": "sparkguard", "semanticVersion": __version__, "rules": described}


def _rule(rule: Rule, url: str) -> dict[str, Any]:
    """A rule with its page; the address of the page only where it is one for everybody."""
    help_text = f"{rule.summary}; `sparkguard explain {rule.code}` shows the page"
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": help_text, "markdown": catalog.page(rule).text},
        **({"helpUri": url} if "://" in url else {}),
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"tags": ["pyspark", FAMILIES[rule.code[:3]]]},
    }


def _invocation(result: CheckResult) -> dict[str, Any]:
    notifications = [_notification(problem) for problem in result.problems]
    return {
        "executionSuccessful": not result.problems,
        "toolExecutionNotifications": notifications,
    }


def _notification(problem: Problem) -> dict[str, Any]:
    return {"level": "error", "message": _text(str(problem))}


def _result(diagnostic: Diagnostic, rule: int, fingerprint: str) -> dict[str, Any]:
    captured = diagnostic.capture
    others = [label for label in diagnostic.labels if not label.primary]
    fixes = [*_fixes(diagnostic.fix)] if diagnostic.fix else []
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity.value,
        "message": _text("\n".join([diagnostic.message, *_more(diagnostic)])),
        "locations": [_location(diagnostic.primary.span)],
        "partialFingerprints": {FINGERPRINT: fingerprint},
        **({"relatedLocations": [_labelled(label) for label in others]} if others else {}),
        **({"codeFlows": [_code_flow(diagnostic, captured)]} if captured else {}),
        **({"fixes": fixes} if fixes else {}),
        "properties": {"origin": diagnostic.origin, **_shipped(diagnostic)},
    }


def _more(diagnostic: Diagnostic) -> Iterator[str]:
    yield from diagnostic.notes
    if diagnostic.help:
        yield f"help: {diagnostic.help}"


def _shipped(diagnostic: Diagnostic) -> dict[str, Any]:
    shipped, captured = diagnostic.ship_point, diagnostic.capture
    said = {"shipPoint": shipped.api, "function": shipped.function} if shipped else {}
    return {**said, **({"capturePath": list(captured.path)} if captured else {})}


def _code_flow(diagnostic: Diagnostic, captured: Captured) -> dict[str, Any]:
    """From the call that ships to what it names, and on to where that was made."""
    shipped = diagnostic.ship_point
    at = shipped.span if shipped else None
    labels = sorted(diagnostic.labels, key=lambda each: (each.span != at, not each.primary))
    steps = [{"location": _labelled(label), "importance": "essential"} for label in labels]
    flow = {"message": _text(" -> ".join(captured.path)), "locations": steps}
    return {"threadFlows": [flow]}


def _labelled(label: Label) -> dict[str, Any]:
    return {**_location(label.span), "message": _text(label.text)}


def _location(span: Span) -> dict[str, Any]:
    """A place; of a notebook its first line: viewers know no cells, and the words say which."""
    place: dict[str, Any] = {"artifactLocation": _artifact(span.path)}
    if span.cell is None:
        return {"physicalLocation": {**place, "region": _region(span)}}
    cell = {"name": f"cell {span.cell}", "kind": "module"}
    cell["fullyQualifiedName"] = visible(f"{span.where}:{span.start.line}:{span.start.column}")
    return {
        "physicalLocation": {**place, "region": {"startLine": 1}},
        "logicalLocations": [cell],
    }


def _artifact(path: str) -> dict[str, Any]:
    """The address of a file, with every character that means something in one written out."""
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(os.fsencode(path)), "uriBaseId": ROOT}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }


def _fixes(fix: Fix) -> Iterator[dict[str, Any]]:
    """A fix that a program may apply: not one that is only shown, nor one in a cell."""
    cells = any(edit.span.cell is not None for edit in fix.edits)
    if fix.applicability is Applicability.DISPLAY or cells:
        return
    unsafe = "" if fix.applicability is Applicability.SAFE else " (unsafe: look at it)"
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        inserted = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.span.path, []).append(inserted)
    made = [{"artifactLocation": _artifact(p), "replacements": r} for p, r in changes.items()]
    yield {"description": _text(fix.title + unsafe), "artifactChanges": made}


def _text(words: str) -> dict[str, str]:
    """A message without control characters, and without what SARIF would make a link of."""
    shown = "\n".join(visible(line) for line in words.split("\n"))
    return {"text": shown.replace("](", "] (")}
