"""What SG405, SG406, SG407 and SG501 speak of, on real Spark: seconds and bytes; and the threads.

Random weights of a fixed seed, one worker, one thread, wall-clock time; each way runs once to warm
its worker, then `--rounds` times, interleaved, and the best round counts.

    python -m benchmarks.inference --write benchmarks/inference.md
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import torch
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf

from benchmarks.inference_ways import (
    BATCH,
    FOLDER,
    FOREST,
    SHAPE,
    STATE,
    forest_loaded_per_row,
    forest_per_batch,
    forest_per_row,
    network,
    network_built_per_row,
    network_per_batch,
    network_per_row,
)

ROWS, PICTURES = 2_000, 48


@dataclass(frozen=True, slots=True)
class Way:
    """One way to do a thing: the rule that speaks of it, what it is, how many rows it takes."""

    rule: str
    words: str
    rows: int
    run: Callable[[DataFrame], DataFrame]


def prepare() -> None:
    """Writes a forest of 100 trees and the parameters of a resnet18."""
    import joblib
    from sklearn.ensemble import RandomForestRegressor
    from torchvision import models

    FOLDER.mkdir(exist_ok=True)
    rng = np.random.default_rng(5063)
    numbers = rng.random((1_000, 4))
    forest = RandomForestRegressor(100, max_depth=8, random_state=0)
    joblib.dump(forest.fit(numbers, numbers.sum(axis=1)), FOREST)
    torch.manual_seed(5063)
    torch.save(models.resnet18(weights=None).state_dict(), STATE)


def _udf(predict: Callable[[int], float]) -> Callable[[DataFrame], DataFrame]:
    return lambda frame: frame.select(sf.udf(predict, "double")("id").alias("y"))


def _in_pandas(
    predict: Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]],
) -> Callable[[DataFrame], DataFrame]:
    return lambda frame: frame.mapInPandas(predict, "y double")


WAYS = (
    Way("SG405", "`joblib.load` of a forest for each row", 100, _udf(forest_loaded_per_row)),
    Way("SG405", "the same forest, kept by the worker", ROWS, _udf(forest_per_row)),
    Way("SG405", "a resnet18 built and loaded for each row", PICTURES, _udf(network_built_per_row)),
    Way("SG405", "the same resnet18, kept by the worker", PICTURES, _udf(network_per_row)),
    Way("SG406", "a forest on one row at a time", ROWS, _udf(forest_per_row)),
    Way("SG406", "a forest on batches of 16", ROWS, _in_pandas(forest_per_batch)),
    Way("SG406", "a resnet18 on one row at a time", PICTURES, _udf(network_per_row)),
    Way("SG406", "a resnet18 on batches of 16", PICTURES, _in_pandas(network_per_batch)),
)


def measure(spark: SparkSession, rounds: int) -> dict[Way, float]:
    """The best seconds per row of each way."""
    best: dict[Way, float] = {}
    for number in range(rounds + 1):
        for way in WAYS:
            frame = spark.range(0, way.rows, 1, 1)
            started = perf_counter()
            way.run(frame).agg(sf.sum("y")).collect()
            if number:
                seconds = (perf_counter() - started) / way.rows
                best[way] = min(best.get(way, seconds), seconds)
    return best


def strings(spark: SparkSession, rounds: int) -> Iterator[tuple[str, float]]:
    """Microseconds per row of three functions, as a udf and as Spark's own."""
    rows = 500_000
    frame = spark.range(0, rows, 1, 1).select(sf.concat(sf.lit("Row "), "id").alias("s")).cache()
    frame.count()
    text = sf.col("s")
    ways = {
        "`udf(lambda s: s.upper())`": sf.udf(lambda s: s.upper(), "string")(text),
        "`F.upper`": sf.upper(text),
        "`udf(len)`": sf.udf(len, "int")(text),
        "`F.length`": sf.length(text),
    }
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds + 1):
        for name, column in ways.items():
            started = perf_counter()
            frame.agg(sf.max(column)).collect()
            best[name] = min(best[name], (perf_counter() - started) / rows * 1e6)
    yield from best.items()


def forward(record: bool) -> tuple[float, float]:
    """Seconds and peak MB of a batch of 16 through a resnet18, with and without gradients."""
    torch.set_num_threads(1)
    model, batch = network(), torch.rand(SHAPE)
    with torch.inference_mode():
        model(batch[:1])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    best = float("inf")
    for _ in range(3):
        started = perf_counter()
        with torch.set_grad_enabled(record):
            kept = model(batch)
        best = min(best, perf_counter() - started)
        del kept
    return best, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def threads(spark: SparkSession) -> tuple[int, str]:
    """How many threads PyTorch takes in a worker, and what Spark told it."""

    @sf.udf("string")
    def seen(_: int) -> str:
        import torch

        return f"{torch.get_num_threads()} {os.environ.get('OMP_NUM_THREADS')}"

    (row,) = spark.range(1).select(seen("id")).collect()
    number, told = row[0].split()
    return int(number), told


def _forward_apart(record: bool) -> tuple[float, float]:
    """The same in a process of its own: what a process once took, it keeps."""
    import multiprocessing

    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(forward, (record,))


def report(rounds: int) -> Iterator[str]:
    """The page, line by line."""
    prepare()
    session = SparkSession.builder.master("local[1]")
    spark = session.config("spark.sql.execution.arrow.maxRecordsPerBatch", BATCH).getOrCreate()
    names = ", ".join(f"{p} {version(p)}" for p in ("pyspark", "torch", "torchvision"))
    more = ", ".join(f"{p} {version(p)}" for p in ("scikit-learn", "joblib"))
    yield "# What the warnings about shipped code cost"
    yield ""
    yield f"Written by `python -m benchmarks.inference --write`; the best of {rounds} rounds, one"
    yield f"worker. Python {platform.python_version()}, {names}, {more}; {os.cpu_count()} cores."
    yield ""
    yield "| rule | way | ms per row |"
    yield "|---|---|---|"
    for way, seconds in measure(spark, rounds).items():
        yield f"| {way.rule} | {way.words} | {seconds * 1e3:,.2f} |"
    yield ""
    yield "| SG407, way | µs per row |"
    yield "|---|---|"
    for name, micros in strings(spark, rounds):
        yield f"| {name} | {micros:.2f} |"
    yield ""
    yield f"| SG501, a batch of {BATCH} through a resnet18, one thread | ms | MB more at the peak |"
    yield "|---|---|---|"
    for words, record in (("with gradients", True), ("without", False)):
        seconds, megabytes = _forward_apart(record)
        yield f"| {words} | {seconds * 1e3:.0f} | {megabytes:.0f} |"
    yield ""
    number, told = threads(spark)
    yield f"PyTorch takes {number} thread in a worker: Spark sets `OMP_NUM_THREADS={told}` there."
    spark.stop()


def main() -> None:
    """Prints the page, and writes it where it is asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each way is timed")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    lines = []
    for line in report(options.rounds):
        print(line, flush=True)
        lines.append(line + "\n")
    if options.write:
        options.write.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
