"""The error texts that real Spark gave, in the folder beside the checkout, and the rule of each."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sparkguard.failures.measured import RULES
from sparkguard.pyspark_api import driver_only

FOLDER = Path(__file__).parents[3] / "shared"
ON_A_WORKER = (
    "pyspark.errors.exceptions.captured.PythonException: An exception was thrown from the Python "
    "worker:\n"
)
# What the corpus calls the way in which a program fails, and the rule that is about it.
MECHANISMS = {
    "bound_method_self": "SG103",
    "broadcast_unpicklable": "SG104",  # of an RDD
    "client_global": "SG202",
    "column_function_in_udf": "SG105",
    "connect_dataframe": "SG104",
    "context_created_on_worker": "SG107",
    "file_handle": "SG203",
    "lock_global": "SG201",
    "ml_model_in_attr": "SG103",
    "model_bound_method": "SG201",
    "multiprocessing": "SG104",
    "native_object_closure": "SG205",
    "native_object_global": "SG205",
    "nested_def_self": "SG103",
    "nested_rdd": "SG104",
    "py4j_object": "SG106",
    "session_global": "SG101",
    "session_in_rdd_data": "SG103",
}
# What was captured, by words in its name, where the name is not that of a type.
CAPTURED = {
    "bound method spark.sql": "SG101",
    "bound method df.count": "SG104",
    "bound method sc.textFile": "SG102",
    "streaming DataFrame": "SG104",
    "df.rdd": "SG104",
    "getOrCreate() called": "SG107",
    "lit()/col() inside": "SG105",
    "udf object": "SG105",
    "udtf object": "SG105",
    "StreamHandler": "SG201",
    "Thread": "SG201",
    "broadcast of SparkSession": "SG101",
    "broadcast of": "SG204",
    "lru_cache": "SG205",
    "class attribute spark": "SG101",
    "holding spark": "SG103",
    "PipelinedRDD": "SG104",
    "DataSourceRegistration": "SG106",
    "py4j": "SG106",
    "statusTracker": "SG106",
    "pyspark.ml ": "SG106",
    "mllib": "SG106",
    "delta.tables": "SG106",
    "StreamingContext": "SG102",
    "pyspark.pandas.GroupBy": "SG104",
    "Conf": "SG106",
    "caught": "SG106",
}
# What the facts say of failures that no rule is about.
NO_RULE = ("Broadcast (destroyed)", "payload")


class Text(NamedTuple):
    """An error text and the code of its rule; `none` where no rule is about it."""

    rule: str
    text: str


def texts() -> Iterator[Text]:
    """Every error text of the facts and of the corpus."""
    yield from _facts()
    yield from _corpus()


def _facts() -> Iterator[Text]:
    for row in _rows("facts/driver_only.csv"):
        if row["outcome"] != "ok":
            said = row["first_line_of_message"].removeprefix("worker: ")
            head = ON_A_WORKER if said != row["first_line_of_message"] else ""
            if "PythonException" not in row["error_class"]:
                head = f"{row['error_class']}: "
            yield Text(_rule_of(row["type"], row["mode"]), f"{head}{said}")


def _rule_of(captured: str, mode: str) -> str:
    on_connect = "caught" in captured and mode.startswith("connect")  # it holds nothing of a JVM
    if on_connect or any(words in captured for words in NO_RULE):
        return "none"
    known = driver_only(captured.partition(" ")[0])
    if known and "bound" not in captured:
        return RULES[known.family]
    return next(code for words, code in CAPTURED.items() if words in captured)


def _corpus() -> Iterator[Text]:
    for row in _rows("corpus/labels.csv"):
        if row["verdict"] == "fail":
            text = f"{row['error_class']}: {row['message_first_line']}"
            yield Text(MECHANISMS[row["mechanism"]], text)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
