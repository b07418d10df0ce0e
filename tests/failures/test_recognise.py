"""An error text leads to the rule behind it, and what is no failure of ours is not claimed."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from sparkguard import catalog
from sparkguard.failures import FAILURES, frames, is_error, recognise
from sparkguard.failures.measured import RULES
from sparkguard.model import Refused
from sparkguard.pyspark_api import refusals
from tests.failures import shared
from tests.failures.shared import Text

HERE = Path(__file__).parent
# Real tracebacks of PySpark 4.3.0: of programs on the rules' pages, and of other errors.
TRACEBACKS = {path.stem: path.read_text("utf-8") for path in (HERE / "tracebacks").iterdir()}
SHARE = 0.95
# Words of other Sparks, of platforms and of servers, as their sources and their users show them.
ELSEWHERE = [
    Text("SG101", "[UDTF_SERIALIZATION_ERROR] attempting to reference SparkSession inside a UDTF"),
    Text("SG106", "Exception: You cannot use dbutils within a spark job"),
    Text("SG105", "AttributeError: 'NoneType' object has no attribute '_jvm'"),
    Text(
        "SG101", "RuntimeError: It appears that you are attempting to reference SparkContext from a"
    ),
    Text("SG104", "Exception: It appears that you are attempting to broadcast an RDD or reference"),
    Text("SG201", "TypeError: can't pickle _thread.RLock objects"),
    Text("SG201", "TypeError: can't pickle _thread.lock objects"),
    Text(
        "SG202", "PicklingError: Could not serialize object: TypeError: can't pickle socket objects"
    ),
    Text("SG104", "py4j.Py4JException: Method __getnewargs__([]) does not exist"),
    Text("SG107", "Exception: SparkContext should only be created and accessed on the driver."),
    Text("SG203", "PicklingError: Cannot pickle files that are not opened for reading: w"),
    Text("SG105", "TypeError: max() takes 1 positional argument but 2 were given"),
    Text("SG205", "AttributeError: type object 'PyCArrayType' has no attribute '__mul__'"),
    Text("SG107", "[NO_ACTIVE_OR_DEFAULT_SESSION] No active or default Spark session found."),
    Text("SG104", "TypeError: Must pass both levels and codes"),
    Text(
        "SG103", "[STREAMING_CONNECT_SERIALIZATION_ERROR] Cannot serialize the function `foreach`."
    ),
    Text("SG201", "[PYTHON_DATA_SOURCE_ERROR] failed: PicklingError: Could not pickle the reader"),
    Text("none", "Could not serialize object: IndexError: tuple index out of range"),
    Text(
        "none", "[PYTHON_VERSION_MISMATCH] Python in worker has different version: 3.10 than 3.11"
    ),
    Text("none", "[JVM_ATTRIBUTE_NOT_SUPPORTED] Attribute `sparkContext` is not supported"),
]
UNRELATED = [
    "",
    "26/11/25 12:00:00 INFO SparkContext: Running Spark version 4.3.0",
    "java.lang.OutOfMemoryError: Java heap space",
    "ExecutorLostFailure (executor 7 exited caused by one of the running tasks) Reason: Container "
    "killed by YARN for exceeding memory limits. 5.5 GB of 5.5 GB physical memory used.",
    "MemoryError: Unable to allocate 2.0 GiB for an array",
    "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name `nope` cannot be "
    "resolved. SQLSTATE: 42703",
    "[PATH_NOT_FOUND] Path does not exist: file:/no/such/path. SQLSTATE: 42K03",
    "[PYTHON_DATA_SOURCE_ERROR] Failed to read from data source: ValueError: no such table",
    "org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 1.0 failed",
    "ModuleNotFoundError: No module named 'pandas'",
    "NameError: name 'spark' is not defined",
    "AssertionError",
    "ValueError: could not convert string to float: 'a'",
    "SparkContext: Successfully stopped SparkContext",
    "pickle rick.PicklingStation: cannot stop",
]


def leads_to(rule: str, text: str) -> bool:
    """Whether a text leads to a rule; to none where no rule is about it."""
    recognised = recognise(text)
    rules = recognised.rules if recognised else ()
    return rule in rules if rule.startswith("SG") else not rules


def share_of(texts: Iterable[Text]) -> float:
    led = [leads_to(*each) for each in texts]
    return sum(led) / len(led)


def messages() -> list[Text]:
    """Each distinct error text of the facts and of the corpus."""
    with (HERE / "messages.csv").open(encoding="utf-8", newline="") as file:
        return [Text(row["rule"], row["text"]) for row in csv.DictReader(file)]


# What is known


@pytest.mark.skipif(not shared.FOLDER.is_dir(), reason="needs the facts beside the checkout")
def test_the_texts_of_the_facts_and_the_corpus_lead_to_their_rules() -> None:
    texts = [*shared.texts()]
    assert len(texts) > 100
    assert share_of(texts) >= SHARE
    assert {*texts} == {*messages()}, "write messages.csv anew"


# The head of a traceback whose rest the corpus left out, and an error without a word.
TELLS_NOTHING = re.compile(
    r"from the Python worker(?::|\. [\w ,.]+)\s*(?:AssertionError \(no .*)?\Z"
)


@pytest.mark.parametrize("message", [m for m in messages() if not TELLS_NOTHING.search(m.text)])
def test_a_message_leads_to_its_rule(message: Text) -> None:
    assert leads_to(*message)


@pytest.mark.parametrize("message", ELSEWHERE)
def test_words_of_other_sparks_lead_to_their_rule(message: Text) -> None:
    assert leads_to(*message)


@pytest.mark.parametrize("name", TRACEBACKS)
def test_a_traceback_leads_to_its_rule(name: str) -> None:
    text = TRACEBACKS[name]
    rule, *_ = name.split("-")
    assert leads_to(rule, text)
    assert (recognise(text) is None) is (rule == "unknown")


# Types whose words on a worker anything else says as well.
TELLS_LITTLE = {"geopy.geocoders.base.Geocoder", "jinja2.Template", "tqdm.tqdm"}


@pytest.mark.parametrize(
    "refused", [each for each in refusals() if each.type not in TELLS_LITTLE], ids=lambda r: r.type
)
def test_what_spark_says_of_a_known_type_leads_to_the_rule_about_it(refused: Refused) -> None:
    for said in refused.refusals.values():
        assert leads_to(RULES[refused.family], said)


def test_a_log_is_searched() -> None:
    log = "26/11/25 12:00:00 INFO Executor: Running task\n" * 1000
    traceback = TRACEBACKS["SG103-classic-30"]
    recognised = recognise(f"{log}{traceback}{log}")
    assert recognised is not None
    assert recognised.said.startswith(
        "pyspark.errors.exceptions.base.PySparkRuntimeError: [CONTEXT"
    )


# What is not


@pytest.mark.parametrize("text", UNRELATED)
def test_what_is_unrelated_is_not_claimed(text: str) -> None:
    assert recognise(text) is None


def test_an_error_is_told_from_other_text() -> None:
    assert is_error(TRACEBACKS["unknown-path"])
    assert is_error("ValueError: x")
    assert not is_error("all is well\n")


# The table


def test_every_row_is_proven_by_a_text() -> None:
    texts = [each.text for each in (*messages(), *ELSEWHERE)] + [*TRACEBACKS.values()]
    proven = {recognised.means for text in texts if (recognised := recognise(text))}
    assert {failure.means for failure in FAILURES} <= proven


def test_the_table_names_rules_that_exist() -> None:
    codes = {code for failure in FAILURES for code in failure.rules} | {*RULES.values()}
    assert codes <= {rule.code for rule in catalog.rules()}


def test_the_table_keeps_to_the_grammar_of_messages() -> None:
    for failure in FAILURES:
        assert failure.means[0].islower()
        assert not failure.means.endswith(".")
        assert not failure.likely.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "x: y " * 400_000,
        "a" * 2_000_000,
        "PythonException: x\n" * 20_000 + "TypeError: y\n",
        'File "' * 300_000,
        "Could not serialize object: " * 50_000,
    ],
    ids=["words", "letters", "workers", "frames", "refusals"],
)
def test_long_texts_take_no_time(text: str) -> None:
    started = time.perf_counter()
    recognised = recognise(text)
    assert time.perf_counter() - started < 10
    assert recognised is None or len(recognised.said) < 1000


# Frames


def test_frames_are_those_of_the_users_files() -> None:
    text = TRACEBACKS["SG107-classic-88"]
    assert {frame.path for frame in frames(text)} == {"/jobs/SG107_Bad_88.py"}


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('  File "job.py", line 3, in f\n    x = 1\nError', ("job.py", 3, "x = 1")),
        ('  File "job.py", line 3\n', ("job.py", 3, "")),
        (r'"msg": "  File \"a b/job.py\", line 3, in f\n    x"', ("a b/job.py", 3, "")),
        ('File "C:\\jobs\\job.py", line 3, in f\n    x', ("C:\\jobs\\job.py", 3, "x")),
        ("File ~/jobs/job.py:12, in f(x)\n", ("~/jobs/job.py", 12, "")),
    ],
)
def test_frames_are_read_from_python_logs_and_ipython(
    text: str, frame: tuple[str, int, str]
) -> None:
    assert [*frames(text)] == [frame]


def test_every_frame_of_a_log_in_one_line_is_read() -> None:
    line = r'{"msg": "  File \"a.py\", line 3, in f\n    x\n  File \"b.py\", line 4, in g\n"}'
    assert [(frame.path, frame.line) for frame in frames(line)] == [("a.py", 3), ("b.py", 4)]
