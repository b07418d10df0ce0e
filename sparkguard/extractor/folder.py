"""A folder of pictures to a Parquet of features by Spark: the work of `sparkguard extract`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from .extractor import ImageFeatureExtractor
from .progress import watched
from .quiet import one_line, quiet_start
from .requirements import SetupError, need_java, need_packages, need_server
from .result import beside, may_go

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Progress = Callable[[int, int, float], None]
"""Told how many pictures of how many are done, and how many that is per second."""

_SQL = {
    # Tasks of some 16 files: the progress moves, and a stopped task loses little.
    "spark.sql.files.maxPartitionBytes": str(1 << 30),
    "spark.sql.files.openCostInBytes": str(1 << 26),
    # 10,000 pictures in one batch, the default, could be more than Arrow's 2 GB.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
}
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.host": "localhost",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What to extract, and where.

    Args:
        images: A folder, with all below it, or a glob, as Spark reads them.
        out: The Parquet to write.
        master: Spark's master, `local[*]`.
        remote: The address of a Spark Connect server instead of a master; paths are its own.
        overwrite: Whether `out` may be there already.
    """

    images: str
    out: str
    master: str = "local[*]"
    remote: str | None = None
    overwrite: bool = False

    @property
    def on_this_machine(self) -> bool:
        """Whether Spark's files are those of this process."""
        return (self.remote or self.master).startswith("local")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Args:
        pictures: How many there were.
        failures: How many have no features, by the first word of the reason.
        seconds: Wall-clock time from the first look at the folder to the last row written.
    """

    pictures: int
    seconds: float
    failures: dict[str, int] = field(default_factory=dict)


def extract_folder(
    order: Order, build: Callable[[], ImageFeatureExtractor], progress: Progress
) -> Outcome:
    """Write path, features and error of every file to a Parquet.

    Args:
        order: What to do.
        build: Makes the extractor; called when what can be known without it is known.
        progress: Is told how far it has come.

    Raises:
        SetupError: It cannot be done; nothing was written.
    """
    need_packages()
    if order.on_this_machine:
        need_java()
    elif order.remote:
        need_server(order.remote)
    if _is_local(order.out) and order.on_this_machine:
        may_go(Path(order.out), order.images, order.overwrite)
    extractor = build()
    with _written(order) as (target, mode), _session(order) as spark, one_line():
        start = monotonic()
        pictures = _pictures(order, spark)
        total = pictures.count()
        if not total:
            raise SetupError(f"no files in {order.images}")
        writer = extractor.transform(pictures).write.mode(mode)
        watched(spark, lambda: writer.parquet(target), total, progress)
        failures = _failures(spark.read.parquet(target))
        return Outcome(total, monotonic() - start, failures)


def _pictures(order: Order, spark: SparkSession) -> DataFrame:
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    return files.load(_as_spark_reads(order)).select("path", "content")


def _as_spark_reads(order: Order) -> str:
    """The path with its own brackets and stars escaped, if it is a path and no pattern."""
    if not (order.on_this_machine and _is_local(order.images) and os.path.exists(order.images)):  # noqa: PTH110
        return order.images
    whole = os.path.abspath(order.images)  # noqa: PTH100 - what Path makes of a link is another path
    return "".join(f"\\{each}" if each in "*?[]{}\\" else each for each in whole)


def _failures(rows: DataFrame) -> dict[str, int]:
    from pyspark.sql import functions as f

    reason = f.substring_index("error", ":", 1).alias("reason")
    counts = rows.where("error is not null").groupBy(reason).count()
    ordered = counts.orderBy(f.desc("count"), "reason").collect()
    return {row["reason"]: row["count"] for row in ordered}


@contextmanager
def _session(order: Order) -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("sparkguard extract")
    builder = builder.remote(order.remote) if order.remote else builder.master(order.master)
    settings = {**_LOCAL, **_SQL} if order.on_this_machine else _SQL
    for key, setting in settings.items():
        builder = builder.config(key, setting)
    if order.on_this_machine:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else it is `python3` of the path
        with quiet_start():
            spark = builder.getOrCreate()
    else:
        with one_line():
            spark = builder.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


def _is_local(path: str) -> bool:
    return "://" not in path


@contextmanager
def _written(order: Order) -> Iterator[tuple[str, str]]:
    """Where to write and in which of Spark's modes; a stopped run leaves nothing behind.

    On this machine Spark writes beside the result, which takes its place when Spark has ended.
    Elsewhere Spark's own committer does what the file system there allows.
    """
    if order.on_this_machine and _is_local(order.out):
        with beside(Path(order.out)) as target:
            yield str(target), "error"
    else:
        yield order.out, "overwrite" if order.overwrite else "error"
