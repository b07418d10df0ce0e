"""Findings as JUnit XML: a suite for each file, a failed test for each finding in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TextIO
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sparkguard.diagnostic import Diagnostic
from sparkguard.report.cells import visible
from sparkguard.report.frame import Sources, frame
from sparkguard.report.text import PIPE_COLUMNS
from sparkguard.result import CheckResult, Problem


def write(result: CheckResult, out: TextIO) -> None:
    """Write the findings; see `sparkguard.report.write`."""
    root = Element("testsuites", name="sparkguard")
    by_file = groupby(result.diagnostics, key=lambda each: each.primary.span.path)
    for path, found in by_file:
        _add_findings(root, path, [*found], result.texts.get)
    for problem in result.problems:
        _add_problem(root, problem)
    if not len(root):  # a run without a test counts as a broken one
        SubElement(_suite(root, "sparkguard", 1, 0, 0), "testcase", name="check")
    indent(root)
    out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n')


def _add_findings(root: Element, path: str, found: Sequence[Diagnostic], sources: Sources) -> None:
    suite = _suite(root, path, len(found), len(found), 0)
    for diagnostic in found:
        span = diagnostic.primary.span
        name = f"{diagnostic.code} {span.where}:{span.start.line}:{span.start.column}"
        failure = _case(suite, name, path, "failure", diagnostic.message)
        failure.set("type", diagnostic.severity.value)
        lines = frame(diagnostic, sources, PIPE_COLUMNS)
        failure.text = "\n".join("".join(piece.text for piece in line) for line in lines)


def _add_problem(root: Element, problem: Problem) -> None:
    suite = _suite(root, problem.where, 1, 0, 1)
    _case(suite, "check", problem.where, "error", problem.message)


def _suite(root: Element, name: str, tests: int, failures: int, errors: int) -> Element:
    counts = {"tests": str(tests), "failures": str(failures), "errors": str(errors)}
    return SubElement(root, "testsuite", {"name": visible(name), **counts})


def _case(suite: Element, name: str, path: str, outcome: str, message: str) -> Element:
    case = SubElement(suite, "testcase", name=visible(name), classname=visible(path))
    return SubElement(case, outcome, message=visible(message))
