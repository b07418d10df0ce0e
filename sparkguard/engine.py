"""From paths, or from what a probe saw, to sorted findings: read, apply the rules, suppress."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from glob import glob
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from sparkguard.answer import Run, answer
from sparkguard.cache import Cache
from sparkguard.config import Config, is_project, load
from sparkguard.result import CheckResult, ProbeResult, Problem
from sparkguard.shelf import Shelf
from sparkguard.source.discover import Discovery, discover, is_folder
from sparkguard.source.text import NOTEBOOK, SourceText, UnreadableSource, display_name, read_source
from sparkguard.verdict import Verdict

if TYPE_CHECKING:  # what kept verdicts do not need is imported where new ones are made
    from sparkguard.baseline import Baseline
    from sparkguard.judge import Judge
    from sparkguard.live.seen import Order, Seen
    from sparkguard.model import Capture, ShipPoint

FAILURE_LIMIT = 20
"""Files whose analysis may break down before the rest is given up."""

_COLLECT = (100_000, 50, 500)
"""After how many new objects, and how many rounds, the garbage collector looks for cycles."""

Progress = Callable[[int, int, str], None]
"""Told how many files are done, how many there are, and which one was the last."""
Around = Callable[[], Sequence[Path]]
"""The project's other Python files, which are looked for when they are first asked for."""


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
    run = Run(config or load(common_folder(given)))
    run.accepted = _baseline(run.config)
    asked = [*given, *([stdin.path] if stdin else [])]
    texts = {**(changed or {}), **({stdin.name: stdin} if stdin else {})}
    found = _discover(asked, run.config, force_exclude=run.config.force_exclude)
    run.problems += found.problems
    around = partial(_around, run.config, given)
    judge, shelf = _at_work(run, found.files, around, None if texts else kept)
    _read(run, found.files, texts, shelf)
    with _few_collections():
        for name, verdict in _judged(run, judge, jobs, progress):
            if shelf:
                shelf.put(run.paths[name], verdict)
    if shelf:
        shelf.save()
    return answer(run, started)


def _at_work(
    run: Run, files: Sequence[Path], around: Around, kept: Cache | None
) -> tuple[Callable[[], Judge], Shelf | None]:
    """Gives who judges, made when first asked for, and what is kept of earlier answers."""

    @cache
    def judge() -> Judge:
        from sparkguard.judge import Judge

        return Judge(run.config, project, shelf)

    def project() -> Sequence[Path]:
        return [*(shelf.around if shelf else around()), *files]

    shelf = Shelf(kept, _settings(run.config), files, around, judge) if kept else None
    return judge, shelf


@contextlib.contextmanager
def _few_collections() -> Iterator[None]:
    """What is made is needed to the end: to look for garbage as often as Python does takes long."""
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

    run = Run(config)
    points = [_told_more(probed.point, run) for probed in seen.probed]
    found = (reported(point, config.active(point.span.path)) for point in points)
    for name, source in run.sources.items():
        run.verdicts[name] = Verdict(comments=tuple(find(source, RULES)))
    run.verdicts[""] = Verdict(tuple(chain.from_iterable(found)), ship_points=len(points))
    run.problems += [Problem("", seen.failed)] if seen.failed else []
    result = answer(run, started, unused=False)
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


def _told_more(point: ShipPoint, run: Run) -> ShipPoint:
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
    run: Run, files: Iterable[Path], texts: Mapping[str, SourceText], shelf: Shelf | None
) -> None:
    """Reads the files of which nothing is kept that still holds."""
    read = shelf.read if shelf else read_source
    for path in files:
        name = display_name(path)
        verdict = shelf.get(path) if shelf else None
        try:
            if verdict:
                run.verdicts[name] = verdict
            else:
                run.sources[name] = texts.get(name) or read(path, name)
            run.paths[name] = path
        except UnreadableSource as error:
            run.problems.append(Problem(name, str(error)))


def _judged(
    run: Run, judge: Callable[[], Judge], jobs: int, progress: Progress | None
) -> Iterator[tuple[str, Verdict]]:
    """Judges each source in turn; a breakdown of the analysis costs the one file that it met."""
    if not run.sources:
        return
    sources, failures = [*run.sources.values()], 0
    said = _said(judge(), sources, jobs)
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
        if progress:
            progress(done, len(sources), source.name)
        yield source.name, verdict


def _said(judge: Judge, sources: Sequence[SourceText], jobs: int) -> Iterator[Verdict | Problem]:
    """What is said of each source, by several processes where there is work for them."""
    from sparkguard import processes

    number = min(jobs or processes.worthwhile(len(sources)), len(sources))
    if number == 1:
        return map(judge.knowing(sources), sources)
    shared = judge.to_share().knowing(sources)
    return processes.in_order(shared, processes.shares(sources, _weight, number))


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


def _baseline(config: Config) -> Baseline | None:
    if config.baseline is None:
        return None
    from sparkguard import baseline

    return baseline.load(config.baseline)
