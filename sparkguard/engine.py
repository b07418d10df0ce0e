"""From paths, or from what a probe saw, to sorted findings: read, apply the rules, suppress."""

from __future__ import annotations

import contextlib
import linecache
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from time import perf_counter

from sparkguard import suppress
from sparkguard.checks import RULES
from sparkguard.checks.meta import UNPARSEABLE_FILE
from sparkguard.config import Config, is_project, load
from sparkguard.diagnostic import Diagnostic, Label, Position, Severity, Span
from sparkguard.live.seen import Order, Seen
from sparkguard.model import PROBED, Capture, ShipPoint
from sparkguard.result import CheckResult, ProbeResult, Problem, Summary, breakdown
from sparkguard.source import gate
from sparkguard.source.analysis import FileAnalysis, SyntaxProblem, analyse
from sparkguard.source.discover import Discovery, discover, is_folder
from sparkguard.source.text import NOTEBOOK, SourceText, UnreadableSource, display_name, read_source
from sparkguard.suppress import Reported, Suppression

FAILURE_LIMIT = 20
"""Files whose analysis may break down before the rest is given up: each one starts it anew."""

Progress = Callable[[int, int, str], None]
"""Told how many files are done, how many there are, and which one was the last."""


@dataclass(slots=True)
class _Run:
    """What one check has gathered so far."""

    config: Config
    sources: list[SourceText] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    found: list[Reported] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)
    ship_points: int = 0


def check(
    paths: Iterable[str | Path],
    config: Config | None = None,
    *,
    stdin: SourceText | None = None,
    changed: Mapping[str, SourceText] | None = None,
    progress: Progress | None = None,
) -> CheckResult:
    """Check files and folders; nothing of theirs is imported, run or unpickled.

    Args:
        paths: Files and folders; the project's other Python files are looked into where it helps.
        config: The settings; without them those of the project.
        stdin: A text to check besides, as if it stood in its file.
        changed: Texts that are checked instead of what stands in the files of these names.
        progress: Told of each file that is done.

    Raises:
        ConfigError: The project's settings cannot be followed; only without `config`.
    """
    started = perf_counter()
    given = [Path(path) for path in paths]
    run = _Run(config or load(common_folder(given)))
    asked = [*given, *([stdin.path] if stdin else [])]
    _read(run, asked, {**(changed or {}), **({stdin.name: stdin} if stdin else {})})
    for done, source in enumerate(_analysed(run, _around(run, given)), 1):
        if progress:
            progress(done, len(run.sources), source.name)
    return _result(run, started)


def probe(
    order: Order, config: Config | None = None, *, python: str = "", max_bytes: int | None = None
) -> ProbeResult:
    """Probe a target: its code runs in a process of its own, and its findings are those of a check.

    Args:
        order: What to probe, and how far.
        config: The settings; without them those of the project around the working directory.
        python: The interpreter that loads the target; by default this one.
        max_bytes: The weight from which on a payload is too heavy.

    Raises:
        ConfigError: The project's settings cannot be followed; only without `config`.
    """
    from sparkguard.live.launch import launch

    started = perf_counter()
    config = config or load(Path.cwd())
    own = tuple((name, kept.cure) for name, kept in config.own.driver_only.items())
    return judged(launch(replace(order, own=own), python), config, started, max_bytes)


def judged(seen: Seen, config: Config, started: float, max_bytes: int | None = None) -> ProbeResult:
    """What the rules say of live functions.

    Args:
        seen: What a probe saw.
        config: The settings.
        started: When the work began, by `perf_counter`.
        max_bytes: The weight from which on a payload is too heavy.
    """
    run = _Run(config)
    points = [_told_more(probed.point, run) for probed in seen.probed]
    for point in points:
        active = config.active(point.span.path)
        rules = [rule.check for rule in RULES if rule.check and rule.code in active]
        run.found += [Reported.at(found, point) for rule in rules for found in rule(point)]
    run.problems += [Problem("", seen.failed)] if seen.failed else []
    run.suppressions = [s for source in run.sources for s in suppress.find(source, RULES)]
    run.ship_points = len(points)
    result = _result(run, started, unused=False)
    parts = (result.diagnostics, result.problems, result.summary, result.texts, result.names)
    return ProbeResult(*parts, tuple(p.payload for p in seen.probed), seen.remarks, max_bytes)


def _told_more(point: ShipPoint, run: _Run) -> ShipPoint:
    """A live ship point with what only the text knows: which call it is, where a value is bound."""
    if not point.captures:
        return point
    read = {source.name: source for source in run.sources}
    name = point.span.path
    if name not in read:
        with contextlib.suppress(UnreadableSource):
            run.sources.append(read_source(Path(name), name))
    for source in run.sources:
        if source.name == name:
            (analysis,) = analyse([source], (), point.targets, run.config.own)
            return _joined(point, analysis.ship_points)
    return point


def _joined(point: ShipPoint, written: Iterable[ShipPoint]) -> ShipPoint:
    """The record of the live witness with the places that the source witness knows."""
    for other in written:
        called = point.api == PROBED and point.function.rpartition(".")[2] == other.function
        if called or other.span == point.span:
            captures = tuple(_bound(capture, other) for capture in point.captures)
            shipped = replace(point, api=other.api, span=other.span, statement=other.statement)
            return replace(shipped if called else point, captures=captures)
    return point


def _bound(capture: Capture, written: ShipPoint) -> Capture:
    texts = [step.text for step in capture.path]
    same = (one for one in written.captures if [step.text for step in one.path] == texts)
    return replace(capture, bound_at=next((one.bound_at for one in same), None))


def common_folder(paths: Sequence[Path]) -> Path:
    """The deepest existing folder that all the paths stand in; the working directory for none."""
    absolute = [path.absolute() for path in paths] or [Path.cwd()]
    try:
        folder = Path(os.path.normpath(os.path.commonpath(absolute)))
    except ValueError:  # several drives, on Windows
        folder = Path.cwd()
    return next(above for above in (folder, *folder.parents) if is_folder(above))


def _read(run: _Run, paths: Sequence[Path], texts: Mapping[str, SourceText]) -> None:
    found = _discover(paths, run.config, force_exclude=run.config.force_exclude)
    run.problems += found.problems
    for path in found.files:
        name = display_name(path)
        try:
            run.sources.append(texts.get(name) or read_source(path, name))
        except UnreadableSource as error:
            run.problems.append(Problem(name, str(error)))


def _analysed(run: _Run, around: Sequence[Path]) -> Iterator[SourceText]:
    """Check each source in turn; a breakdown of the analysis costs the one file that it met."""
    done, failures = 0, 0
    while done < len(run.sources) and failures < FAILURE_LIMIT:
        rest, others = run.sources[done:], [source.path for source in run.sources[:done]]
        try:
            analyses = analyse(rest, [*around, *others], run.config.target, run.config.own)
            for source, analysis in zip(rest, analyses, strict=True):
                _apply_rules(run, source, analysis)
                done += 1
                yield source
        except Exception as error:
            run.problems.append(breakdown(run.sources[done].name, error))
            done, failures = done + 1, failures + 1
    if done < len(run.sources):
        words = f"not checked, like all files after it: {FAILURE_LIMIT} files broke the analysis"
        run.problems.append(Problem(run.sources[done].name, words))


def _apply_rules(run: _Run, source: SourceText, analysis: FileAnalysis) -> None:
    active = run.config.active(source.name)
    if UNPARSEABLE_FILE.code in active:
        found = _unparseable(run.config, source, analysis.problem)
        run.found += [Reported(diagnostic, frozenset()) for diagnostic in found]
    if analysis.problem:
        return
    rules = [rule.check for rule in RULES if rule.check and rule.code in active]
    points = [point for point in analysis.ship_points if point.span.path == source.name]
    run.found += [
        Reported.at(diagnostic, point)
        for point in points
        for rule in rules
        for diagnostic in rule(point)
    ]
    run.suppressions += suppress.find(source, RULES)
    run.ship_points += len(points)


def _unparseable(
    config: Config, source: SourceText, problem: SyntaxProblem | None
) -> Iterator[Diagnostic]:
    """What is no Python; notebooks that name nothing of Spark are not for us to judge."""
    judged = gate.may_ship("\n".join(source.written.values()), config.own)
    for part in source.unparsed if judged else ():
        yield _sg002(part.span, part.reason, "file" if part.span.cell is None else "cell")
    if problem:
        start = Position(problem.line, problem.column)
        end = Position(problem.line, problem.column + 1)
        yield _sg002(source.span(start, end), problem.message, "file")


def _sg002(span: Span, reason: str, part: str) -> Diagnostic:
    rule = UNPARSEABLE_FILE
    label = Label(span, f"nothing in this {part} was checked", primary=True)
    message = f"cannot be parsed: {reason}"
    return Diagnostic(rule.code, rule.name, rule.severity, message, (label,))


def _around(run: _Run, paths: Sequence[Path]) -> Sequence[Path]:
    """The project's other Python files; of a folder that is no project, only what is near."""
    root = run.config.root
    if not run.sources or any(os.path.realpath(path) == os.path.realpath(root) for path in paths):
        return ()
    if is_project(root):
        found: Iterable[Path] = _discover([root], run.config).files
    else:
        patterns = ("*.py", "*/*.py", f"*{NOTEBOOK}", f"*/*{NOTEBOOK}")
        found = sorted(path for pattern in patterns for path in root.glob(pattern))
    return [path for path in found if not path.is_symlink() or path.exists()]


def _discover(paths: Sequence[Path], config: Config, force_exclude: bool = False) -> Discovery:
    return discover(
        paths,
        exclude=(*config.exclude, *config.extend_exclude),
        respect_gitignore=config.respect_gitignore,
        force_exclude=force_exclude,
        root=config.root,
    )


def _result(run: _Run, started: float, *, unused: bool = True) -> CheckResult:
    """The answer; a probe sees only part of a file, and calls no comment in it unused."""
    judging = cache(run.config.active) if unused else lambda name: frozenset[str]()
    kept, suppressed = suppress.apply(run.found, run.suppressions, judging)
    diagnostics = sorted(dict.fromkeys(kept), key=lambda diagnostic: diagnostic.sort_key)
    errors = sum(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    summary = Summary(
        files=len(run.sources),
        ship_points=run.ship_points,
        errors=errors,
        warnings=len(diagnostics) - errors,
        suppressed=suppressed,
        seconds=perf_counter() - started,
    )
    texts, names = _texts(diagnostics, run.sources), frozenset(s.name for s in run.sources)
    return CheckResult(tuple(diagnostics), tuple(sorted(run.problems)), summary, texts, names)


def _texts(diagnostics: Iterable[Diagnostic], sources: Iterable[SourceText]) -> dict[str, str]:
    read = {source.name: source for source in sources}
    shown = {label.span for diagnostic in diagnostics for label in diagnostic.labels}
    for name in {span.path for span in shown} - read.keys():
        with contextlib.suppress(UnreadableSource):  # gone since: shown without its lines
            read[name] = read_source(Path(name), name)
    typed = {span.where: _typed(span.path) for span in shown}
    return typed | {s.where: read[s.path].shown(s.cell) for s in shown if s.path in read}


def _typed(name: str) -> str:
    """What was typed into a notebook or at a prompt, which no file holds."""
    return "".join(linecache.getlines(name) or linecache.getlines(os.path.realpath(name)))
