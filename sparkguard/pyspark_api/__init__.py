"""The tables: which calls of PySpark ship which argument, which types cannot travel."""

from __future__ import annotations

from sparkguard.pyspark_api.driver_only import DRIVER_ONLY, driver_only
from sparkguard.pyspark_api.own import Own
from sparkguard.pyspark_api.plain import JOBS, PLAIN_PYTHON, PLAIN_READS, looks_up
from sparkguard.pyspark_api.ships import (
    DISTINCTIVE,
    REBINDING,
    SHIP_POINTS,
    Argument,
    ArgumentKind,
    ShipApi,
)
from sparkguard.pyspark_api.types import (
    CONVENTIONAL,
    OF_MANY,
    Member,
    canonical,
    is_type,
    member,
    result_of,
)
from sparkguard.pyspark_api.unpicklable import (
    decorated,
    mode_position,
    object_of,
    opened,
    refusals,
    refused,
    travels_bare,
    unpicklable,
)
from sparkguard.pyspark_api.workers import (
    ON_WORKER,
    TYPE_IN_WORDS,
    UDF_CALL,
    UDF_MAKERS,
    on_worker,
)

__all__ = [
    "CONVENTIONAL",
    "DISTINCTIVE",
    "DRIVER_ONLY",
    "JOBS",
    "OF_MANY",
    "ON_WORKER",
    "PLAIN_PYTHON",
    "PLAIN_READS",
    "REBINDING",
    "SHIP_POINTS",
    "TYPE_IN_WORDS",
    "UDF_CALL",
    "UDF_MAKERS",
    "Argument",
    "ArgumentKind",
    "Member",
    "Own",
    "ShipApi",
    "canonical",
    "decorated",
    "driver_only",
    "is_type",
    "looks_up",
    "member",
    "mode_position",
    "object_of",
    "on_worker",
    "opened",
    "refusals",
    "refused",
    "result_of",
    "travels_bare",
    "unpicklable",
]
