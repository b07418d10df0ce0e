"""Whole scripts on a session that no JVM and no server stands behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkguard.live.launch import launch
from sparkguard.live.seen import Order, Seen

JOB = """\
import sys, threading
from pyspark.sql import SparkSession, functions as F
from pyspark.sql.functions import udf, pandas_udf, udtf

spark = SparkSession.builder.appName("job").getOrCreate()
lock = threading.Lock()
df = spark.createDataFrame([(1, ["a"])], "n int, s array<string>")
add = udf(lambda x: (lock, x), "int")
df = df.withColumn("m", add(df.n)).filter(F.col("m") > 1).groupBy("n").count()


@udf("string")
def shout(text):
    return text.upper()


@pandas_udf("long")
def double(column):
    return 2 * column


df.select(shout("s"), double("n")).show()
print(df.count(), df.columns, df.schema, df.rdd.getNumPartitions() if len(sys.argv) < 2 else 0)
df.mapInPandas(lambda frames: (spark for _ in frames), "n int").collect()
"""
RDDS = """\
from pyspark import SparkContext

sc = SparkContext.getOrCreate()
table = sc.broadcast({"a": 1})
hits = sc.accumulator(0)
pairs = sc.parallelize([("a", 1)], 2).map(lambda pair: (pair[0], table.value, hits.add(1)))
pairs.reduceByKey(max).mapValues(lambda v: sc).sortBy(lambda pair: pair[0]).collect()
sc.parallelize([1]).foreach(print)
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def seen(text: str, **order: object) -> Seen:
    Path("job.py").write_text(text, encoding="utf-8")
    return launch(Order("job.py", **order))  # type: ignore[arg-type]


def found(result: Seen) -> list[tuple[str, str, int, tuple[str, ...]]]:
    return [
        (point.api, point.function, point.span.start.line, tuple(s.text for s in one.path))
        for point in (probed.point for probed in result.probed)
        for one in point.captures
    ]


def functions(result: Seen) -> set[str]:
    return {probed.point.function for probed in result.probed}


@pytest.mark.parametrize("remote", [False, True])
def test_all_that_a_script_ships_is_probed_at_the_call_that_ships_it(remote: bool) -> None:
    result = seen(JOB, remote=remote, arguments=("remote",) if remote else ())

    assert set(found(result)) == {
        ("pyspark.sql.functions.udf", "<lambda>", 8, ("lock",)),
        ("pyspark.sql.DataFrame.mapInPandas", "<lambda>", 24, ("spark",)),
    }
    assert functions(result) == {"<lambda>", "shout", "double"}
    assert "`collect` at job.py:24" in result.remarks[0]


def test_functions_of_rdds_are_told_by_their_own_calls() -> None:
    result = seen(RDDS)

    assert found(result) == [("pyspark.RDD.mapValues", "<lambda>", 7, ("sc",))]
    assert {probed.point.api for probed in result.probed} >= {"pyspark.RDD.map"}


def test_a_made_up_answer_that_stops_the_script_is_told() -> None:
    text = (
        "from pyspark.sql import SparkSession\n"
        "df = SparkSession.builder.getOrCreate().range(3)\n"
        "df.rdd.map(lambda row: row).count()\n"
        "print(df.first()['id'])\n"
    )
    result = seen(text)

    assert functions(result) == {"<lambda>"}
    assert "`first` at job.py:4" in result.remarks[0]
    assert result.remarks[1].startswith("the script stopped early: TypeError")


def test_a_script_that_ships_nothing_and_ends_is_no_failure() -> None:
    assert seen("print(1)\n") == Seen()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 / 0", "stopped before it shipped anything: ZeroDivisionError: division by zero"),
        ("raise SystemExit(5)", "stopped before it shipped anything: exited with 5"),
    ],
)
def test_a_script_that_fails_first_is_one_line(text: str, words: str) -> None:
    assert words in seen(text).failed


def test_a_script_is_main_and_has_its_arguments() -> None:
    text = (
        "import sys\nfrom pyspark import SparkContext\n"
        "if __name__ == '__main__':\n"
        "    assert sys.argv == ['job.py', 'a', '-b']\n"
        "    SparkContext.getOrCreate().parallelize([1]).map(lambda x: x).count()\n"
    )
    assert functions(seen(text, arguments=("a", "-b"))) == {"<lambda>"}


def test_a_models_plain_values_travel_and_the_model_does_not() -> None:
    text = (
        "from pyspark.sql import SparkSession\nfrom pyspark.ml.regression import LinearRegression\n"
        "spark = SparkSession.builder.getOrCreate()\ndf = spark.range(3)\n"
        "model = LinearRegression().fit(df)\nslope = model.intercept\n"
        "df.rdd.map(lambda row: slope).count()\ndf.rdd.map(lambda row: model).count()\n"
    )
    assert [way for *_, way in found(seen(text))] == [("model",)]
