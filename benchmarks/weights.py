"""What the SG4xx rules warn of, measured: bytes of the function, seconds of a job of many tasks.

Each case runs the same job twice on one local Spark: as the rule's page must not have it, and as it
should. `python benchmarks/weights.py --write benchmarks/weights.md`
"""

from __future__ import annotations

import argparse
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyspark
from pyspark import SparkContext
from pyspark.cloudpickle import dumps
from pyspark.sql import SparkSession

TASKS = 32
ROUNDS = 3
_INTRODUCTION = """\
# What a heavy closure costs

Written by `python benchmarks/weights.py --write benchmarks/weights.md`: PySpark {pyspark}, Python
{python}, `local[2]` on {cores} cores. Bytes are those of the pickled function; *unpickling* is the
CPU time that each task needs for the bad one. A job is {tasks} tasks of one row, the best of
{rounds} after one that warms the workers, on a machine that had other work to do.

"""
_MODULE = """\
import time

table = None


def lookup(number):
    global table
    if table is None:
        time.sleep(0.5)
        table = {0: "zero"}
    return len(table)
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One rule: what ships in its bad and in its good program."""

    code: str
    what: str
    bad: Callable[..., Any]
    good: Callable[..., Any]


def _forest() -> object:
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor

    features = np.random.default_rng(1).random((4000, 8))
    return RandomForestRegressor(60, n_jobs=1, random_state=1).fit(features, features.sum(axis=1))


class Pricing:
    """Holds a model beside the rate that the function needs."""

    def __init__(self, model: object) -> None:
        self.model, self.rate = model, 3

    def whole(self) -> Callable[[int], int]:
        """Takes the model along."""
        return lambda x: x * self.rate

    def value(self) -> Callable[[int], int]:
        """Takes the rate along."""
        rate = self.rate
        return lambda x: x * rate


table = None


def lookup(number: int) -> int:
    """Loads a table that takes 500 ms, and keeps it in a global of the script."""
    global table  # noqa: PLW0603 - it is what is measured
    if table is None:
        time.sleep(0.5)
        table = {0: "zero"}
    return len(table)


def cases(sc: SparkContext, folder: Path) -> list[Case]:
    """The cases, each of a few megabytes, as people have them."""
    forest: Any = _forest()
    rows = {number: f"customer {number}" for number in range(300_000)}
    shared, names = sc.broadcast(forest), sc.broadcast(rows)
    value, pricing = names.value, Pricing(forest)
    (folder / "kept_by_module.py").write_text(_MODULE, encoding="utf-8")
    sys.path.insert(0, str(folder))
    import kept_by_module  # type: ignore[import-not-found]

    return [
        Case("SG401", "`self.rate` beside a random forest", pricing.whole(), pricing.value()),
        Case(
            "SG402",
            "a random forest of 60 trees",
            lambda x: len(forest.estimators_),
            lambda x: len(shared.value.estimators_),
        ),
        Case(
            "SG403",
            "a table of 300,000 rows from a broadcast",
            lambda x: value[x],
            lambda x: names.value[x],
        ),
        Case(
            "SG404",
            "a dict of 300,000 collected rows",
            lambda x: rows[x],
            lambda x: names.value[x],
        ),
        Case("SG408", "a table that takes 500 ms to load", lookup, kept_by_module.lookup),
    ]


def pickled(function: Callable[..., Any]) -> bytes:
    """What Spark sends of a function."""
    payload: bytes = dumps(function)  # type: ignore[no-untyped-call]
    return payload


def unpickling(payload: bytes) -> float:
    """The CPU milliseconds that one task needs to unpickle a function, the best of some."""
    taken = []
    for _ in range(ROUNDS):
        started = time.process_time()
        pickle.loads(payload)  # noqa: S301 - made just before
        taken.append(time.process_time() - started)
    return min(taken) * 1000


def seconds(sc: SparkContext, function: Callable[..., Any]) -> float:
    """The best time of a job of `TASKS` tasks of one row, after one that warms the workers."""
    rows = sc.parallelize(range(TASKS), TASKS)
    taken = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        rows.map(function).collect()
        taken.append(time.perf_counter() - started)
    return min(taken[1:])


def table_of(sc: SparkContext, folder: Path) -> str:
    """The page: a row for each case."""
    lines = [
        "| rule | what | bytes, bad | bytes, good | unpickling, ms | job, bad | job, good |",
        "|---|---|---|---|---|---|---|",
    ]
    timed = [(case, seconds(sc, case.bad), seconds(sc, case.good)) for case in cases(sc, folder)]
    for case, *times in timed:
        bad, good = pickled(case.bad), pickled(case.good)
        lines.append(
            f"| {case.code} | {case.what} | {len(bad):,} | {len(good):,} "
            f"| {unpickling(bad):.0f} | {times[0]:.2f} s | {times[1]:.2f} s |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measures, prints, and writes the page where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ["PYSPARK_PYTHON"] = sys.executable
        os.environ["PYTHONPATH"] = f"{name}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        quiet: dict[str, bool | float | int | str | None] = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        builder = SparkSession.builder.master("local[2]").config("spark.log.level", "OFF")
        spark = builder.config(map=quiet).getOrCreate()
        page = _INTRODUCTION.format(
            pyspark=pyspark.__version__,
            python=sys.version.split()[0],
            cores=os.cpu_count(),
            rounds=ROUNDS,
            tasks=TASKS,
        ) + table_of(spark.sparkContext, Path(name))
        spark.stop()
    sys.stdout.write(page)
    if options.write:
        options.write.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
