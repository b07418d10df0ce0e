"""Runs the extractor in a process of its own, on a Spark that the tests' session is not like."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.spark_programs import HERE, QUIET

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from sparkguard.extractor import ImageFeatureExtractor


def run(program: str, weights: str, pictures: Path) -> dict[str, Any]:
    """What a program of this module answers about a folder of pictures."""
    out = pictures.with_name(f"{program}.json")
    # Told that it is tested, Spark Connect listens on any free port.
    environment = {**os.environ, "PYTHONPATH": str(HERE), "SPARK_TESTING": "1"}
    command = [sys.executable, "-m", "tests.extractor.elsewhere", program, weights, pictures, out]
    subprocess.run([*map(str, command)], cwd=HERE, env=environment, check=True)
    answer: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return answer


def connect(weights: str, pictures: str) -> dict[str, Any]:
    """Spark Connect in local mode, by both ways in, and what it says of a broadcast."""
    from pyspark.sql import SparkSession

    from sparkguard.extractor import ImageFeatureExtractor, SetupError

    spark = SparkSession.builder.remote("local[2]").config(map=QUIET).getOrCreate()
    extractor = ImageFeatureExtractor("resnet18", weights)
    df = _files(spark, pictures)
    refused = ""
    try:
        sent = ImageFeatureExtractor("resnet18", weights, distribution="broadcast")
        sent.transform(df)
    except SetupError as error:
        refused = str(error)
    answer = {**_both(extractor, df), "refused": refused, "kind": type(spark).__module__}
    spark.stop()
    return answer


def harsh(weights: str, pictures: str) -> dict[str, Any]:
    """Classic, with a new worker for each task, our daemon, and workers that die the first time."""
    from pyspark import TaskContext
    from pyspark.sql import SparkSession

    from sparkguard.extractor import ImageFeatureExtractor

    builder = SparkSession.builder.master("local[2,3]").config(map=QUIET)
    builder = builder.config("spark.python.worker.reuse", "false")
    builder = builder.config("spark.python.daemon.module", "sparkguard.extractor.daemon")
    spark = builder.getOrCreate()
    extractor = ImageFeatureExtractor("resnet18", weights, batch_size=2)
    df = _files(spark, pictures).repartition(3)

    def dies(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from batches
        task = TaskContext.get()
        if task is None or task.attemptNumber() == 0:
            os._exit(1)

    def modules(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            yield batch.assign(torch="torch" in sys.modules)

    failing = extractor.transform(df.mapInArrow(dies, df.schema))
    there = spark.range(2).mapInPandas(modules, "id long, torch boolean").collect()
    answer = {
        **_both(extractor, df),
        "retried": _by_path(failing.collect()),
        "torch": [row["torch"] for row in there],
    }
    spark.stop()
    return answer


def _files(spark: SparkSession, pictures: str) -> DataFrame:
    return spark.read.format("binaryFile").load(pictures).select("path", "content")


def _both(extractor: ImageFeatureExtractor, df: DataFrame) -> dict[str, Any]:
    mapped = extractor.transform(df).collect()
    column = df.select("path", extractor(df.content).alias("found")).select("path", "found.*")
    return {"mapped": _by_path(mapped), "column": _by_path(column.collect())}


def _by_path(rows: list[Any]) -> dict[str, Any]:
    return {Path(row["path"]).name: [row["features"], row["error"]] for row in rows}


PROGRAMS: dict[str, Callable[[str, str], dict[str, Any]]] = {"connect": connect, "harsh": harsh}

if __name__ == "__main__":
    _, name, weights, pictures, out = sys.argv
    Path(out).write_text(json.dumps(PROGRAMS[name](weights, pictures)), encoding="utf-8")
