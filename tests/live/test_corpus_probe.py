"""Real failures from public threads, run without Spark: what the live witness sees of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sparkguard.config import Config
from sparkguard.engine import judged
from sparkguard.live.launch import launch
from sparkguard.live.seen import Order
from sparkguard.result import ProbeResult
from tests.corpus import CORPUS, with_corpus

ON_WORKER = {"024", "042", "048"}
"""Failures of another kind: two call Spark on a worker, one pickles for processes of its own."""


def probe(path: Path) -> ProbeResult:
    return judged(launch(Order(str(path), worker=False)), Config(Path.cwd()), 0.0)


def probed(folder: str) -> dict[Path, ProbeResult]:
    """What could run: a script whose package is missing here stops at its import."""
    files = sorted((CORPUS / folder).glob("*.py"))
    with ThreadPoolExecutor(2) as pool:
        results = dict(zip(files, pool.map(probe, files), strict=True))
    return {
        path: result
        for path, result in results.items()
        if not any("ModuleNotFoundError" in problem.message for problem in result.problems)
    }


@with_corpus
def test_every_failure_of_pickling_is_found_at_the_call_that_was_marked() -> None:
    results = probed("fails")
    found = {path for path, result in results.items() if result.diagnostics}

    assert {path.name[:3] for path in set(results) - found} == ON_WORKER
    assert len(found) >= 15
    for path in found:
        lines = path.read_text(encoding="utf-8").splitlines()
        shipped = [one.ship_point for one in results[path].diagnostics]
        assert any("# BAD" in lines[at.span.start.line - 1] for at in shipped if at), path.name


@with_corpus
def test_nothing_is_found_in_the_repairs() -> None:
    results = probed("works")

    assert len(results) >= 20
    assert [path.name for path, result in results.items() if result.diagnostics] == []
