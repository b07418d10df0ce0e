"""Which calls of PySpark fail on a worker, where there is no JVM to ask.

Source: PySpark 4.3.0, each run inside a udf, on classic and on Connect, which answer alike but for
udf objects. What only reads, as `SparkSession.getActiveSession()` does, gives `None` there and is
left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sparkguard.model import Family, Refused
from sparkguard.pyspark_api.driver_only import CONTEXT_WORDS
from sparkguard.pyspark_api.types import ancestors, result_of
from sparkguard.targets import TARGETS

_NO_SESSION = (
    "[SESSION_OR_CONTEXT_NOT_EXISTS] SparkContext or SparkSession should be created first."
)
_NO_DEFAULT = (
    "[NO_ACTIVE_OR_DEFAULT_SESSION] No active or default Spark session found. "
    "Please create a new Spark session before running the code."
)
_NO_JVM = "AttributeError: Cannot load _jvm from SparkContext. Is SparkContext initialized?"
_OF_COLUMNS = f"AssertionError, or {_NO_SESSION}"
_MODULES = tuple(f"pyspark.{name}.functions." for name in ("sql", "sql.avro", "sql.protobuf", "ml"))
_JAVA = "pyspark.ml.wrapper.JavaWrapper"

_MAKE_TYPE = "give the type as an object, such as `LongType()`, which needs no JVM"
_USE_PANDAS = "use plain pandas on a worker"
_USE_DRIVER = "make it on the driver, and apply it to a DataFrame there"

# family, noun, words, cure -> names
_TABLE: Mapping[tuple[Family, str, str, str], tuple[str, ...]] = {
    ("session", "the maker of a SparkContext", CONTEXT_WORDS, ""): (
        "pyspark.SparkContext",
        "pyspark.SparkContext.getOrCreate",
    ),
    ("session", "the maker of a SparkSession", CONTEXT_WORDS, ""): (
        "pyspark.sql.SparkSession.Builder.create",
        "pyspark.sql.SparkSession.Builder.getOrCreate",
    ),
    ("session", "the search for a SparkSession", _NO_DEFAULT, ""): (
        "pyspark.sql.SparkSession.active",
    ),
    ("session", "part of pandas on Spark", CONTEXT_WORDS, _USE_PANDAS): tuple(
        f"pyspark.pandas.{name}"
        for name in (
            *("DataFrame", "DatetimeIndex", "Index", "date_range", "from_pandas", "range", "sql"),
            *("read_csv", "read_delta", "read_excel", "read_json", "read_parquet", "read_table"),
        )
    ),
    ("column", "the maker of a window", _NO_SESSION, ""): tuple(
        f"pyspark.sql.Window.{name}"
        for name in ("orderBy", "partitionBy", "rangeBetween", "rowsBetween")
    ),
    ("column", "a hint for a join", _NO_SESSION, ""): ("pyspark.sql.functions.broadcast",),
    ("column", "a parser of types in the JVM", _NO_SESSION, _MAKE_TYPE): tuple(
        f"pyspark.sql.types.{name}"
        for name in ("DataType.fromDDL", "StructType.fromDDL", "_parse_datatype_string")
    ),
    ("jvm", "the loader of a model of the JVM", _NO_DEFAULT, _USE_DRIVER): tuple(
        f"pyspark.ml.{name}.load"
        for name in (
            *("Pipeline", "PipelineModel", "classification.OneVsRestModel"),
            *("tuning.CrossValidatorModel", "tuning.TrainValidationSplitModel"),
        )
    ),
}


def _refused(name: str, family: Family, noun: str, said: str, cure: str = "") -> Refused:
    return Refused(name, family, noun, dict.fromkeys(TARGETS, said), cure)


ON_WORKER: Mapping[str, Refused] = MappingProxyType(
    {name: _refused(name, *row) for row, names in _TABLE.items() for name in names}
)
UDF_CALL = Refused(
    "pyspark.sql.udf.UserDefinedFunction",
    "column",
    "a udf object",
    {"classic": _NO_SESSION, "connect": "ArrowInvalid: Could not convert Column"},
    "call the function under it, `.func`, or make the udf of it under another name",
)
"""The call of a udf object: it gives a Column, which Connect returns as a text if it can."""
UDF_MAKERS = frozenset(
    f"pyspark.sql.functions.{name}" for name in ("arrow_udf", "pandas_udf", "udf")
)
TYPE_IN_WORDS = _refused(
    "pyspark.sql.functions.udf",
    "column",
    "with a type for the JVM to read",
    _NO_SESSION,
    _MAKE_TYPE,
)
"""The making of a udf whose return type is written as a string."""


def on_worker(name: str) -> Refused | None:
    """What a worker says of a call.

    Args:
        name: Canonical dotted name of what is called.

    Returns:
        `None` for a call that a worker may make.
    """
    if name.startswith(_MODULES) and result_of(name) == "pyspark.sql.Column":
        return _refused(name, "column", "a function of columns", _OF_COLUMNS)
    return ON_WORKER.get(name) or _of_jvm(name)


def _of_jvm(name: str) -> Refused | None:
    """What a worker says of making or loading what stands for an object of the JVM."""
    owner, _, method = name.rpartition(".")
    if method in ("load", "read") and _JAVA in ancestors(owner):
        return _refused(name, "jvm", "the loader of an object of the JVM", _NO_JVM, _USE_DRIVER)
    if _JAVA in ancestors(name) and not name.endswith(("Model", "Summary")):
        return _refused(name, "jvm", "an object of the JVM", "AssertionError", _USE_DRIVER)
    return None
