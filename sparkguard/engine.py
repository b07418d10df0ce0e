"""From paths, or from what a probe saw, to sorted findings: read, apply the rules, suppress."""

from __future__ import annotations

import contextlib
import linecache
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from glob import glob
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from sparkguard.cache import Cache, Question
from sparkguard.config import Config, is_project, load
from sparkguard.diagnostic import Diagnostic, Label, Position, Severity, Span
from sparkguard.result import CheckResult, ProbeResult, Problem, Summary, breakdown
from sparkguard.source.discover import Discovery, discover, is_folder
from sparkguard.source.text import NOTEBOOK, SourceText, UnreadableSource, display_name, read_source

if TYPE_CHECKING:  # what a kept answer does not need is imported where a new one is made
    from sparkguard.baseline import Baseline
    from sparkguard.fingerprint import Identity
    from sparkguard.live.seen import Order, Seen
    from sparkguard.model import Capture, ShipPoint
    from sparkguard.source.analysis import FileAnalysis, SyntaxProblem
    from sparkguard.suppress import Reported

FAILURE_LIMIT = 20
"""Files whose analysis may break down before the rest is given up: each one starts it anew."""

Progress = Callable[[int, int, str], None]
"""Told how many files are done, how many there are, and which one was the last."""
Around = Callable[[], Sequence[Path]]
"""The project's other Python files, which are looked for when they are first asked for."""


@dataclass(slots=True)
class _Run:
    """What one check has gathered so far."""

    config: Config
    progress: Progress | None = None
    sources: list[SourceText] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    found: list[Reported] = field(default_factory=list)
    commented: list[SourceText] = field(default_factory=list)
    ship_points: int = 0
    judged: set[str] = field(default_factory=set)
    accepted: Baseline | None = None


def check(
    paths: Iterable[str | Path],
    config: Config | None = None,
    *,
    stdin: SourceText | None = None,
    changed: Mapping[str, SourceText] | None = None,
    progress: Progress | None = None,
    kept: Cache | None = None,
) -> CheckResult:
    """Check files and folders; nothing of theirs is imported, run or unpickled.

    Args:
        paths: Files and folders; the project's other Python files are looked into where it helps.
        config: The settings; without them those of the project.
        stdin: A text to check besides, as if it stood in its file.
        changed: Texts that are checked instead of what stands in the files of these names.
        progress: Told of each file that is done.
        kept: Where answers are kept; none is looked for without it.

    Raises:
        ConfigError: The project's settings cannot be followed, or its baseline cannot be read.
    """
    started = perf_counter()
    given = [Path(path) for path in paths]
    run = _Run(config or load(common_folder(given)), progress)
    run.accepted = _baseline(run.config)
    asked = [*given, *([stdin.path] if stdin else [])]
    texts = {**(changed or {}), **({stdin.name: stdin} if stdin else {})}
    found = _discover(asked, run.config, force_exclude=run.config.force_exclude)
    around: Around = cache(partial(_around, run.config, given))
    result, keeper = None, None
    if kept and not texts and not found.problems:
        result, keeper = kept.find(_question(run, found.files, around))
    if result is None:
        result = _checked(run, found, keeper.around if keeper else around, texts)
        if keeper:
            keeper.store(result)
    return replace(result, summary=replace(result.summary, seconds=perf_counter() - started))


def _question(run: _Run, files: Sequence[Path], around: Around) -> Question:
    """What is asked; how findings are written, and what exit code they give, is no part of it."""
    settings = replace(run.config, output_format=None, fail_on="error")
    return Question(repr((settings, run.accepted)), tuple(files), around)


def _checked(
    run: _Run, found: Discovery, around: Around, texts: Mapping[str, SourceText]
) -> CheckResult:
    from sparkguard.source import gate

    started = perf_counter()
    _read(run, found, texts)
    # Of a file that can ship nothing, the rest of the project changes nothing.
    followed = any(gate.may_ship(source.text, run.config.own) for source in run.sources)
    for done, source in enumerate(_analysed(run, around() if followed else ()), 1):
        if run.progress:
            run.progress(done, len(run.sources), source.name)
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
    from sparkguard.checks import RULES
    from sparkguard.suppress import Reported

    run = _Run(config)
    points = [_told_more(probed.point, run) for probed in seen.probed]
    for point in points:
        active = config.active(point.span.path)
        rules = [rule.check for rule in RULES if rule.check and rule.code in active]
        run.found += [Reported.at(found, point) for rule in rules for found in rule(point)]
    run.problems += [Problem("", seen.failed)] if seen.failed else []
    run.commented = run.sources
    run.ship_points = len(points)
    result = _result(run, started, unused=False)
    return ProbeResult(
        result.diagnostics,
        result.problems,
        result.summary,
        result.texts,
        result.names,
        payloads=tuple(probed.payload for probed in seen.probed),
        remarks=seen.remarks,
        max_bytes=max_bytes,
    )


def _told_more(point: ShipPoint, run: _Run) -> ShipPoint:
    """A live ship point with what only the text knows: which call it is, where a value is bound."""
    from sparkguard.source.analysis import analyse

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
    from sparkguard.model import PROBED

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


def _read(run: _Run, found: Discovery, texts: Mapping[str, SourceText]) -> None:
    run.problems += found.problems
    for path in found.files:
        name = display_name(path)
        try:
            run.sources.append(texts.get(name) or read_source(path, name))
        except UnreadableSource as error:
            run.problems.append(Problem(name, str(error)))


def _analysed(run: _Run, around: Sequence[Path]) -> Iterator[SourceText]:
    """Check each source in turn; a breakdown of the analysis costs the one file that it met."""
    from sparkguard.source.analysis import analyse

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
    from sparkguard.checks import RULES
    from sparkguard.checks.meta import UNPARSEABLE_FILE
    from sparkguard.suppress import Reported

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
    run.commented.append(source)
    run.ship_points += len(points)
    run.judged |= set() if source.unparsed else {source.name}


def _unparseable(
    config: Config, source: SourceText, problem: SyntaxProblem | None
) -> Iterator[Diagnostic]:
    """What is no Python; notebooks that name nothing of Spark are not for us to judge."""
    from sparkguard.source import gate

    judged = gate.may_ship("\n".join(source.written.values()), config.own)
    for part in source.unparsed if judged else ():
        yield _sg002(part.span, part.reason, "file" if part.span.cell is None else "cell")
    if problem:
        start = Position(problem.line, problem.column)
        end = Position(problem.line, problem.column + 1)
        yield _sg002(source.span(start, end), problem.message, "file")


def _sg002(span: Span, reason: str, part: str) -> Diagnostic:
    from sparkguard.checks.meta import UNPARSEABLE_FILE

    rule = UNPARSEABLE_FILE
    label = Label(span, f"nothing in this {part} was checked", primary=True)
    message = f"cannot be parsed: {reason}"
    return Diagnostic(rule.code, rule.name, rule.severity, message, (label,))


def _around(config: Config, paths: Sequence[Path]) -> Sequence[Path]:
    """The project's other Python files; of a folder that is no project, only what is near."""
    root = config.root
    if any(os.path.realpath(path) == os.path.realpath(root) for path in paths):
        return ()
    if is_project(root):
        found: Iterable[Path] = _discover([root], config).files
    else:
        patterns = ("*.py", "*/*.py", f"*{NOTEBOOK}", f"*/*{NOTEBOOK}")
        # `Path.glob` ends where a folder is gone by the time that it is looked into.
        names = (name for pattern in patterns for name in glob(pattern, root_dir=root))  # noqa: PTH207
        found = sorted(root / name for name in names)
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
    from sparkguard import suppress
    from sparkguard.checks import RULES

    judging = cache(run.config.active) if unused else lambda name: frozenset[str]()
    paths = {path for reported in run.found for path, _, _ in reported.lines}
    comments = [s for source in run.commented for s in suppress.find(source, RULES, paths)]
    kept, suppressed = suppress.apply(run.found, comments, judging, run.config.require_reason)
    diagnostics = sorted(dict.fromkeys(kept), key=lambda diagnostic: diagnostic.sort_key)
    diagnostics, baselined, stale = _accepted(run, diagnostics)
    errors = sum(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    summary = Summary(
        files=len(run.sources),
        ship_points=run.ship_points,
        errors=errors,
        warnings=len(diagnostics) - errors,
        suppressed=suppressed,
        baselined=baselined,
        seconds=perf_counter() - started,
    )
    texts, names = _texts(diagnostics, run.sources), frozenset(s.name for s in run.sources)
    problems = tuple(sorted(run.problems))
    return CheckResult(tuple(diagnostics), problems, summary, texts, names, stale)


def _baseline(config: Config) -> Baseline | None:
    if config.baseline is None:
        return None
    from sparkguard import baseline

    return baseline.load(config.baseline)


def _accepted(
    run: _Run, found: list[Diagnostic]
) -> tuple[list[Diagnostic], int, Mapping[Identity, int]]:
    if run.accepted is None:
        return found, 0, {}
    active = cache(run.config.active)
    return run.accepted.accept(
        found, lambda name, code: name in run.judged and code in active(name)
    )


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
