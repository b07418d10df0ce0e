"""The last line of a report that people read."""

from __future__ import annotations

from sparkguard.result import CheckResult, ProbeResult


def closing_line(result: CheckResult) -> str:
    """How many findings there are in how much code: `Found 1 error (12 files checked, ...)`."""
    summary = result.summary
    checked = [
        f"{_count(summary.files, 'file')} checked",
        _count(summary.ship_points, "ship point"),
    ]
    if isinstance(result, ProbeResult):
        checked = [f"{_count(len(result.payloads), 'payload')} probed"]
    checked += [f"{summary.suppressed} suppressed"] if summary.suppressed else []
    checked += [f"{summary.baselined} in the baseline"] if summary.baselined else []
    checked += [_count(len(result.problems), "problem")] if result.problems else []
    found = [(summary.errors, "error"), (summary.warnings, "warning"), *_payloads(result)]
    words = " and ".join(_count(number, noun) for number, noun in found if number)
    if words:
        head = f"Found {words}"
    else:
        head = "Found nothing in what could be checked" if result.problems else "All checks passed"
    return f"{head} ({', '.join(checked)})"


def _payloads(result: CheckResult) -> list[tuple[int, str]]:
    """What is wrong with payloads as a whole."""
    if not isinstance(result, ProbeResult):
        return []
    failed = sum(one.fails for one in result.payloads)
    return [(len(result.heavy), "heavy payload"), (failed, "failure on the worker's stand-in")]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
