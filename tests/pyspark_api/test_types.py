"""Names, members and results, against the PySpark that is installed."""

from __future__ import annotations

import importlib
import json
import warnings
from typing import TYPE_CHECKING

import pyspark
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard.pyspark_api import (
    CONVENTIONAL,
    SHIP_POINTS,
    canonical,
    is_type,
    member,
    result_of,
)
from sparkguard.pyspark_api.types import TABLE
from tests.pyspark_types.names import public
from tests.pyspark_types.source import definition, modules, names
from tests.pyspark_types.table import generate

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MODULES = (
    "pyspark pyspark.context pyspark.rdd pyspark.ml.classification pyspark.ml.tuning "
    "pyspark.mllib.clustering pyspark.pandas pyspark.pandas.groupby pyspark.sql "
    "pyspark.sql.dataframe pyspark.sql.functions pyspark.sql.readwriter pyspark.sql.session "
    "pyspark.sql.streaming pyspark.sql.udf pyspark.streaming.dstream"
)


@pytest.mark.skipif(
    not pyspark.__version__.startswith("4.3."),
    reason=f"the table is that of PySpark 4.3, and {pyspark.__version__} is installed",
)
def test_the_table_of_types_is_what_the_installed_pyspark_says() -> None:
    assert TABLE.read_text(encoding="utf-8") == generate(), (
        "sparkguard/pyspark_api/types.json is not what the installed PySpark gives: "
        "run `python -m tests.pyspark_types --write` and read the difference"
    )


def test_the_table_of_types_stays_small_and_names_only_itself() -> None:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    results = {
        result
        for record in table["types"].values()
        for kind in ("calls", "reads")
        for result in record.get(kind, {})
    }
    assert results - {"", "Self"} <= table["types"].keys()
    assert TABLE.stat().st_size < 150_000


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("databricks.connect.DatabricksSession.builder", "pyspark.sql.SparkSession.builder"),
        ("delta.DeltaTable", "delta.tables.DeltaTable"),
        ("pyspark.SQLContext", "pyspark.sql.SQLContext"),
        ("pyspark.context.SparkContext", "pyspark.SparkContext"),
        ("pyspark.core.rdd.PipelinedRDD", "pyspark.RDD"),
        (
            "pyspark.ml.connect.functions.predict_batch_udf",
            "pyspark.ml.functions.predict_batch_udf",
        ),
        ("pyspark.rdd.RDD.map", "pyspark.RDD.map"),
        ("pyspark.sql.classic.dataframe.DataFrame", "pyspark.sql.DataFrame"),
        ("pyspark.sql.connect.conf.RuntimeConf", "pyspark.sql.conf.RuntimeConfig"),
        ("pyspark.sql.connect.functions.builtin.udf", "pyspark.sql.functions.udf"),
        ("pyspark.sql.connect.group.GroupedData", "pyspark.sql.GroupedData"),
        ("pyspark.sql.connect.session.SparkSession", "pyspark.sql.SparkSession"),
        ("pyspark.sql.functions.builtin.broadcast", "pyspark.sql.functions.broadcast"),
        ("pyspark.sql.pandas.functions.pandas_udf", "pyspark.sql.functions.pandas_udf"),
        ("pyspark.sql.session.SparkSession.builder", "pyspark.sql.SparkSession.builder"),
        ("pyspark.sql.udf.UserDefinedFunction", "pyspark.sql.udf.UserDefinedFunction"),
        ("pyspark.sql.udtf.UDTFRegistration", "pyspark.sql.UDTFRegistration"),
        ("pyspark", "pyspark"),
        ("numpy.ndarray", "numpy.ndarray"),
        ("", ""),
    ],
)
def test_canonical_name(name: str, expected: str) -> None:
    assert canonical(name) == expected


def test_every_import_path_leads_to_the_public_name() -> None:
    wrong = {}
    for module in modules().values():
        for name in names(module):
            where = definition(module.name, name) or ""
            target = public(where) if where.endswith(f".{name}") else None
            known = target is not None and (is_type(target) or target in SHIP_POINTS)
            if known and canonical(f"{module.name}.{name}") != target:
                wrong[f"{module.name}.{name}"] = target
    assert wrong == {}


@pytest.mark.parametrize(
    "module",
    MODULES.split(),
)
def test_the_public_name_imports_the_same_object(module: str) -> None:
    namespace = vars(importlib.import_module(module))
    moved = {name: canonical(f"{module}.{name}") for name in namespace}
    moved = {name: target for name, target in moved.items() if target != f"{module}.{name}"}
    for name, target in moved.items():
        assert name == "PipelinedRDD" or imported(target) is namespace[name]


def imported(dotted: str) -> object:
    home, *attributes = dotted.split(".")
    found: object = importlib.import_module(home)
    for attribute in attributes:
        home = f"{home}.{attribute}"
        found = (
            getattr(found, attribute)
            if hasattr(found, attribute)
            else importlib.import_module(home)
        )
    return found


@given(st.lists(st.sampled_from(["pyspark", "sql", "rdd", "RDD", "map", "functions", "udf", "x"])))
def test_canonical_is_settled_after_one_step(parts: list[str]) -> None:
    once = canonical(".".join(parts))
    assert canonical(once) == once


@pytest.mark.parametrize(
    ("start", "path", "expected"),
    [
        (
            "pyspark.sql.SparkSession",
            "builder.appName.config.getOrCreate",
            "pyspark.sql.SparkSession",
        ),
        ("pyspark.sql.SparkSession", "getActiveSession", "pyspark.sql.SparkSession"),
        ("pyspark.sql.SparkSession", "__enter__.newSession", "pyspark.sql.SparkSession"),
        ("pyspark.sql.SparkSession", "sparkContext.parallelize.map.toDF", "pyspark.sql.DataFrame"),
        ("pyspark.sql.SparkSession", "read.format.option.load", "pyspark.sql.DataFrame"),
        ("pyspark.sql.SparkSession", "udf", "pyspark.sql.UDFRegistration"),
        ("pyspark.sql.SparkSession", "_jvm", "py4j.java_gateway.JVMView"),
        ("pyspark.sql.DataFrame", "rdd.keyBy.groupByKey", "pyspark.RDD"),
        ("pyspark.sql.DataFrame", "rdd.context", "pyspark.SparkContext"),
        ("pyspark.sql.DataFrame", "groupBy.cogroup", "pyspark.sql.PandasCogroupedOps"),
        ("pyspark.sql.DataFrame", "groupBy.pivot.agg.sparkSession", "pyspark.sql.SparkSession"),
        (
            "pyspark.sql.DataFrame",
            "writeStream.format.start",
            "pyspark.sql.streaming.StreamingQuery",
        ),
        ("pyspark.sql.DataFrame", "pandas_api.groupby.sum", "pyspark.pandas.DataFrame"),
        ("pyspark.sql.Window", "partitionBy.orderBy", "pyspark.sql.WindowSpec"),
        ("pyspark.pandas.Series", "str.upper.abs", "pyspark.pandas.Series"),
        ("pyspark.streaming.StreamingContext", "socketTextStream.map", "pyspark.streaming.DStream"),
        ("pyspark.ml.Pipeline", "fit.transform", "pyspark.sql.DataFrame"),
        (
            "pyspark.ml.classification.LogisticRegression",
            "setMaxIter.fit",
            "pyspark.ml.classification.LogisticRegressionModel",
        ),
        ("delta.tables.DeltaTable", "forPath.toDF", "pyspark.sql.DataFrame"),
    ],
)
def test_a_chain_of_attributes_gives(start: str, path: str, expected: str) -> None:
    reached: str | None = start
    for attribute in path.split("."):
        found = member(str(reached), attribute)
        assert found is not None, attribute
        reached = found.returns
    assert reached == expected


@pytest.mark.parametrize(
    ("owner", "attribute", "expected"),
    [
        ("pyspark.core.rdd.PipelinedRDD", "map", "pyspark.RDD.map"),
        ("pyspark.sql.HiveContext", "registerFunction", "pyspark.sql.SQLContext.registerFunction"),
        ("pyspark.pandas.MultiIndex", "map", "pyspark.pandas.Index.map"),
        (
            "pyspark.pandas.groupby.DataFrameGroupBy",
            "transform",
            "pyspark.pandas.groupby.GroupBy.transform",
        ),
    ],
)
def test_an_inherited_method_ships_under_the_name_of_the_table(
    owner: str, attribute: str, expected: str
) -> None:
    found = member(owner, attribute)
    assert found is not None
    assert found.name == expected
    assert expected in SHIP_POINTS


@pytest.mark.parametrize(
    ("owner", "attribute", "expected"),
    [
        ("pyspark.sql.DataFrame", "price", "pyspark.sql.Column"),
        ("pyspark.sql.DataFrame", "count", None),
        ("pyspark.pandas.DataFrame", "price", "pyspark.pandas.Series"),
        ("pyspark.pandas.DataFrame", "shape", None),
        (
            "pyspark.pandas.groupby.DataFrameGroupBy",
            "price",
            "pyspark.pandas.groupby.SeriesGroupBy",
        ),
        ("pyspark.pandas.groupby.DataFrameGroupBy", "agg", "pyspark.pandas.DataFrame"),
    ],
)
def test_a_name_that_is_no_member_is_a_column(
    owner: str, attribute: str, expected: str | None
) -> None:
    found = member(owner, attribute)
    assert found is not None
    assert found.returns == expected


@pytest.mark.parametrize(
    ("owner", "attribute"),
    [("pyspark.sql.DataFrame", "_price"), ("pyspark.RDD", "price"), ("dict", "get")],
)
def test_an_attribute_that_the_table_does_not_have(owner: str, attribute: str) -> None:
    assert member(owner, attribute) is None


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("pyspark.pandas.read_csv", "pyspark.pandas.DataFrame"),
        ("pyspark.sql.functions.broadcast", "pyspark.sql.DataFrame"),
        ("pyspark.sql.functions.col", "pyspark.sql.Column"),
        ("pyspark.sql.SparkSession", "pyspark.sql.SparkSession"),
        ("pyspark.sql.functions.udf", None),
        ("len", None),
    ],
)
def test_what_a_call_gives(function: str, expected: str | None) -> None:
    assert result_of(function) == expected


def test_names_that_notebooks_hand_out_are_types() -> None:
    assert all(is_type(type) for type in CONVENTIONAL.values())


def test_real_objects_are_of_the_types_that_the_table_says(spark: SparkSession) -> None:
    frame = spark.range(3)
    rdd = frame.rdd
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        real = [
            ("pyspark.sql.SparkSession", "sparkContext", spark.sparkContext),
            ("pyspark.sql.SparkSession", "range", frame),
            ("pyspark.sql.SparkSession", "udf", spark.udf),
            ("pyspark.sql.SparkSession", "catalog", spark.catalog),
            ("pyspark.sql.SparkSession", "conf", spark.conf),
            ("pyspark.sql.SparkSession", "builder", spark.builder),
            ("pyspark.sql.SparkSession", "_jvm", spark._jvm),
            ("pyspark.sql.DataFrame", "rdd", rdd),
            ("pyspark.sql.DataFrame", "groupBy", frame.groupBy("id")),
            ("pyspark.sql.DataFrame", "write", frame.write),
            ("pyspark.sql.DataFrame", "na", frame.na),
            ("pyspark.sql.DataFrame", "_jdf", frame._jdf),
            ("pyspark.RDD", "map", rdd.map(str)),
            ("pyspark.RDD", "barrier", rdd.barrier()),
            ("pyspark.RDD", "toDF", rdd.toDF()),
            ("pyspark.SparkContext", "broadcast", spark.sparkContext.broadcast(1)),
        ]
    for owner, attribute, value in real:
        found = member(owner, attribute)
        assert found is not None
        assert found.returns == canonical(f"{type(value).__module__}.{type(value).__qualname__}")
