"""The functions that Spark runs on the workers: batches of Arrow in, features in Arrow out.

No `from __future__ import annotations` here: Spark reads the functions' annotations as objects.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
from pyspark.sql import Column
from pyspark.sql.pandas import functions

from .engine import Engine, Extracted, Settings, engine_for
from .shipping import Shipped

RESULT = "features array<float>, error string"
"""The type of the column that the UDFs give, in Spark's words."""

Batches = Iterator[pa.RecordBatch]


def map_batches(
    settings: Settings, weights: Shipped, position: int, names: list[str]
) -> Callable[[Batches], Batches]:
    """What `mapInArrow` runs.

    Args:
        settings: What to do.
        weights: Where a worker finds the weights.
        position: Of the column of pictures; it stays behind.
        names: Of the columns that come out: those that are kept, the features, the error.
    """

    def run(batches: Batches) -> Batches:
        for batch in batches:
            engine = engine_for(settings, weights)
            for part in _parts(batch, settings.batch_size):
                found = engine.extract(_contents(part.column(position)))
                kept = [each for at, each in enumerate(part.columns) if at != position]
                columns = [*kept, _features(found), pa.array(found.errors, pa.string())]
                yield pa.RecordBatch.from_arrays(columns, names=names)

    return run


def column_function(settings: Settings, weights: Shipped) -> Callable[[Column], Column]:
    """An Arrow UDF over an iterator; a pandas one where PySpark is older than 4.1."""
    known: Any = functions  # PySpark's stubs want the kind of a UDF that its annotations tell
    if hasattr(functions, "arrow_udf"):
        made = known.arrow_udf(arrow_function(settings, weights), RESULT)
    else:
        made = known.pandas_udf(pandas_function(settings, weights), RESULT)
    udf: Callable[[Column], Column] = made
    return udf


def arrow_function(
    settings: Settings, weights: Shipped
) -> Callable[[Iterator[pa.Array]], Iterator[pa.Array]]:
    """What an Arrow UDF over an iterator runs, from PySpark 4.1 on."""

    def extract(columns: Iterator[pa.Array]) -> Iterator[pa.Array]:
        for column in columns:
            engine = engine_for(settings, weights)
            for found in _extracted(engine, column, settings.batch_size):
                arrays = [_features(found), pa.array(found.errors, pa.string())]
                yield pa.StructArray.from_arrays(arrays, names=["features", "error"])

    return extract


def pandas_function(
    settings: Settings, weights: Shipped
) -> Callable[[Iterator[pd.Series]], Iterator[pd.DataFrame]]:
    """What a pandas UDF over an iterator runs, on any PySpark."""

    def extract(columns: Iterator[pd.Series]) -> Iterator[pd.DataFrame]:
        for column in columns:
            engine = engine_for(settings, weights)
            pictures = pa.array(column, from_pandas=True)
            for found in _extracted(engine, pictures, settings.batch_size):
                rows = iter(found.features)
                features = [next(rows) if worked else None for worked in found.worked]
                yield pd.DataFrame({"features": features, "error": found.errors})

    return extract


def _extracted(engine: Engine, column: pa.Array, size: int) -> Iterator[Extracted]:
    return (engine.extract(_contents(part)) for part in _parts(column, size))


def _parts(batch: pa.RecordBatch | pa.Array, size: int) -> Iterable[pa.RecordBatch | pa.Array]:
    """Views of at most `size` rows: no more results wait in memory than one batch gives."""
    return (batch.slice(start, size) for start in range(0, len(batch), size))


def _contents(column: pa.Array) -> list[bytes | None]:
    kind = column.type
    if not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_null(kind)):
        raise TypeError(f"pictures are bytes, and this column is {kind}")
    contents: list[bytes | None] = column.to_pylist()
    return contents


def _features(found: Extracted) -> pa.ListArray:
    """One list of float32 for each picture, null where there is none, copied once and as a whole.

    A list of a fixed size would say more, but Spark does not read it (`UNSUPPORTED_ARROWTYPE`).
    """
    import numpy as np

    ends = np.cumsum(found.worked, dtype=np.int32) * found.features.shape[1]
    offsets = np.concatenate([np.zeros(1, np.int32), ends]).astype(np.int32)
    values = pa.array(found.features.reshape(-1))
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(~found.worked))
