"""The one public name of each thing of PySpark."""

from __future__ import annotations

from functools import cache

from tests.pyspark_types.source import classes, definition, modules

# Packages whose names are public, whatever module defines them.
HOMES = (
    "pyspark",
    "pyspark.sql",
    "pyspark.sql.functions",
    "pyspark.sql.streaming",
    "pyspark.streaming",
    "pyspark.resource",
    "pyspark.pandas",
    "pyspark.ml",
)
# Modules, and what is below them, whose names are public where they are defined.
OWN_HOMES = (
    "pyspark.ml",
    "pyspark.mllib",
    "pyspark.pandas.groupby",
    "pyspark.pandas.indexes",
    "pyspark.pandas.resample",
    "pyspark.pandas.window",
    "pyspark.sql.avro.functions",
    "pyspark.sql.conf",
    "pyspark.sql.datasource",
    "pyspark.sql.protobuf.functions",
    "pyspark.sql.tvf",
    "pyspark.streaming.kinesis",
)
# Where the same names stand again, for one target.
OTHER_SIDES = ("pyspark.sql.classic", "pyspark.sql.connect")

_CLIENT = "pyspark.sql.connect.client"
_PANDAS = "pyspark.pandas"
_TORCH = "pyspark.ml.torch.distributor"
# Public names that do not follow from the above.
RENAMED = {
    "pyspark.core.rdd.PipelinedRDD": "pyspark.RDD",
    "pyspark.ml.connect.functions.predict_batch_udf": "pyspark.ml.functions.predict_batch_udf",
    f"{_PANDAS}.accessors.PandasOnSparkFrameMethods": f"{_PANDAS}.DataFrame.pandas_on_spark",
    f"{_PANDAS}.accessors.PandasOnSparkSeriesMethods": f"{_PANDAS}.Series.pandas_on_spark",
    f"{_PANDAS}.categorical.CategoricalAccessor": f"{_PANDAS}.Series.cat",
    f"{_PANDAS}.datetimes.DatetimeMethods": f"{_PANDAS}.Series.dt",
    f"{_PANDAS}.spark.accessors.CachedSparkFrameMethods": f"{_PANDAS}.DataFrame.spark",
    f"{_PANDAS}.spark.accessors.SparkFrameMethods": f"{_PANDAS}.DataFrame.spark",
    f"{_PANDAS}.spark.accessors.SparkIndexMethods": f"{_PANDAS}.Index.spark",
    f"{_PANDAS}.spark.accessors.SparkSeriesMethods": f"{_PANDAS}.Series.spark",
    f"{_PANDAS}.strings.StringMethods": f"{_PANDAS}.Series.str",
    f"{_CLIENT}.core.SparkConnectClient": f"{_CLIENT}.SparkConnectClient",
    f"{_TORCH}.TorchDistributor": f"{_TORCH}.TorchDistributor",  # as Spark's documentation has it
    "pyspark.sql.connect.conf.RuntimeConf": "pyspark.sql.conf.RuntimeConfig",
}
# Other packages' names for the same things, by their documentation.
FOREIGN = {
    "databricks.connect.DatabricksSession": "pyspark.sql.SparkSession",
    "delta.DeltaTable": "delta.tables.DeltaTable",
}


@cache
def public(where: str) -> str | None:
    """The public name of what is defined somewhere; `None` for what has none."""
    if where in RENAMED or where.startswith("py4j."):
        return RENAMED.get(where, where)
    module, _, name = where.rpartition(".")
    if module in classes():
        outer = public(module)
        return outer and f"{outer}.{name}"
    if module.startswith(OTHER_SIDES):
        twins = (definition(home, name) for home in (*HOMES, *OWN_HOMES))
        found = (w for w in twins if w and w not in modules() and not w.startswith(OTHER_SIDES))
        twin = next(found, None)
        return twin and public(twin)
    exported = [home for home in HOMES if definition(home, name) == where]
    around = [home for home in exported if module.startswith(home)]
    if around:
        return f"{max(around, key=len)}.{name}"
    if exported and where not in classes():
        return f"{exported[0]}.{name}"
    return where if module.startswith(OWN_HOMES) else None
