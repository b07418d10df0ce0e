"""Which calls of PySpark fail on a worker, where there is no JVM to ask.

Source: PySpark 4.3.0, each run inside a udf on classic and on Connect. What only reads, such as
`SparkSession.getActiveSession()`, gives `None` there and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sparkguard.model import TARGETS, Family, Refused
from sparkguard.pyspark_api.driver_only import CONTEXT_WORDS
from sparkguard.pyspark_api.types import result_of

_NO_SESSION = (
    "[SESSION_OR_CONTEXT_NOT_EXISTS] SparkContext or SparkSession should be created first."
)
_NO_DEFAULT = (
    "[NO_ACTIVE_OR_DEFAULT_SESSION] No active or default Spark session found. "
    "Please create a new Spark session before running the code."
)
_FUNCTIONS = "pyspark.sql.functions."

# family, noun, words -> names
_TABLE: Mapping[tuple[Family, str, str], tuple[str, ...]] = {
    ("session", "a maker of sessions", CONTEXT_WORDS): (
        "pyspark.SparkContext",
        "pyspark.SparkContext.getOrCreate",
        "pyspark.sql.SparkSession.Builder.getOrCreate",
    ),
    ("session", "a maker of sessions", _NO_DEFAULT): ("pyspark.sql.SparkSession.active",),
    ("column", "a maker of windows", _NO_SESSION): (
        "pyspark.sql.Window.orderBy",
        "pyspark.sql.Window.partitionBy",
        "pyspark.sql.Window.rangeBetween",
        "pyspark.sql.Window.rowsBetween",
    ),
    ("column", "a hint for a join", _NO_SESSION): (f"{_FUNCTIONS}broadcast",),
}


def _refused(name: str, family: Family, noun: str, said: str) -> Refused:
    return Refused(name, family, noun, dict.fromkeys(TARGETS, said))


ON_WORKER: Mapping[str, Refused] = MappingProxyType(
    {name: _refused(name, *row) for row, names in _TABLE.items() for name in names}
)
UDF_CALL = _refused("pyspark.sql.udf.UserDefinedFunction", "column", "a udf object", _NO_SESSION)
"""The call of a udf object: it gives a Column."""
TYPE_IN_WORDS = _refused(
    f"{_FUNCTIONS}udf", "column", "a maker of udf objects that asks the JVM for a type", _NO_SESSION
)
"""The making of a udf whose return type is written as a string."""


def on_worker(name: str) -> Refused | None:
    """What a worker says of a call.

    Args:
        name: Canonical dotted name of what is called.

    Returns:
        `None` for a call that a worker may make.
    """
    if name.startswith(_FUNCTIONS) and result_of(name) == "pyspark.sql.Column":
        said = f"AssertionError, or {_NO_SESSION}"
        return _refused(name, "column", "a function of Columns", said)
    return ON_WORKER.get(name)
