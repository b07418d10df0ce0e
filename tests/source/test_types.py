"""What an expression is, seen through a function that captures it."""

from __future__ import annotations

import pytest

from tests.source.witness import HEAD, captures, dedented


def types_of(body: str) -> list[str]:
    """The driver-only types that `x` may have at the end of `body`."""
    text = f"{HEAD}{dedented(body)}\nudf(lambda n: x)\n"
    return [(one.type or "").rpartition(".")[2] for one in captures(text)]


EXPRESSIONS = [
    ("spark", "SparkSession"),
    ("sc", "SparkContext"),
    ("SparkSession.builder.getOrCreate()", "SparkSession"),
    ("SparkSession.builder.appName('a').config('b', 'c').getOrCreate()", "SparkSession"),
    ("SparkSession.getActiveSession()", "SparkSession"),
    ("spark.newSession()", "SparkSession"),
    ("spark.sparkContext", "SparkContext"),
    ("spark.range(1)", "DataFrame"),
    ("spark.sql('select 1')", "DataFrame"),
    ("spark.table('a')", "DataFrame"),
    ("spark.read.parquet('a')", "DataFrame"),
    ("spark.read.format('csv').option('a', 1).load('a')", "DataFrame"),
    ("spark.createDataFrame([])", "DataFrame"),
    ("spark.range(1).select('id').where('a').join(y, 'id').limit(1)", "DataFrame"),
    ("spark.range(1).groupBy('id').agg({})", "DataFrame"),
    ("spark.range(1).groupBy('id')", "GroupedData"),
    ("spark.range(1).rdd", "RDD"),
    ("spark.range(1).rdd.map(f).filter(f)", "RDD"),
    ("sc.parallelize([1]).zipWithIndex()", "RDD"),
    ("sc.textFile('a')", "RDD"),
    ("spark.range(1).sparkSession", "SparkSession"),
    ("spark.range(1).transform(f)", "DataFrame"),
    ("(y := spark)", "SparkSession"),
    ("spark if y else None", "SparkSession"),
    ("y or spark", "SparkSession"),
    ("[spark][0]", "SparkSession"),
    ("{'a': spark}['a']", "SparkSession"),
    ("(1, spark)[1]", "SparkSession"),
    ("(lambda s: s)(spark)", "SparkSession"),
    ("list((spark,))[0]", "SparkSession"),
    ("{'a': spark}.get('a')", "SparkSession"),
    ("dict(a=spark)['a']", "SparkSession"),
]


@pytest.mark.parametrize(("expression", "wanted"), EXPRESSIONS)
def test_what_an_expression_gives(expression: str, wanted: str) -> None:
    assert types_of(f"x = {expression}") == [wanted]


@pytest.mark.parametrize(
    "expression",
    [
        "spark.range(1).count()",
        "spark.range(1).first()",
        "spark.range(1).columns",
        "spark.range(1).schema",
        "spark.range(1).take(3)",
        "spark.version",
        "SparkSession.builder",
        "sc.broadcast({})",
        "sc.accumulator(0)",
        "[1, spark][0]",
        "{'a': 1, 'b': spark}['a']",
        "unknown",
        "unknown(spark)",
        "str(spark)",
        "len([spark])",
        "'spark'",
        "StringType()",
        "SparkSession",
    ],
)
def test_what_may_travel_is_nothing_to_tell(expression: str) -> None:
    assert types_of(f"x = {expression}") == []


ANNOTATIONS = [
    ("SparkSession", "SparkSession"),
    ("'SparkSession'", "SparkSession"),
    ("SparkSession | None", "SparkSession"),
    ("'SparkSession | None'", "SparkSession"),
    ("Optional[SparkSession]", "SparkSession"),
    ("typing.Optional['DataFrame']", "DataFrame"),
    ("Union[None, DataFrame]", "DataFrame"),
    ("Annotated[DataFrame, 'words']", "DataFrame"),
    ("pyspark.sql.DataFrame", "DataFrame"),
    ("'RDD[int]'", "RDD"),
]


@pytest.mark.parametrize(("annotation", "wanted"), ANNOTATIONS)
def test_what_an_annotation_says(annotation: str, wanted: str) -> None:
    text = f"""{HEAD}
import pyspark.sql, typing
from typing import Annotated, Optional, Union
from pyspark import RDD
def f(x: {annotation}):
    return udf(lambda n: x)
def g() -> {annotation}:
    return unknown()
y = g()
z: {annotation} = unknown()
udf(lambda n: y)
udf(lambda n: z)
"""

    assert [(one.type or "").rpartition(".")[2] for one in captures(text)] == [wanted] * 3


@pytest.mark.parametrize(
    "annotation",
    ["int", "list[str]", "Callable[[SparkSession], int]", "type[SparkSession]", "'('", "Any"],
)
def test_an_annotation_that_says_nothing_of_it(annotation: str) -> None:
    text = f"{HEAD}def f(x: {annotation}):\n    return udf(lambda n: x)\n"

    assert captures(text) == []


BY_USE = [
    ("def f(x): x.createDataFrame([]); x.sparkContext", "SparkSession"),
    ("def f(x): x.parallelize([1])", "SparkContext"),
    ("def f(x): x.withColumn('a', b)", "DataFrame"),
    ("def f(x): x.reduceByKey(g)", "RDD"),
]


@pytest.mark.parametrize(("definition", "wanted"), BY_USE)
def test_what_a_parameter_is_by_its_use(definition: str, wanted: str) -> None:
    text = f"{HEAD}{definition}; return udf(lambda n: x)\n"

    assert [(one.type or "").rpartition(".")[2] for one in captures(text)] == [wanted]


CALLED = [
    "def f(x): return udf(lambda n: x)\nf({})",
    "def f(a, x): return udf(lambda n: x)\nf(1, {})",
    "def f(a=1, *, x=None): return udf(lambda n: x)\nf(x={})",
    "def f(x): g(x)\ndef g(x): h(x)\ndef h(x): return udf(lambda n: x)\nf({})",
    "class A:\n  def f(self, x): return udf(lambda n: x)\nA().f({})",
    "class A:\n  @staticmethod\n  def f(x): return udf(lambda n: x)\nA.f({})",
    "class A:\n  @classmethod\n  def f(cls, x): return udf(lambda n: x)\nA.f({})",
    "def f(x): return lambda n: x\nudf(f({}))",
    "def f(x):\n  def g(n): return x\n  return g\nudf(f({}))",
    "def f(x={}): return udf(lambda n: x)",
    "y = {}\ndef f(): return y\nz = f()\nudf(lambda n: z)",
]


@pytest.mark.parametrize("text", CALLED)
@pytest.mark.parametrize(
    "given", ["spark.range(1)", "spark.range(1).rdd", "SparkSession.builder.getOrCreate()"]
)
def test_what_a_parameter_is_by_its_calls(text: str, given: str) -> None:
    found = captures(HEAD + text.format(given))

    assert {one.type for one in found} == {
        {"spark.range(1)": "pyspark.sql.DataFrame", "spark.range(1).rdd": "pyspark.RDD"}.get(
            given, "pyspark.sql.SparkSession"
        )
    }
    assert len({one.span for one in found}) == 1


@pytest.mark.parametrize("name", ["x", "spark_name", "df_count", "rows"])
def test_a_parameter_of_which_nothing_is_known_is_not_guilty(name: str) -> None:
    assert captures(f"{HEAD}def f({name}): return udf(lambda n: {name})\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "x = x\nudf(lambda n: x)",
        "x = y\ny = x\nudf(lambda n: x)",
        "def f(): return f()\nx = f()\nudf(lambda n: x)",
        "class A(A): pass\nudf(A())",
        "class A(B): pass\nclass B(A): pass\nx = A()\nudf(lambda n: x)",
        "x = [x for x in x]\nudf(lambda n: x)",
    ],
)
def test_what_defines_itself_ends(text: str) -> None:
    assert captures(HEAD + text) == []
