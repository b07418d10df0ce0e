"""From paths, or from what a probe saw, to sorted findings: read, apply the rules, suppress."""

from __future__ import annotations

import contextlib
import gc
import linecache
import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from glob import glob
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from sparkguard.cache import Cache, Shelf
from sparkguard.config import Config, is_project, load
from sparkguard.diagnostic import Diagnostic, Severity
from sparkguard.result import CheckResult, ProbeResult, Problem, Summary
from sparkguard.source.discover import Discovery, discover, is_folder
from sparkguard.source.text import NOTEBOOK, SourceText, UnreadableSource, display_name, read_source
from sparkguard.verdict import Verdict

if TYPE_CHECKING:  # what kept verdicts do not need is imported where new ones are made
    from sparkguard.baseline import Baseline
    from sparkguard.fingerprint import Identity
    from sparkguard.live.seen import Order, Seen
    from sparkguard.model import Capture, ShipPoint
    from sparkguard.verdict import Suppression

FAILURE_LIMIT = 20
"""Files whose analysis may break down before the rest is given up."""

_COLLECT = (100_000, 50, 500)
"""After how many new objects, and how many rounds, the garbage collector looks for cycles."""

Progress = Callable[[int, int, str], None]
"""Told how many files are done, how many there are, and which one was the last."""
Around = Callable[[], Sequence[Path]]
"""The project's other Python files, which are looked for when they are first asked for."""


@dataclass(slots=True)
class _Run:
    """What one check has gathered so far."""

    config: Config
    progress: Progress | None = None
    accepted: Baseline | None = None
    paths: dict[str, Path] = field(default_factory=dict)
    sources: dict[str, SourceText] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)


def check(
    paths: Iterable[str | Path],
    config: Config | None = None,
    *,
    stdin: SourceText | None = None,
    changed: Mapping[str, SourceText] | None = None,
    progress: Progress | None = None,
    kept: Cache | None = None,
    jobs: int = 1,
) -> CheckResult:
    """Check files and folders; nothing of theirs is imported, run or unpickled.

    Args:
        paths: Files and folders; the project's other Python files are looked into where it helps.
        config: The settings; without them those of the project.
        stdin: A text to check besides, as if it stood in its file.
        changed: Texts that are checked instead of what stands in the files of these names.
        progress: Told of each file that is done.
        kept: Where answers are kept; none is looked for without it.
        jobs: How many processes share the work; 0 for as many as are worth it.

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
    run.problems += found.problems
    around = partial(_around, run.config, given)
    shelf = kept.shelf(_settings(run.config), found.files, around) if kept and not texts else None
    _read(run, found.files, texts, shelf)
    with _few_collections():
        for name, verdict in _judged(run, (lambda: shelf.around) if shelf else around, jobs):
            if shelf:
                shelf.put(run.paths[name], verdict)
    if shelf:
        shelf.save()
    return _result(run, started)


@contextlib.contextmanager
def _few_collections() -> Iterator[None]:
    """Trees and facts hold no cycles: to look for some as often as Python does takes long."""
    thresholds = gc.get_threshold()
    gc.set_threshold(*_COLLECT)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def _settings(config: Config) -> str:
    """What a verdict depends on; how findings are written, and what exit code they give, is not."""
    return repr(replace(config, output_format=None, fail_on="error", baseline=None))


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
    from sparkguard.judge import reported
    from sparkguard.suppress import find

    run = _Run(config)
    points = [_told_more(probed.point, run) for probed in seen.probed]
    found = (reported(point, config.active(point.span.path)) for point in points)
    for name, source in run.sources.items():
        run.verdicts[name] = Verdict(comments=tuple(find(source, RULES)))
    run.verdicts[""] = Verdict(tuple(chain.from_iterable(found)), ship_points=len(points))
    run.problems += [Problem("", seen.failed)] if seen.failed else []
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
    name = point.span.path
    if name not in run.sources:
        with contextlib.suppress(UnreadableSource):
            run.sources[name] = read_source(Path(name), name)
    if name in run.sources:
        targets, own = point.targets, run.config.own
        (analysis,) = analyse([run.sources[name]], targets=targets, own=own)
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


def _read(
    run: _Run, files: Iterable[Path], texts: Mapping[str, SourceText], shelf: Shelf | None
) -> None:
    """Reads the files of which nothing is kept that still holds."""
    for path in files:
        name = display_name(path)
        verdict = shelf.get(path) if shelf else None
        try:
            if verdict:
                run.verdicts[name] = verdict
            else:
                run.sources[name] = texts.get(name) or read_source(path, name)
            run.paths[name] = path
        except UnreadableSource as error:
            run.problems.append(Problem(name, str(error)))


def _judged(run: _Run, around: Around, jobs: int) -> Iterator[tuple[str, Verdict]]:
    """Judges each source in turn; a breakdown of the analysis costs the one file that it met."""
    if not run.sources:
        return
    sources, failures = [*run.sources.values()], 0
    said = _said(run, sources, around, jobs)
    for done, (source, verdict) in enumerate(zip(sources, said, strict=True), 1):
        if failures == FAILURE_LIMIT:
            words = f"not checked, like all files after it: {failures} files broke the analysis"
            run.problems.append(Problem(source.name, words))
            return
        if isinstance(verdict, Problem):
            run.problems.append(verdict)
            failures += 1
            continue
        run.verdicts[source.name] = verdict
        if run.progress:
            run.progress(done, len(sources), source.name)
        yield source.name, verdict


def _said(
    run: _Run, sources: Sequence[SourceText], around: Around, jobs: int
) -> Iterator[Verdict | Problem]:
    """What is said of each source, by several processes where there is work for them."""
    from sparkguard import processes
    from sparkguard.judge import Judge

    kept = [path for name, path in run.paths.items() if name in run.verdicts]
    number = min(jobs or processes.worthwhile(len(sources)), len(sources))
    if number == 1:
        return map(Judge(run.config, sources, lambda: [*kept, *around()]), sources)
    judge = Judge(run.config, sources, partial(tuple, [*kept, *around()]))
    return processes.in_order(judge, processes.shares(sources, _weight, number))


def _weight(source: SourceText) -> int:
    """How much work a file is: about as much as there is text."""
    return len(source.text)


def _around(config: Config, paths: Sequence[Path]) -> Sequence[Path]:
    """The project's other Python files; of a folder that is no project, only what is near."""
    root = config.root
    if any(os.path.realpath(path) == os.path.realpath(root) for path in paths):
        return ()
    if is_project(root):
        return _discover([root], config, broken_links=False).files
    patterns = ("*.py", "*/*.py", f"*{NOTEBOOK}", f"*/*{NOTEBOOK}")
    # `Path.glob` ends where a folder is gone by the time that it is looked into.
    names = (name for pattern in patterns for name in glob(pattern, root_dir=root))  # noqa: PTH207
    found = sorted(root / name for name in names)
    return [path for path in found if not path.is_symlink() or path.exists()]


def _discover(
    paths: Sequence[Path],
    config: Config,
    *,
    force_exclude: bool = False,
    broken_links: bool = True,
) -> Discovery:
    return discover(
        paths,
        exclude=(*config.exclude, *config.extend_exclude),
        respect_gitignore=config.respect_gitignore,
        force_exclude=force_exclude,
        broken_links=broken_links,
        root=config.root,
    )


def _result(run: _Run, started: float, *, unused: bool = True) -> CheckResult:
    """The answer; a probe sees only part of a file, and calls no comment in it unused."""
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


def _unsilenced(run: _Run, active: Callable[[str], frozenset[str]]) -> tuple[list[Diagnostic], int]:
    """The findings that no comment silences, with those about comments, and how many others."""
    names = [name for name in run.paths or run.verdicts if name in run.verdicts]
    found = [reported for name in names for reported in run.verdicts[name].found]
    elsewhere = {path for reported in found for path, _, _ in reported.lines}
    comments = [comment for name in names for comment in _comments(run, name, elsewhere)]
    if not comments:
        return [reported.diagnostic for reported in found], 0
    from sparkguard import suppress

    return suppress.apply(found, comments, active, run.config.require_reason)


def _comments(run: _Run, name: str, reported: Container[str]) -> Iterable[Suppression]:
    """What silences in a file, a bare `noqa` included where another file's finding is reported."""
    verdict = run.verdicts[name]
    source = _source(run, name) if name in reported and not verdict.found else None
    if source is None or not verdict.parsed:
        return verdict.comments
    from sparkguard.checks import RULES
    from sparkguard.suppress import find

    return find(source, RULES)


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
    whole = {name for name, verdict in run.verdicts.items() if verdict.whole}
    return run.accepted.accept(found, lambda name, code: name in whole and code in active(name))


def _texts(diagnostics: Iterable[Diagnostic], run: _Run) -> dict[str, str]:
    shown = {label.span for diagnostic in diagnostics for label in diagnostic.labels}
    read = {path: _source(run, path) for path in {span.path for span in shown}}
    return {
        span.where: source.shown(span.cell) if (source := read[span.path]) else _typed(span.path)
        for span in shown
    }


def _source(run: _Run, name: str) -> SourceText | None:
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
