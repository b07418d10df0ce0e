"""Which types stay on the driver, and what Spark says of one that travels.

Source: PySpark 4.3.0, each type captured by a udf on classic and by one on Connect. Left out: what
holds a lock for reasons of its own (threads, log handlers), and what is refused only in a certain
state (a udf that was used on a column, a caught exception).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sparkguard.model import Family, Refused
from sparkguard.pyspark_api.types import ancestors
from sparkguard.targets import Target

CONTEXT_WORDS = (
    "[CONTEXT_ONLY_VALID_ON_DRIVER] It appears that you are attempting to reference SparkContext "
    "from a broadcast variable, action, or transformation. SparkContext can only be used on the "
    "driver, not in code that runs on workers. For more information, see SPARK-5063."
)
_RDD = (
    "[RDD_TRANSFORM_ONLY_VALID_ON_DRIVER] It appears that you are attempting to broadcast an RDD "
    "or reference an RDD from an action or transformation."
)
_SESSION = (
    "[NO_ACTIVE_SESSION] No active Spark session found. "
    "Please create a new Spark session before running the code."
)
_INDEX = "must be called with a collection of some kind, None was passed"
_MULTI_INDEX = "TypeError: Must pass both levels and codes"
_UDTF = (
    "ImportError: cannot import name 'AnalyzeArgument' from partially initialized module "
    "'pyspark.sql.connect.udtf'"
)
# Databricks' own runtime says so; it could not be run here.
_DBUTILS = "Could not serialize object: Exception: You cannot use dbutils within a spark job"
_PICKLE = "Could not serialize object: TypeError: cannot pickle '_thread.{}' object"
_RLOCK, _LOCK, _LOCAL = (_PICKLE.format(kind) for kind in ("RLock", "lock", "_local"))

# family, classic's words, Connect's words -> type: noun, where it is not the class's own name
_TABLE: Mapping[tuple[Family, str, str], Mapping[str, str]] = {
    ("session", CONTEXT_WORDS, _SESSION): {
        "pyspark.sql.SparkSession": "",
        "pyspark.sql.SQLContext": "",
    },
    ("session", CONTEXT_WORDS, ""): {"pyspark.sql.HiveContext": ""},
    ("context", CONTEXT_WORDS, ""): {
        "pyspark.SparkContext": "",
        "pyspark.streaming.StreamingContext": "",
    },
    ("dataframe", _RDD, ""): {"pyspark.RDD": "an RDD", "pyspark.RDDBarrier": "an RDD barrier"},
    ("dataframe", CONTEXT_WORDS, _SESSION): {
        "pyspark.sql.DataFrame": "",
        "pyspark.pandas.DataFrame": "a pandas-on-Spark DataFrame",
        "pyspark.pandas.DataFrame.pandas_on_spark": "part of a pandas-on-Spark DataFrame",
        "pyspark.pandas.DataFrame.spark": "part of a pandas-on-Spark DataFrame",
        "pyspark.pandas.Series": "a pandas-on-Spark Series",
        "pyspark.pandas.Series.cat": "part of a pandas-on-Spark Series",
        "pyspark.pandas.Series.dt": "part of a pandas-on-Spark Series",
        "pyspark.pandas.Series.pandas_on_spark": "part of a pandas-on-Spark Series",
        "pyspark.pandas.Series.spark": "part of a pandas-on-Spark Series",
        "pyspark.pandas.Series.str": "part of a pandas-on-Spark Series",
        "pyspark.pandas.groupby.GroupBy": "pandas-on-Spark grouped data",
        "pyspark.pandas.resample.Resampler": "a pandas-on-Spark resampler",
    },
    ("dataframe", CONTEXT_WORDS, _INDEX): {
        "pyspark.pandas.Index": "a pandas-on-Spark Index",
        "pyspark.pandas.Index.spark": "part of a pandas-on-Spark Index",
    },
    ("dataframe", CONTEXT_WORDS, _MULTI_INDEX): {
        "pyspark.pandas.MultiIndex": "a pandas-on-Spark MultiIndex"
    },
    ("dataframe", _RLOCK, _SESSION): {
        "pyspark.sql.GroupedData": "grouped data",
        "pyspark.sql.PandasCogroupedOps": "cogrouped data",
        "pyspark.pandas.window.RollingAndExpanding": "a pandas-on-Spark window",
    },
    ("jvm", CONTEXT_WORDS, _SESSION): {
        "pyspark.ml.torch.distributor.TorchDistributor": "",
        "pyspark.sql.Catalog": "",
        "pyspark.sql.DataFrameNaFunctions": "",
        "pyspark.sql.DataFrameStatFunctions": "",
        "pyspark.sql.DataFrameWriter": "",
        "pyspark.sql.DataFrameWriterV2": "",
        "pyspark.sql.UDFRegistration": "",
        "pyspark.sql.datasource.DataSourceRegistration": "",
        "pyspark.sql.streaming.DataStreamWriter": "",
        "pyspark.sql.tvf.TableValuedFunction": "",
    },
    ("jvm", CONTEXT_WORDS, _LOCAL): {
        "pyspark.sql.MergeIntoWriter": "",
        "pyspark.sql.MergeIntoWriter.WhenMatched": "part of a MergeIntoWriter",
        "pyspark.sql.MergeIntoWriter.WhenNotMatched": "part of a MergeIntoWriter",
        "pyspark.sql.MergeIntoWriter.WhenNotMatchedBySource": "part of a MergeIntoWriter",
    },
    ("jvm", CONTEXT_WORDS, _UDTF): {"pyspark.sql.UDTFRegistration": ""},
    ("jvm", _DBUTILS, _DBUTILS): {"pyspark.dbutils.DBUtils": "the DBUtils of Databricks"},
    ("jvm", CONTEXT_WORDS, ""): {
        "delta.tables.DeltaTable": "",
        "pyspark.mllib.common.JavaModelWrapper": "an mllib model of the JVM",
        "pyspark.mllib.linalg.distributed.DistributedMatrix": "a distributed matrix",
    },
    ("jvm", _RLOCK, _SESSION): {
        "pyspark.sql.DataFrameReader": "",
        "pyspark.sql.streaming.DataStreamReader": "",
        "pyspark.sql.streaming.StreamingQuery": "",
    },
    ("jvm", _RLOCK, _LOCAL): {"pyspark.sql.conf.RuntimeConfig": ""},
    ("jvm", _RLOCK, _LOCK): {
        "pyspark.ml.PipelineModel": "",
        "pyspark.ml.classification._ClassificationSummary": "a model's summary",
        "pyspark.ml.clustering.ClusteringSummary": "a model's summary",
        "pyspark.ml.regression.GeneralizedLinearRegressionSummary": "a model's summary",
        "pyspark.ml.regression.LinearRegressionSummary": "a model's summary",
        "pyspark.ml.tuning.CrossValidatorModel": "",
        "pyspark.ml.tuning.TrainValidationSplitModel": "",
        "pyspark.ml.wrapper.JavaModel": "a model of the JVM",
        "pyspark.sql.streaming.StreamingQueryManager": "",
    },
    # On Connect an estimator is plain Python, and so is a column.
    ("jvm", _RLOCK, ""): {
        "py4j.java_collections.JavaList": "",
        "py4j.java_gateway.GatewayClient": "",
        "py4j.java_gateway.JavaClass": "",
        "py4j.java_gateway.JavaGateway": "",
        "py4j.java_gateway.JavaMember": "",
        "py4j.java_gateway.JavaObject": "",
        "py4j.java_gateway.JavaPackage": "",
        "py4j.java_gateway.JVMView": "",
        "pyspark.SparkConf": "",
        "pyspark.StatusTracker": "",
        "pyspark.ml.Pipeline": "",
        "pyspark.ml.tuning.CrossValidator": "",
        "pyspark.ml.tuning.TrainValidationSplit": "",
        "pyspark.ml.wrapper.JavaWrapper": "an object of the JVM",
        "pyspark.resource.ExecutorResourceRequests": "",
        "pyspark.resource.ResourceProfile": "",
        "pyspark.resource.ResourceProfileBuilder": "",
        "pyspark.resource.TaskResourceRequests": "",
        "pyspark.sql.WindowSpec": "",
        "pyspark.streaming.DStream": "",
    },
    ("column", _RLOCK, ""): {"pyspark.sql.Column": ""},
    ("jvm", "", _LOCAL): {"pyspark.sql.connect.client.SparkConnectClient": ""},
}


def _named(type: str) -> str:
    name = type.rpartition(".")[2]
    return f"an {name}" if name.startswith(("E", "SQL")) else f"a {name}"


def _entries() -> Iterator[Refused]:
    for (family, classic, connect), types in _TABLE.items():
        words: dict[Target, str] = {"classic": classic, "connect": connect}
        refusals = MappingProxyType({target: said for target, said in words.items() if said})
        for name, noun in types.items():
            yield Refused(name, family, noun or _named(name), refusals)


DRIVER_ONLY: Mapping[str, Refused] = MappingProxyType({e.type: e for e in _entries()})
"""By canonical name; `driver_only` finds their subclasses too."""


def driver_only(type: str) -> Refused | None:
    """What is known of a type or the nearest of its base classes.

    Args:
        type: Canonical dotted name.
    """
    return next((DRIVER_ONLY[name] for name in ancestors(type) if name in DRIVER_ONLY), None)
