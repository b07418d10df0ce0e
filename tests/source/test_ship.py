"""Which calls ship, what they ship, and which only look as if they did."""

from __future__ import annotations

import pytest

from sparkguard.targets import Target
from tests.source.witness import HEAD, dedented, ship_points, under


def shipped(body: str) -> list[tuple[str, str]]:
    return [
        (point.api.removeprefix("pyspark."), point.function)
        for point in ship_points(HEAD + dedented(body))
    ]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("f = udf(lambda n: n)", ("sql.functions.udf", "<lambda>")),
        ("f = udf(lambda n: n, StringType())", ("sql.functions.udf", "<lambda>")),
        ("f = F.udf(f=lambda n: n)", ("sql.functions.udf", "<lambda>")),
        ("f = F.udf(returnType='int', f=lambda n: n)", ("sql.functions.udf", "<lambda>")),
        ("@udf\ndef f(n): pass", ("sql.functions.udf", "f")),
        ("@udf('int')\ndef f(n): pass", ("sql.functions.udf", "f")),
        ("@F.udf(returnType='int')\ndef f(n): pass", ("sql.functions.udf", "f")),
        ("make = F.udf\nf = make(lambda n: n)", ("sql.functions.udf", "<lambda>")),
        ("update = F.udf\nf = update(lambda n: n)", ("sql.functions.udf", "<lambda>")),
        ("replace = F.udf('int')\nf = replace(lambda n: n)", ("sql.functions.udf", "<lambda>")),
        (
            "import pyspark\nf = pyspark.sql.functions.udf(lambda n: n)",
            ("sql.functions.udf", "<lambda>"),
        ),
        (
            "from functools import partial\n"
            "make = partial(udf, returnType='int')\nf = make(lambda n: n)",
            ("sql.functions.udf", "<lambda>"),
        ),
        (
            "from functools import partial\n@partial(udf, returnType='int')\ndef f(n): pass",
            ("sql.functions.udf", "f"),
        ),
        ("@F.pandas_udf('int')\ndef f(n): pass", ("sql.functions.pandas_udf", "f")),
        (
            "@F.udtf(returnType='a: int')\nclass T:\n  def eval(self): yield 1",
            ("sql.functions.udtf", "T"),
        ),
        ("spark.udf.register('f', lambda n: n)", ("sql.UDFRegistration.register", "<lambda>")),
        (
            "spark.udf.register(name='f', f=lambda n: n)",
            ("sql.UDFRegistration.register", "<lambda>"),
        ),
        ("sc.parallelize([1]).map(lambda n: n)", ("RDD.map", "<lambda>")),
        ("spark.range(1).rdd.map(lambda n: n)", ("RDD.map", "<lambda>")),
        ("spark.range(1).foreach(lambda n: n)", ("sql.DataFrame.foreach", "<lambda>")),
        (
            "def f(rows): pass\nspark.range(1).foreachPartition(f)",
            ("sql.DataFrame.foreachPartition", "f"),
        ),
        (
            "spark.range(1).mapInPandas(lambda n: n, 'a int')",
            ("sql.DataFrame.mapInPandas", "<lambda>"),
        ),
        ("unknown.mapInPandas(lambda n: n, 'a int')", ("sql.DataFrame.mapInPandas", "<lambda>")),
        (
            "spark.range(1).groupBy('id').applyInPandas(lambda n: n, '')",
            ("sql.GroupedData.applyInPandas", "<lambda>"),
        ),
        (
            "a = spark.range(1).groupBy('id')\na.cogroup(a).applyInPandas(lambda x, y: x, '')",
            ("sql.PandasCogroupedOps.applyInPandas", "<lambda>"),
        ),
        ("pairs.reduceByKey(lambda a, b: a)", ("RDD.reduceByKey", "<lambda>")),
        (
            "def f(frame: DataFrame): frame.foreach(lambda n: n)",
            ("sql.DataFrame.foreach", "<lambda>"),
        ),
    ],
)
def test_what_ships(body: str, wanted: tuple[str, str]) -> None:
    points = shipped(body)

    assert points in ([wanted], [("SparkContext.parallelize", "parallelize"), wanted])


@pytest.mark.parametrize(
    "body",
    [
        "F.transform('a', lambda n: n)",
        "F.filter('a', lambda n: n)",
        "spark.range(1).transform(lambda frame: frame)",
        "map(lambda n: n, [1])",
        "sorted([1], key=lambda n: n)",
        "list(filter(None, [1]))",
        "unknown.map(lambda n: n)",
        "unknown.foreach(lambda n: n)",
        "def udf(f): return f\nudf(lambda n: n)",
        "def f(udf): udf(lambda n: n)",
        "from numba import udf\nudf(lambda n: n)",
        "class A:\n  def map(self, f): pass\nA().map(lambda n: n)",
        "class A:\n  def mapInPandas(self, f): pass\nA().mapInPandas(lambda n: n)",
        "import pandas as pd\npd.DataFrame().apply(lambda n: n)",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "ThreadPoolExecutor().map(lambda n: n, [1])",
        "udf",
        "udf(unknown)",
        "StringType()",
    ],
)
def test_what_does_not_ship(body: str) -> None:
    assert shipped(body) == []


def test_a_udf_object_ships_once() -> None:
    body = """
        f = udf(lambda n: n)
        spark.udf.register("f", f)
        spark.range(1).select(f("id"))
    """

    assert shipped(body) == [("sql.functions.udf", "<lambda>")]


def test_a_ship_point_of_several_arguments_is_one() -> None:
    body = "pairs.combineByKey(lambda a: a, lambda a, b: a, lambda a, b: b)"

    assert shipped(body) == [("RDD.combineByKey", "<lambda>")]


@pytest.mark.parametrize(
    ("body", "targets"),
    [
        ("udf(lambda n: n)", ("classic", "connect")),
        ("spark.range(1).rdd.map(lambda n: n)", ("classic",)),
        ("spark.range(1).foreach(lambda n: n)", ("classic", "connect")),
    ],
)
def test_where_it_ships(body: str, targets: tuple[Target, ...]) -> None:
    [point] = ship_points(HEAD + body)

    assert point.targets == targets
    assert [one.targets for one in ship_points(HEAD + body, ("classic",))] == [("classic",)]
    assert bool(ship_points(HEAD + body, ("connect",))) == ("connect" in targets)


def test_the_span_is_the_callees_name_and_the_statement_all_of_it() -> None:
    text = HEAD + "names = [\n    spark.range(1).rdd.map(\n        lambda n: n\n    )\n]\n"

    [point] = ship_points(text)

    assert under(text, point.span) == "map"
    assert under(text, point.statement) == text.removeprefix(HEAD).rstrip()
