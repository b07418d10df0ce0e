"""What can be asked on the driver instead: members whose values are plain, and travel."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_CATALOG = "pyspark.sql.Catalog"
_CONF = "pyspark.sql.conf.RuntimeConfig"
_CONTEXT = "pyspark.SparkContext"
_FRAME = "pyspark.sql.DataFrame"
_RDD = "pyspark.RDD"
_SETTINGS = "pyspark.SparkConf"

_FUNCTIONS = "pyspark.sql.functions."


def _members(owner: str, names: str) -> frozenset[str]:
    return frozenset(f"{owner}.{name}" for name in names.split())


PLAIN_READS: frozenset[str] = (
    _members(_CONTEXT, "applicationId appName master version defaultMinPartitions")
    | _members(_CONTEXT, "defaultParallelism startTime uiWebUrl")
    | _members(_FRAME, "columns dtypes isStreaming is_cached schema")
    | _members("pyspark.sql.SparkSession", "version")
    | _members(_CONF, "getAll")
)
"""Properties whose values are texts, numbers, types of data, or lists of them."""
_PLAIN_CALLS: frozenset[str] = (
    _members(_CONTEXT, "sparkUser")
    | _members(_RDD, "getNumPartitions id name")
    | _members(_SETTINGS, "contains get getAll toDebugString")
    | _members(_CATALOG, "currentCatalog currentDatabase")
    | _members(_CONF, "get isModifiable")
)
_GETTERS = frozenset(
    f"get{what}Col" for what in ("Features", "Input", "Label", "Output", "Prediction")
)
"""Such methods of the stages of a pipeline."""
JOBS: frozenset[str] = (
    _members(_FRAME, "approxQuantile collect corr count cov first head inputFiles isEmpty")
    | _members(_FRAME, "tail take toArrow toPandas")
    | _members(_RDD, "collect collectAsMap count countByKey countByValue first isEmpty max mean")
    | _members(_RDD, "min stdev sum take takeOrdered top variance")
    | _members(_CATALOG, "databaseExists functionExists isCached listCatalogs listColumns")
    | _members(_CATALOG, "listDatabases listFunctions listTables tableExists")
)
"""Methods that start a job, or ask a metastore, and give what travels: values, rows, tables."""

PLAIN_PYTHON: Mapping[str, str] = MappingProxyType(
    {
        **{f"{_FUNCTIONS}{name}": f"{{}}.{name}()" for name in ("lower", "upper")},
        f"{_FUNCTIONS}abs": "abs({})",
        f"{_FUNCTIONS}array_contains": "({1} in {0})",
        f"{_FUNCTIONS}concat": "({} + {})",
        f"{_FUNCTIONS}contains": "({1} in {0})",
        f"{_FUNCTIONS}endswith": "{}.endswith({})",
        f"{_FUNCTIONS}greatest": "max({}, {})",
        f"{_FUNCTIONS}isnotnull": "({} is not None)",
        f"{_FUNCTIONS}isnull": "({} is None)",
        f"{_FUNCTIONS}least": "min({}, {})",
        f"{_FUNCTIONS}length": "len({})",
        f"{_FUNCTIONS}lit": "{}",
        f"{_FUNCTIONS}ltrim": "{}.lstrip(' ')",
        f"{_FUNCTIONS}pow": "pow({}, {})",
        f"{_FUNCTIONS}rtrim": "{}.rstrip(' ')",
        f"{_FUNCTIONS}size": "len({})",
        f"{_FUNCTIONS}startswith": "{}.startswith({})",
        f"{_FUNCTIONS}trim": "{}.strip(' ')",
    }
)
"""What plain Python has for a function of columns, as a format of its arguments.

Of values that are not `None` both make the same, texts and numbers being what they are.
"""


def looks_up(name: str) -> bool:
    """Whether a method gives such a value and only looks it up.

    Args:
        name: Canonical dotted name of the method.
    """
    return name in _PLAIN_CALLS or (
        name.startswith("pyspark.ml.") and name.rpartition(".")[2] in _GETTERS
    )
