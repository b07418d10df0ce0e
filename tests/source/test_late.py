"""Names that have another value by the time that a lazy function is pickled."""

from __future__ import annotations

import textwrap

import pytest

from tests.source.witness import captures

HEAD = """
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
rdd = spark.sparkContext.parallelize([1])
kept, table = [], {}


def main(df):
"""


def late(body: str) -> list[str]:
    program = HEAD + textwrap.indent(textwrap.dedent(body).strip(), "    ")
    found = [one for one in captures(program) if one.change and one.change.kind == "rebound"]
    return [one.path[0].text for one in found]


LATE = {
    "put into a list": """
        all = []
        for n in df: all.append(rdd.map(lambda x: x + n))
    """,
    "put into a dict": """
        found = {}
        for n in df: found[n] = rdd.filter(lambda x: x == n)
    """,
    "put into a list with its name": """
        all = []
        for n in df: all.append((n, rdd.filter(lambda x: x == n)))
    """,
    "added to a list": """
        all = []
        for n in df: all += [rdd.map(lambda x: x + n)]
        return all
    """,
    "more lazy steps": """
        all = []
        for n in df: all.append(rdd.map(lambda x: x + n).filter(bool).keys())
    """,
    "a name of its own": """
        all = []
        for n in df:
            part = rdd.map(lambda x: x + n)
            all.append(part)
    """,
    "a chain that grows": """
        found = rdd
        for n in df: found = found.filter(lambda x: x != n)
        return found.collect()
    """,
    "made of the loop's name": """
        all = []
        for n, _ in df:
            m = n * 2
            all.append(rdd.map(lambda x: x + m))
    """,
    "made of it by an f-string": """
        all = []
        for n in df:
            m = f"{n}!"
            all.append(rdd.map(lambda x: x + m))
    """,
    "a named function": """
        all = []
        for n in df:
            def plus(x):
                return x + n
            all.append(rdd.map(plus))
    """,
    "a while loop": """
        all, n = [], 0
        while n < 3:
            n += 1
            all.append(rdd.map(lambda x: x + n))
    """,
    "a list comprehension": "return [rdd.map(lambda x: x + n) for n in df]",
    "a dict comprehension": "return {n: rdd.map(lambda x: x + n) for n in df}",
    "pairs of a comprehension": "return [(n, rdd.map(lambda x: x + n)) for n in df]",
    "udf objects": "us = [udf(lambda x: x + n, 'long') for n in df]",
    "decorated ones": """
        us = []
        for n in df:
            @udf("long")
            def plus(x):
                return x + n
            us.append(plus)
    """,
    "used again": """
        n = 1
        first = rdd.map(lambda x: x + n)
        n = 2
        second = rdd.map(lambda x: x + n)
        return first.collect()
    """,
}
EARLY = {
    "a default argument": """
        all = []
        for n in df: all.append(rdd.map(lambda x, n=n: x + n))
    """,
    "an action": """
        all = []
        for n in df: all.append(rdd.map(lambda x: x + n).collect())
    """,
    "a shuffle": """
        all = []
        for n in df: all.append(rdd.map(lambda x: (x, n)).reduceByKey(max))
    """,
    "a cache": """
        all = []
        for n in df: all.append(rdd.map(lambda x: x + n).cache())
    """,
    "an action on its name": """
        all = []
        for n in df:
            part = rdd.map(lambda x: x + n)
            part.cache()
            all.append(part)
    """,
    "used where it is stored": """
        us = {}
        for n in df:
            us[n] = udf(lambda x: x + n, "long")
            df = df.withColumn("n", us[n]("id"))
        return df
    """,
    "a union": """
        all = rdd
        for n in df: all = all.union(rdd.map(lambda x: x + n))
        return all
    """,
    "the last one only": """
        for n in df: last = rdd.map(lambda x: x + n)
        return last
    """,
    "a list of each round": """
        for n in df:
            all = []
            all.append(rdd.map(lambda x: x + n))
            spark.sparkContext.union(all).collect()
    """,
    "no name of the loop": """
        all, m = [], 3
        for n in df: all.append(rdd.map(lambda x: x + m))
    """,
    "always the same value": """
        all = []
        for n in df:
            m = 3
            all.append(rdd.map(lambda x: x + m))
    """,
    "a function that makes it": """
        def plus(n):
            return rdd.map(lambda x: x + n)
        return [plus(n) for n in df]
    """,
    "a udf that is called": """
        for n in df:
            plus = udf(lambda x: x + n, "long")
            df = df.withColumn("n", plus("id"))
        return df
    """,
    "an action in a comprehension": "return [rdd.map(lambda x: x + n).collect() for n in df]",
    "rebound, and not used again": """
        n = 1
        first = rdd.map(lambda x: x + n)
        n = 2
        return first.collect()
    """,
    "rebound after the action": """
        n = 1
        first = rdd.map(lambda x: x + n)
        first.collect()
        n = 2
        second = rdd.map(lambda x: x + n)
    """,
}


@pytest.mark.parametrize("body", LATE.values(), ids=LATE)
def test_what_is_pickled_after_the_loop_reads_the_last_value(body: str) -> None:
    assert late(body) in (["n"], ["m"])


@pytest.mark.parametrize("body", EARLY.values(), ids=EARLY)
def test_what_is_pickled_in_time_is_silent(body: str) -> None:
    assert late(body) == []


def test_a_default_argument_has_room_behind_a_lambdas_last_parameter() -> None:
    program = HEAD + "    return [rdd.map(lambda x: x + n) for n in df]\n"

    [capture] = captures(program)

    assert capture.change is not None
    assert capture.change.room is not None
    line = program.lstrip("\n").splitlines()[capture.change.room.start.line - 1]
    assert line[: capture.change.room.end.column - 1].endswith("lambda x")


@pytest.mark.parametrize("parameters", ["*xs", "x=1", "**xs"])
def test_behind_other_parameters_it_has_none(parameters: str) -> None:
    [capture] = captures(f"{HEAD}    return [rdd.map(lambda {parameters}: n) for n in df]\n")

    assert capture.change is not None
    assert capture.change.room is None
