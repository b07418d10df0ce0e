"""Which calls send which of their arguments to the workers.

Source: PySpark 4.3.0, each call run on classic and on Connect, or its source read where it could
not be run. Left out, though something travels:

* what nobody writes as an argument: the second-order payloads of data sources and of
  `UDTF.analyze`, `UnaryTransformer.createTransformFunc`, a user-defined type's own class, the model
  behind an mllib `predict`, the call of a finished udf;
* plain text and data rows: `RDD.pipe`, the patterns of `Series.str`, `createDataFrame`;
* what ships under a condition that the call does not show: the profiler classes of `SparkContext`,
  `rename(mapper)` of pandas-on-Spark (only along the index), `DStream.transform` and `foreachRDD`
  (only with a checkpoint directory).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from sparkguard.targets import TARGETS, Target

ArgumentKind = Literal["function", "class", "object"]


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument that travels.

    Args:
        position: 0-based among the arguments that a caller writes, `self` not counted; `None` for
            one that only a keyword can give.
        name: The parameter's name; `*args` stands for every argument from `position` on,
            `**kwargs` for every keyword that is not another parameter's name.
        kind: What the caller is expected to write there.
    """

    position: int | None
    name: str
    kind: ArgumentKind


@dataclass(frozen=True, slots=True)
class ShipApi:
    """A call that ships.

    Args:
        name: Canonical dotted name, `pyspark.RDD.map`.
        arguments: The arguments that ship, and no others.
        targets: Where it ships: `classic`, `connect` or both.
        decorator: It may stand above a `def` or a `class`.
    """

    name: str
    arguments: tuple[Argument, ...]
    targets: tuple[Target, ...] = TARGETS
    decorator: bool = False


# What ships is written `position:name`, `-` for keyword only, with `=class` or `=object` where it
# is no function.
_CLASSIC = {
    "pyspark.RDD": {
        "aggregate": "0:zeroValue=object 1:seqOp",  # combOp runs on the driver
        "aggregateByKey": "0:zeroValue=object 1:seqFunc 2:combFunc 4:partitionFunc",
        "combineByKey": "0:createCombiner 1:mergeValue 2:mergeCombiners 4:partitionFunc",
        "filter": "0:f",
        "flatMap": "0:f",
        "flatMapValues": "0:f",
        "fold": "0:zeroValue=object 1:op",
        "foldByKey": "0:zeroValue=object 1:func 3:partitionFunc",
        "foreach": "0:f",
        "foreachPartition": "0:f",
        "groupBy": "0:f 2:partitionFunc",
        "groupByKey": "1:partitionFunc",
        "histogram": "0:buckets=object",
        "keyBy": "0:f",
        "map": "0:f",
        "mapPartitions": "0:f",
        "mapPartitionsWithIndex": "0:f",
        "mapPartitionsWithSplit": "0:f",
        "mapValues": "0:f",
        "max": "0:key",
        "min": "0:key",
        "partitionBy": "1:partitionFunc",
        "randomSplit": "0:weights=object",
        "reduce": "0:f",
        "reduceByKey": "0:func 2:partitionFunc",
        "reduceByKeyLocally": "0:func",
        "repartitionAndSortWithinPartitions": "1:partitionFunc 3:keyfunc",
        "sampleByKey": "1:fractions=object",
        "sortBy": "0:keyfunc",
        "sortByKey": "2:keyfunc",
        "takeOrdered": "1:key",
        "toDF": "0:schema=object",
        "top": "1:key",
        "treeAggregate": "0:zeroValue=object 1:seqOp 2:combOp",
        "treeReduce": "0:f",
    },
    "pyspark.RDDBarrier": {"mapPartitions": "0:f", "mapPartitionsWithIndex": "0:f"},
    "pyspark.SparkContext": {
        "accumulator": "1:accum_param=object",
        "broadcast": "0:value=object",  # with plain pickle, not cloudpickle
        "parallelize": "0:c=object",
        "runJob": "1:partitionFunc",
    },
    "pyspark.streaming.DStream": {
        "combineByKey": "0:createCombiner 1:mergeValue 2:mergeCombiners",
        "filter": "0:f",
        "flatMap": "0:f",
        "flatMapValues": "0:f",
        "map": "0:f",
        "mapPartitions": "0:f",
        "mapPartitionsWithIndex": "0:f",
        "mapValues": "0:f",
        "partitionBy": "1:partitionFunc",
        "reduce": "0:func",
        "reduceByKey": "0:func",
        "reduceByKeyAndWindow": "0:func 1:invFunc 5:filterFunc",
        "reduceByWindow": "0:reduceFunc 1:invReduceFunc",
        "updateStateByKey": "0:updateFunc",
    },
    "pyspark.streaming.StreamingContext": {"transform": "1:transformFunc"},
    "pyspark.streaming.kinesis.KinesisUtils": {"createStream": "11:decoder"},
}
# On classic the function of foreachBatch is a callback of the driver.
_CONNECT = {"pyspark.sql.streaming.DataStreamWriter": {"foreachBatch": "0:func"}}
_BOTH = {
    "pyspark.sql.functions": {
        "arrow_udf": "0:f",
        "arrow_udtf": "0:cls=class",
        "pandas_udf": "0:f",
        "udf": "0:f 1:returnType=object",
        "udtf": "0:cls=class",
    },
    "pyspark.sql.Catalog": {"registerFunction": "1:f"},
    "pyspark.sql.DataFrame": {
        "foreach": "0:f",
        "foreachPartition": "0:f",
        "mapInArrow": "0:func",
        "mapInPandas": "0:func",
    },
    "pyspark.sql.datasource.DataSourceRegistration": {"register": "0:dataSource=class"},
    "pyspark.sql.GroupedData": {
        "apply": "0:udf",
        "applyInArrow": "0:func",
        "applyInPandas": "0:func",
        "applyInPandasWithState": "0:func",
        "transformWithState": "0:statefulProcessor=object",
        "transformWithStateInPandas": "0:statefulProcessor=object",
    },
    "pyspark.sql.PandasCogroupedOps": {"applyInArrow": "0:func", "applyInPandas": "0:func"},
    "pyspark.sql.SQLContext": {"registerFunction": "1:f"},
    "pyspark.sql.UDFRegistration": {"register": "1:f"},
    "pyspark.sql.UDTFRegistration": {"register": "1:f=class"},
    # A function, or an object with `process` and perhaps `open` and `close`.
    "pyspark.sql.streaming.DataStreamWriter": {"foreach": "0:f"},
    "pyspark.ml.functions": {"predict_batch_udf": "0:make_predict_fn"},
    "pyspark.ml.connect.util": {
        "aggregate_dataframe": "2:local_agg_fn 3:merge_agg_state",
        "transform_dataframe_column": "2:transform_fn",
    },
    "pyspark.ml.torch.distributor.TorchDistributor": {
        "run": "0:train_object 1:*args=object -:**kwargs=object"
    },
    "pyspark.ml.deepspeed.deepspeed_distributor.DeepspeedTorchDistributor": {
        "run": "0:train_object 1:*args=object -:**kwargs=object"
    },
    "pyspark.pandas": {"read_excel": "5:usecols 8:converters=object -:**kwds=object"},
    "pyspark.pandas.CategoricalIndex": {"map": "0:mapper"},
    "pyspark.pandas.DataFrame": {
        "apply": "0:func 2:args=object -:**kwds=object",
        "applymap": "0:func",
        "map": "0:func",
        "rename": "1:index",  # columns= runs on the driver
        "transform": "0:func 2:*args=object -:**kwargs=object",
        "update": "3:filter_func",
    },
    "pyspark.pandas.DataFrame.pandas_on_spark": {
        "apply_batch": "0:func 1:args=object -:**kwds=object",
        "transform_batch": "0:func 1:*args=object -:**kwargs=object",
    },
    "pyspark.pandas.Index": {"map": "0:mapper"},
    "pyspark.pandas.Series": {
        "apply": "0:func 1:args=object -:**kwds=object",
        "map": "0:arg",
        "rename": "0:index",
        "transform": "0:func",
    },
    "pyspark.pandas.Series.pandas_on_spark": {
        "transform_batch": "0:func 1:*args=object -:**kwargs=object"
    },
    "pyspark.pandas.Series.str": {"replace": "1:repl"},
    "pyspark.pandas.groupby.GroupBy": {
        "apply": "0:func 1:*args=object -:**kwargs=object",
        "filter": "0:func",
        "transform": "0:func 1:*args=object -:**kwargs=object",
    },
    "pyspark.pandas.groupby.SeriesGroupBy": {"apply": "0:func 1:*args=object -:**kwargs=object"},
}
_DECORATORS = frozenset({"arrow_udf", "arrow_udtf", "pandas_udf", "udf", "udtf"})

_KINDS: Mapping[str, ArgumentKind] = {kind: kind for kind in get_args(ArgumentKind)}


def _argument(text: str) -> Argument:
    position, _, rest = text.partition(":")
    name, _, kind = rest.partition("=")
    return Argument(None if position == "-" else int(position), name, _KINDS[kind or "function"])


def _apis() -> Iterator[ShipApi]:
    tables: tuple[tuple[dict[str, dict[str, str]], tuple[Target, ...]], ...] = (
        (_CLASSIC, ("classic",)),
        (_CONNECT, ("connect",)),
        (_BOTH, TARGETS),
    )
    for table, targets in tables:
        for owner, calls in table.items():
            for name, arguments in calls.items():
                shipped = tuple(_argument(text) for text in arguments.split())
                yield ShipApi(f"{owner}.{name}", shipped, targets, name in _DECORATORS)


SHIP_POINTS: Mapping[str, ShipApi] = MappingProxyType({api.name: api for api in _apis()})
"""Every call that ships, by its canonical name."""

_DISTINCTIVE = {
    "pyspark.RDD": (
        "aggregateByKey combineByKey flatMapValues foldByKey mapPartitions mapPartitionsWithIndex "
        "mapPartitionsWithSplit mapValues reduceByKey reduceByKeyLocally sortByKey takeOrdered "
        "repartitionAndSortWithinPartitions treeAggregate treeReduce"
    ),
    "pyspark.sql.DataFrame": "foreachPartition mapInArrow mapInPandas",
    "pyspark.sql.GroupedData": (
        "applyInArrow applyInPandas applyInPandasWithState transformWithState "
        "transformWithStateInPandas"
    ),
    "pyspark.sql.streaming.DataStreamWriter": "foreachBatch",
    "pyspark.streaming.DStream": "reduceByKeyAndWindow reduceByWindow updateStateByKey",
}
DISTINCTIVE: Mapping[str, str] = MappingProxyType(
    {name: f"{owner}.{name}" for owner, calls in _DISTINCTIVE.items() for name in calls.split()}
)
"""Method names that PySpark has to itself, for a receiver whose type is unknown."""
REBINDING = frozenset({"pyspark.sql.streaming.DataStreamWriter.foreachBatch"})
"""Calls whose function finds its sessions and DataFrames again where it runs."""
