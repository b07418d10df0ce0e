"""Calls that take a function as a ship point does, and run it on the driver."""

from __future__ import annotations

from tests.differential.parts import Shape, Ship

ITEM = Shape()
F = "from pyspark.sql import functions as F"


def _like(
    name: str,
    text: str,
    shape: Shape = ITEM,
    *,
    imports: str = "",
    argument: str = "",
    takes: str = "function",
) -> Ship:
    return Ship(name, text, shape, argument, imports, takes=takes, look_alike=True)


SHIPS = (
    _like(
        "pyspark.sql.functions.transform",
        "$spark.range(1).select(F.transform(F.array(F.lit(1)), $f)).collect()",
        imports=F,
        takes="strict",
    ),
    _like(
        "pyspark.sql.functions.filter",
        "$spark.range(1).select(F.filter(F.array(F.lit(1)), $f)).schema",
        Shape("item", "item > 0"),
        imports=F,
        takes="strict",
    ),
    _like(
        "pyspark.sql.functions.aggregate",
        "$spark.range(1).select(F.aggregate(F.array(F.lit(1)), F.lit(0), $f)).schema",
        Shape("left, right", "left + right"),
        imports=F,
        takes="strict",
    ),
    _like("pyspark.sql.DataFrame.transform", "$spark.range(1).transform($f).collect()"),
    _like(
        "pyspark.RDD.aggregate",
        "$spark.sparkContext.parallelize([1], 1).aggregate(0, lambda a, b: b, $f)",
        Shape("left, right", "right"),
        argument="combOp",
    ),
    _like("sorted", "sorted([2, 1], key=$f)"),
    _like("map", "list(map($f, [1]))"),
    _like("filter", "list(filter($f, [1]))"),
    _like(
        "functools.reduce",
        "reduce($f, [1, 2])",
        Shape("left, right", "left"),
        imports="from functools import reduce",
    ),
    _like(
        "ThreadPoolExecutor.map",
        "with ThreadPoolExecutor(1) as $pool:\n    list($pool.map($f, [1]))",
        imports="from concurrent.futures import ThreadPoolExecutor",
    ),
    _like("pandas.Series.apply", "pd.Series([1]).apply($f)", imports="import pandas as pd"),
    _like(
        "pandas.DataFrame.groupby.apply",
        'pd.DataFrame({"a": [1], "b": [1]}).groupby("a").b.apply($f)',
        imports="import pandas as pd",
    ),
    _like(
        "pyspark.pandas.DataFrame.rename",
        'ps.DataFrame({"a": [1]}).rename(columns=$f)',
        Shape("name", "name + '_'"),
        argument="columns",
        imports="import pyspark.pandas as ps",
    ),
    _like(
        "threading.Thread",
        "$thread = Thread(target=$f, args=(1,))\n$thread.start()\n$thread.join()",
        imports="from threading import Thread",
    ),
)
