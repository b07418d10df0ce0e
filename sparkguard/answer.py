"""From what was said of each file to the answer: comments and the baseline have their say."""

from __future__ import annotations

import linecache
import os
from collections.abc import Callable, Container, Iterable, Mapping
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from msgspec import Struct

from sparkguard.config import Config
from sparkguard.diagnostic import Diagnostic, Severity
from sparkguard.result import CheckResult, Problem, Summary
from sparkguard.source.text import SourceText, UnreadableSource, read_source
from sparkguard.verdict import Suppression, Verdict

if TYPE_CHECKING:
    from sparkguard.baseline import Baseline
    from sparkguard.fingerprint import Identity


class Run(Struct):
    """What one check has gathered so far.

    Args:
        config: The settings.
        accepted: The findings that are accepted for now.
        paths: The files that are checked, by their names.
        sources: The texts of those that were read.
        problems: What could not be checked.
        verdicts: What is said of each file.
    """

    config: Config
    accepted: Baseline | None = None
    paths: dict[str, Path] = {}
    sources: dict[str, SourceText] = {}
    problems: list[Problem] = []
    verdicts: dict[str, Verdict] = {}


def answer(run: Run, started: float, *, unused: bool = True) -> CheckResult:
    """What a check answers.

    Args:
        run: What it has gathered.
        started: When it began, by `perf_counter`.
        unused: Whether to report comments that silence nothing: a probe sees part of a file only.
    """
    judging = cache(run.config.active) if unused else lambda name: frozenset[str]()
    found, suppressed = _unsilenced(run, judging)
    diagnostics = sorted(dict.fromkeys(found), key=lambda diagnostic: diagnostic.sort_key)
    diagnostics, baselined, stale = _accepted(run, diagnostics)
    errors = sum(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    names = frozenset(run.paths or run.sources)
    summary = Summary(
        files=len(names),
        ship_points=sum(verdict.ship_points for verdict in run.verdicts.values()),
        errors=errors,
        warnings=len(diagnostics) - errors,
        suppressed=suppressed,
        baselined=baselined,
        seconds=perf_counter() - started,
    )
    texts, problems = _texts(diagnostics, run), tuple(sorted(run.problems))
    return CheckResult(tuple(diagnostics), problems, summary, texts, names, stale)


def _unsilenced(run: Run, active: Callable[[str], frozenset[str]]) -> tuple[list[Diagnostic], int]:
    """The findings that no comment silences, with those about comments, and how many others."""
    names = [name for name in run.paths or run.verdicts if name in run.verdicts]
    found = [reported for name in names for reported in run.verdicts[name].found]
    elsewhere = {path for reported in found for path, _, _ in reported.lines}
    comments = [comment for name in names for comment in _comments(run, name, elsewhere)]
    if not comments:
        return [reported.diagnostic for reported in found], 0
    from sparkguard import suppress

    return suppress.apply(found, comments, active, run.config.require_reason)


def _comments(run: Run, name: str, reported: Container[str]) -> Iterable[Suppression]:
    """What silences in a file, a bare `noqa` included where another file's finding is reported."""
    verdict = run.verdicts[name]
    source = _source(run, name) if name in reported and not verdict.found else None
    if source is None or not verdict.parsed:
        return verdict.comments
    from sparkguard.checks import RULES
    from sparkguard.suppress import find

    return find(source, RULES)


def _accepted(
    run: Run, found: list[Diagnostic]
) -> tuple[list[Diagnostic], int, Mapping[Identity, int]]:
    if run.accepted is None:
        return found, 0, {}
    active = cache(run.config.active)
    whole = {name for name, verdict in run.verdicts.items() if verdict.whole}
    return run.accepted.accept(found, lambda name, code: name in whole and code in active(name))


def _texts(diagnostics: Iterable[Diagnostic], run: Run) -> dict[str, str]:
    shown = {label.span for diagnostic in diagnostics for label in diagnostic.labels}
    read = {path: _source(run, path) for path in {span.path for span in shown}}
    return {
        span.where: source.shown(span.cell) if (source := read[span.path]) else _typed(span.path)
        for span in shown
    }


def _source(run: Run, name: str) -> SourceText | None:
    """A file whose lines are shown, or whose comments count; it may be gone since."""
    if name not in run.sources:
        try:
            return read_source(run.paths.get(name, Path(name)), name)
        except UnreadableSource:
            return None
    return run.sources[name]


def _typed(name: str) -> str:
    """What was typed into a notebook or at a prompt, which no file holds."""
    return "".join(linecache.getlines(name) or linecache.getlines(os.path.realpath(name)))
