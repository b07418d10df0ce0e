"""The large run: `nox -s agreement -- --programs 5000 --seed 1`."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.differential.draft import write
from tests.differential.report import keep, page
from tests.differential.spark_verdict import start
from tests.differential.trial import Trial, drawn, schedule, trial

PAGE = Path(__file__).parents[2] / "benchmarks/agreement.md"


def main() -> None:
    """Runs the programs, writes the page, and keeps the disagreements where it is asked to."""
    arguments = _arguments()
    started = time.monotonic()
    trials = list(_run(arguments.programs, arguments.seed, arguments.processes))
    seconds = time.monotonic() - started
    arguments.output.write_text(page(trials, arguments.seed, seconds), encoding="utf-8")
    if arguments.keep:
        keep(trials, arguments.keep)
    broken = [one for one in trials if one.broken]
    for one in broken[:3]:
        sys.stderr.write(f"{write(one.program).files[-1][1]}\n{one.broken[-2000:]}\n")
    if broken:
        sys.exit(f"{len(broken)} programs are broken: the generator is at fault")


def _run(count: int, seed: int, processes: int) -> Iterator[Trial]:
    fresh = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(processes, mp_context=fresh) as pool,
    ):
        shares = [(count, seed, share, processes, folder) for share in range(processes)]
        for trials in pool.map(_share, *zip(*shares, strict=True)):
            yield from trials


def _share(count: int, seed: int, share: int, processes: int, folder: str) -> list[Trial]:
    """Every `processes`-th program, in a session of its own."""
    root = Path(folder) / f"process{share}"
    root.mkdir()
    spark, trials = start(root), []
    for number, ship in enumerate(schedule(count, seed)):
        if number % processes == share:
            trials.append(trial(number, drawn(number, ship, seed), root, spark))
            if len(trials) % 50 == 0:
                sys.stderr.write(f"process {share}: {len(trials)} programs\n")
    spark.stop()
    return trials


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=5000, help="how many, about")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same programs")
    parser.add_argument("--processes", type=int, default=2, help="each with a Spark of its own")
    parser.add_argument("--keep", type=Path, help="a folder for what the two disagree on")
    parser.add_argument("--output", type=Path, default=PAGE, help="the page that is written")
    return parser.parse_args()


if __name__ == "__main__":
    main()
