"""The SG1xx rules on ship points made by hand."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sparkguard.checks.driver_only import RULES
from sparkguard.diagnostic import Diagnostic, Severity, Span
from sparkguard.model import Capture, ShipPoint, Step, StepKind
from sparkguard.pyspark_api import refused
from sparkguard.targets import Target
from tests.records import ship_point, span

SESSION = "pyspark.sql.SparkSession"
CONTEXT = "pyspark.SparkContext"
FRAME = "pyspark.sql.DataFrame"
CALL, PLACE, BOUND = span("9:5", "9:8"), span("10:20", "10:25"), span("3:1", "3:6")


def step(text: str, type: str | None = None, at: Span | None = None) -> Step:
    kinds: dict[str, StepKind] = {".": "attribute", "[": "element"}
    return Step("default" if text.endswith("=") else kinds.get(text[0], "cell"), text, type, at)


def capture(*texts: str, type: str = SESSION, at: Span = PLACE, **fields: Any) -> Capture:
    *before, last = texts
    known = {"bound_at": BOUND, "refused": refused(type), **fields}
    return Capture((*map(step, before), step(last, type)), at, **known)


def held(*texts: str, type: str = SESSION, at: Span = PLACE, entered: int = 1) -> Capture:
    return capture(*texts, type=type, at=at, holder="Job", entered=entered)


def found(point: ShipPoint) -> list[Diagnostic]:
    return [one for rule in RULES if rule.check for one in rule.check(point)]


def given(*captures: Capture, **fields: Any) -> ShipPoint:
    return ship_point(CALL, captures=captures, **fields)


MESSAGES = [
    (
        capture("spark"),
        "SG101",
        "the lambda ships `spark`, a SparkSession, which cannot leave the driver",
    ),
    (
        capture("sc", type=CONTEXT),
        "SG102",
        "the lambda ships `sc`, a SparkContext, which cannot leave the driver",
    ),
    (
        capture("df", type=FRAME),
        "SG104",
        "the lambda ships `df`, a DataFrame, which cannot leave the driver",
    ),
    (
        capture("x", type="pyspark.RDD"),
        "SG104",
        "the lambda ships `x`, an RDD, which cannot leave the driver",
    ),
    (
        capture("x", type="pyspark.sql.GroupedData"),
        "SG104",
        "the lambda ships `x`, grouped data, which cannot leave the driver",
    ),
    (
        capture("tables", "['a']", "[0]", type=FRAME),
        "SG104",
        "the lambda ships `tables['a'][0]`, a DataFrame, which cannot leave the driver",
    ),
    (
        capture("session="),
        "SG101",
        "the lambda ships the default of `session`, a SparkSession, which cannot leave the driver",
    ),
    (
        capture("helper", "spark"),
        "SG101",
        "the lambda ships `spark`, a SparkSession, which cannot leave the driver",
    ),
    (
        held("self", ".spark"),
        "SG103",
        "the lambda ships all of `self`, and `self.spark` cannot leave the driver",
    ),
    (
        held("self", ".repo", ".spark"),
        "SG103",
        "the lambda ships all of `self`, and `self.repo.spark` cannot leave the driver",
    ),
    (
        held("jobs", "[0]", ".spark", entered=2),
        "SG103",
        "the lambda ships all of `jobs[0]`, and `jobs[0].spark` cannot leave the driver",
    ),
]


@pytest.mark.parametrize(("one", "code", "message"), MESSAGES)
def test_the_sentence(one: Capture, code: str, message: str) -> None:
    [diagnostic] = found(given(one))

    assert (diagnostic.code, diagnostic.message) == (code, message)
    assert diagnostic.severity is Severity.ERROR


@pytest.mark.parametrize(("one", "code", "message"), MESSAGES)
def test_every_sentence_keeps_the_grammar(one: Capture, code: str, message: str) -> None:
    [diagnostic] = found(given(one, function="extract"))

    for words in (
        diagnostic.message,
        *(label.text for label in diagnostic.labels),
        diagnostic.help,
    ):
        outside = re.sub(r"`[^`]*`", "", words)
        assert not words.endswith(".")
        assert "`" not in outside
        assert ", ," not in words
        assert ",," not in words
        assert "  " not in words
        assert not outside[:1].isupper()
    assert diagnostic.message.startswith("`extract` ")
    assert diagnostic.help.endswith(f"`sparkguard explain {code}`")


def test_the_three_places() -> None:
    [diagnostic] = found(given(held("self", ".spark")))

    assert [(label.span, label.text, label.primary) for label in diagnostic.labels] == [
        (PLACE, "`self` is captured here", True),
        (CALL, "shipped by this call", False),
        (BOUND, "a SparkSession, held by every `Job`", False),
    ]


def test_a_place_is_labelled_once() -> None:
    [diagnostic] = found(given(capture("spark", at=CALL, bound_at=CALL)))

    assert [label.span for label in diagnostic.labels] == [CALL]
    assert diagnostic.primary.span == CALL


def test_the_steps_on_the_way_are_labelled() -> None:
    between = span("6:12", "6:17")
    path = (step("helper", at=span("10:20", "10:26")), step("spark", SESSION, between))

    [diagnostic] = found(given(Capture(path, between, BOUND, refused=refused(SESSION))))

    assert [(label.span, label.primary) for label in diagnostic.labels] == [
        (between, True),
        (CALL, False),
        (span("10:20", "10:26"), False),
        (BOUND, False),
    ]


def test_the_notes_give_the_path_and_sparks_own_words() -> None:
    [diagnostic] = found(given(held("self", ".spark")))

    path, words = diagnostic.notes
    assert path == "path: <lambda> -> self -> .spark (SparkSession)"
    assert words.startswith("Spark will say: [CONTEXT_ONLY_VALID_ON_DRIVER]")
    assert "SPARK-5063" in words
    assert diagnostic.capture is not None
    assert diagnostic.capture.path == ("<lambda>", "self", ".spark")
    assert diagnostic.capture.type == SESSION


def test_what_the_pickler_said_is_what_spark_will_say() -> None:
    [diagnostic] = found(given(capture("spark", refusal="TypeError: cannot pickle it")))

    assert diagnostic.notes[1] == "Spark will say: TypeError: cannot pickle it"


@pytest.mark.parametrize(
    ("targets", "type", "note"),
    [
        (("classic", "connect"), SESSION, None),
        (("classic",), SESSION, None),
        (("connect",), SESSION, None),
        (("classic", "connect"), CONTEXT, "only on: classic"),
        (("classic",), CONTEXT, None),
    ],
)
def test_a_finding_says_where_it_holds(
    targets: tuple[Target, ...], type: str, note: str | None
) -> None:
    [diagnostic] = found(given(capture("x", type=type), targets=targets))

    assert list(diagnostic.notes[2:]) == [note] * (note is not None)


def test_connects_words_are_told_where_only_connect_is_asked_for() -> None:
    [diagnostic] = found(given(capture("spark"), targets=("connect",)))

    assert diagnostic.notes[1].startswith("Spark will say: [NO_ACTIVE_SESSION]")


@pytest.mark.parametrize(
    "point",
    [
        given(),
        given(capture("x", type="builtins.dict")),
        given(Capture((Step("cell", "x"),), PLACE)),
        given(capture("sc", type=CONTEXT), targets=("connect",)),
        given(
            capture("spark"),
            api="pyspark.sql.streaming.DataStreamWriter.foreachBatch",
            targets=("connect",),
        ),
    ],
)
def test_what_spark_takes_is_not_reported(point: ShipPoint) -> None:
    assert found(point) == []


def test_several_attributes_of_one_object_are_one_finding() -> None:
    names = (".spark", ".sc", ".codes", ".users", ".orders")

    [diagnostic] = found(given(*(held("self", name) for name in names)))

    assert diagnostic.message == (
        "the lambda ships all of `self`, and `self.spark`, `self.sc`, `self.codes` and 2 more "
        "cannot leave the driver"
    )


def test_several_elements_of_one_container_are_one_finding() -> None:
    [diagnostic] = found(given(capture("x", "[0]", type=FRAME), capture("x", "[1]", type=FRAME)))

    assert diagnostic.message == "the lambda ships `x[0]` and `x[1]`, which cannot leave the driver"


def test_what_is_named_at_several_places_is_told_of_each() -> None:
    elsewhere = span("11:1", "11:6")

    diagnostics = found(given(capture("spark"), capture("helper", "spark", at=elsewhere)))

    assert [one.primary.span for one in diagnostics] == [PLACE, elsewhere]


def test_an_object_and_a_session_at_different_places_are_two_findings() -> None:
    diagnostics = found(given(held("self", ".spark"), capture("spark", at=span("12:1", "12:6"))))

    assert sorted(one.code for one in diagnostics) == ["SG101", "SG103"]


@pytest.mark.parametrize(
    "type", ["pyspark.sql.DataFrameReader", "pyspark.sql.Catalog", "pyspark.SparkConf"]
)
def test_an_object_that_holds_anything_driver_only_is_reported(type: str) -> None:
    [diagnostic] = found(given(held("self", ".it", type=type)))

    assert diagnostic.code == "SG103"


def test_an_instance_that_is_the_function_is_shipped_whole() -> None:
    [diagnostic] = found(given(held(".table", type=FRAME, entered=0), function="Lookup(...)"))

    assert (
        diagnostic.message
        == "`Lookup(...)` is shipped whole, and `Lookup(...).table` cannot leave the driver"
    )
    assert diagnostic.primary.text == "`Lookup(...)` is captured here"
