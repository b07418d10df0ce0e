"""Part of a project checked again: the files that changed, and those whose findings show them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sparkguard.diagnostic import Diagnostic, Severity
from sparkguard.result import CheckResult


def concerned(result: CheckResult, changed: Collection[str]) -> list[str]:
    """The files to check again: those that changed, and those with a finding that points there."""
    showing = {
        _file(each)
        for each in result.diagnostics
        if any(label.span.path in changed for label in each.labels)
    }
    return sorted({*changed, *showing})


def joined(before: CheckResult, names: Collection[str], again: CheckResult) -> CheckResult:
    """A result in which the findings and problems of some files are those of another check.

    Args:
        before: The whole result.
        names: The files that were checked again.
        again: What was found in them.
    """
    kept = [each for each in before.diagnostics if _file(each) not in names]
    found = sorted([*kept, *again.diagnostics], key=lambda diagnostic: diagnostic.sort_key)
    errors = sum(each.severity is Severity.ERROR for each in found)
    problems = [each for each in before.problems if each.where not in names]
    return replace(
        before,
        diagnostics=tuple(found),
        problems=tuple(sorted([*problems, *again.problems])),
        summary=replace(before.summary, errors=errors, warnings=len(found) - errors),
        texts={**before.texts, **again.texts},
    )


def _file(diagnostic: Diagnostic) -> str:
    return diagnostic.primary.span.path
