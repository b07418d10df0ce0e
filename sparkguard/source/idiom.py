"""What a parameter must be that nobody is seen to pass: by what is done with it, or by its name."""

from __future__ import annotations

from collections.abc import Iterator

from sparkguard import pyspark_api as api
from sparkguard.source.values import Frame, Instance

# Attributes of one type of PySpark that neither pandas, Dask, Polars nor the other types have.
TELLING: dict[str, frozenset[str]] = {
    "pyspark.sql.SparkSession": frozenset(
        {"sparkContext", "createDataFrame", "readStream", "newSession", "addArtifacts"}
    ),
    "pyspark.SparkContext": frozenset(
        {
            "parallelize",
            "textFile",
            "wholeTextFiles",
            "setJobGroup",
            "addPyFile",
            "setCheckpointDir",
        }
    ),
    "pyspark.sql.DataFrame": frozenset(
        {
            "withColumn",
            "withColumnRenamed",
            "createOrReplaceTempView",
            "createTempView",
            "toPandas",
            "unionByName",
            "selectExpr",
            "mapInPandas",
            "mapInArrow",
            "writeStream",
            "printSchema",
            "sparkSession",
            "rdd",
        }
    ),
    "pyspark.RDD": frozenset(
        {
            "mapPartitions",
            "mapPartitionsWithIndex",
            "reduceByKey",
            "zipWithIndex",
            "collectAsMap",
            "saveAsTextFile",
            "flatMapValues",
            "groupByKey",
            "countByKey",
            "aggregateByKey",
            "combineByKey",
            "leftOuterJoin",
            "takeOrdered",
        }
    ),
}


def judged(name: str, frame: Frame) -> tuple[Instance, ...]:
    """What the parameter `name` of the function that `frame` runs must be, if that can be told."""
    if name in api.CONVENTIONAL:
        return (Instance(api.CONVENTIONAL[name]),)
    used = set(_attributes(name, frame))
    for kind, telling in TELLING.items():
        if used & telling:
            return (Instance(kind),)
    if name == "rdd" or name.endswith(("_rdd", "RDD")):
        return (Instance("pyspark.RDD"),)
    return ()


def _attributes(name: str, frame: Frame) -> Iterator[str]:
    scopes = frame.module.facts.scopes
    pending = [frame.scope]
    while pending:
        scope = pending.pop()
        yield from (attr for held, attr in scopes[scope].attributes if held == name)
        pending += scopes[scope].children
