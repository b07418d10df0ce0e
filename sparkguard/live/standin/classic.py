"""Takes the JVM away from classic PySpark: what would start one or talk to it stands on nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from sparkguard.live.standin import java
from sparkguard.live.standin.java import Java
from sparkguard.live.standin.notes import Notes

_ASKS = ("count", "isEmpty", "collectToPython", "getNumPartitions", "isStreaming")


class _Gateway(Java):
    """Stands for py4j's gateway."""

    def __getattr__(self, name: str) -> Any:
        known = {"jvm": Java("jvm"), "gateway_parameters": _Parameters(), "java_process": None}
        return known[name] if name in known else super().__getattr__(name)


class _Parameters:
    auth_token = ""


class _Server:
    """Stands for the server that accumulators report to."""

    server_address = ("localhost", 0)

    def shutdown(self) -> None:
        """There is nothing to shut down."""


class _NoRows(list[object]):
    """The rows of a job: entered first, since PySpark 4, and read."""

    def __enter__(self) -> Iterator[object]:
        return iter(self)

    def __exit__(self, *_: object) -> None: ...


def install(notes: Notes, folder: Path) -> None:
    """Has PySpark find a gateway that leads nowhere.

    Args:
        notes: Told of each answer that is made up.
        folder: Where Spark may leave files.
    """
    from pyspark import accumulators
    from pyspark.sql import DataFrame

    with suppress(ImportError):  # one module until PySpark 4
        import_module("pyspark.sql.classic.dataframe")

    def no_rows(*_: object, **__: object) -> _NoRows:
        notes.add()
        return _NoRows()

    def no_iterator(*_: object, **__: object) -> Iterator[object]:
        notes.add()
        return iter(())

    java.lend(folder)
    _everywhere("launch_gateway", lambda *_, **__: _Gateway())
    _everywhere("ensure_callback_server_started", lambda *_: None)
    _everywhere("java_import", lambda *_: None)
    _everywhere("_load_from_socket", no_rows)
    _everywhere("_local_iterator_from_socket", no_iterator)
    setattr(accumulators, "_start_update_server", lambda *_, **__: _Server())  # noqa: B010
    _of_context(notes)
    _of_frames(notes, DataFrame)
    _of_builder(notes)


def _everywhere(name: str, value: object) -> None:
    """Replaces a name in each module of PySpark and of py4j that has it."""
    for key, module in list(sys.modules.items()):
        if key.partition(".")[0] in ("pyspark", "py4j") and name in vars(module):
            setattr(module, name, value)


def _of_context(notes: Notes) -> None:
    from pyspark import SparkContext

    def serialized(self: object, data: Any, serializer: Any, *_: object) -> Java:
        serializer.dump_stream(data, _Nowhere())  # data ships, too
        return Java("rdd")

    replaced = {"_serialize_to_jvm": serialized, "_getJavaStorageLevel": lambda *_: Java("level")}
    for name, value in replaced.items():
        setattr(SparkContext, name, value)


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)

    def flush(self) -> None:
        pass


def _of_frames(notes: Notes, parent: type) -> None:
    """Columns that nobody knows are there; counts are nothing."""
    from pyspark.sql import functions

    frames = [parent, *parent.__subclasses__()]

    def column(self: Any, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return functions.col(name)

    def count(self: Any) -> int:
        self._jdf.count()
        notes.add()
        return 0

    for frame in frames:
        if "__getattr__" in vars(frame):
            frame.__getattr__ = column  # type: ignore[attr-defined]
            frame.count = count  # type: ignore[attr-defined]


def _of_builder(notes: Notes) -> None:
    """A session of Connect is asked for in several ways; its client is only then imported."""
    from pyspark.sql import SparkSession

    builder = SparkSession.Builder
    for name in ("getOrCreate", "create"):
        original = getattr(builder, name, None)
        if original is not None:
            setattr(builder, name, _prepared(original, notes))


def _prepared(original: Callable[[Any], Any], notes: Notes) -> Callable[[Any], Any]:
    def made(self: Any) -> Any:
        if {"SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED"} & os.environ.keys() or (
            "spark.remote" in self._options or self._options.get("spark.api.mode") == "connect"
        ):
            from sparkguard.live.standin import connect

            connect.install(notes)
        return original(self)

    return made
