"""Three ways for weights to reach the workers; what is pickled is a name, never the weights.

| way | where | how |
|---|---|---|
| `path` | one machine, or a folder that all see | workers open the file where it is |
| `broadcast` | classic | Spark sends the bytes once to each executor, which keeps a file of them |
| `files` | classic, and Connect, which has no broadcast | Spark copies the file to each executor |
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from .requirements import SetupError
from .weights import WeightsFile, write_once

if TYPE_CHECKING:
    from pyspark import Broadcast
    from pyspark.sql import SparkSession

WAYS = ("auto", "broadcast", "files", "path")


class Shipped(Protocol):
    """Weights on their way; small, and all that a worker needs to find them."""

    @property
    def name(self) -> str:
        """The file's name, which tells its content."""

    def locate(self) -> str:
        """On a worker: the path of the file."""


@dataclass(frozen=True, slots=True)
class AtPath:
    """A file that every worker sees at one path."""

    name: str
    path: str

    def locate(self) -> str:
        """The path, as the driver knows it."""
        return self.path


@dataclass(frozen=True, slots=True)
class InSparkFiles:
    """A file that Spark has copied to each executor."""

    name: str

    def locate(self) -> str:
        """The path of this executor's copy."""
        from pyspark import SparkFiles

        return SparkFiles.get(self.name)


@dataclass(frozen=True, slots=True)
class InBroadcast:
    """The bytes of a file, which Spark sends once to each executor.

    The first worker that needs them writes them to its executor's folder, and all its workers map
    that file: a value that each worker unpickled would be a copy in each worker's memory.
    """

    name: str
    content: Broadcast[bytes]

    def locate(self) -> str:
        """The path of this executor's file, written if it is not there yet."""
        from pyspark import SparkFiles

        folder = Path(SparkFiles.getRootDirectory())
        there = folder / self.name
        return str(there if there.exists() else self._written(folder))

    def _written(self, folder: Path) -> Path:
        return write_once(folder, self.name, io.BytesIO(self.content.value))


def ship(weights: WeightsFile, way: str, spark: SparkSession) -> Shipped:
    """Make weights available to the workers of a session, once however often it is asked.

    Args:
        weights: The file on the driver.
        way: One of `WAYS`. `auto` is `path` in local mode, `files` on Connect, else `broadcast`.
        spark: A session, classic or Connect.

    Raises:
        SetupError: A broadcast on Connect.
    """
    remote = is_connect(spark)
    if way == "auto":
        way = "files" if remote else "path" if _is_local(spark) else "broadcast"
    if way == "path":
        return AtPath(weights.name, weights.path)
    if way == "broadcast" and remote:
        raise SetupError("Spark Connect has no broadcast: use distribution `files` or `path`")
    owner = str(spark.session_id if remote else spark.sparkContext.applicationId)  # type: ignore[attr-defined]
    key = (owner, way, weights.name)
    if key not in _SHIPPED:
        _SHIPPED[key] = _broadcast(weights, spark) if way == "broadcast" else _add(weights, spark)
    return _SHIPPED[key]


_SHIPPED: dict[tuple[str, str, str], Shipped] = {}
"""What each session has been given; it also keeps broadcasts alive as long as the driver lives."""


def is_connect(spark: SparkSession) -> bool:
    """Whether a session speaks to a server: only then is there no `sparkContext`."""
    return type(spark).__module__.startswith("pyspark.sql.connect.")


def _is_local(spark: SparkSession) -> bool:
    master = spark.sparkContext.master or ""
    return master == "local" or master.startswith("local[")


def _broadcast(weights: WeightsFile, spark: SparkSession) -> Shipped:
    content = Path(weights.path).read_bytes()
    return InBroadcast(weights.name, spark.sparkContext.broadcast(content))


def _add(weights: WeightsFile, spark: SparkSession) -> Shipped:
    if is_connect(spark):
        spark.addArtifacts(weights.path, file=True)
    else:
        spark.sparkContext.addFile(weights.path)
    return InSparkFiles(weights.name)
