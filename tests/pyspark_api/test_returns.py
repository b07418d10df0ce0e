"""What a udf returns under another type: the table says what Spark did."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sparkguard.pyspark_api import a_type, outcome

MEASURED = Path(__file__).with_name("udf_returns.tsv")
"""Of PySpark 4.3.0: `fails`, `null`, `nulls` or what came back, through Arrow and without."""
ROWS = [*csv.DictReader(MEASURED.read_text(encoding="utf-8").splitlines(), delimiter="\t")]
SPOILT = ("fails", "null", "nulls")
SAID = [row for row in ROWS if outcome(row["declared"], row["returned"])]


@pytest.mark.parametrize("row", SAID, ids=lambda row: f"{row['declared']}-{row['returned']}")
def test_what_the_table_says_is_what_spark_did(row: dict[str, str]) -> None:
    said = outcome(row["declared"], row["returned"])

    assert said is not None
    for fate, measured in ((said.arrow, row["arrow"]), (said.plain, row["plain"])):
        assert (fate if fate in SPOILT else "came back") == (
            measured if measured in SPOILT else "came back"
        )


def test_of_most_that_is_spoilt_both_ways_the_table_speaks() -> None:
    spoilt = [row for row in ROWS if row["arrow"] in SPOILT and row["plain"] in SPOILT]

    spoken = [row for row in spoilt if outcome(row["declared"], row["returned"])]

    assert len(spoilt) > 100
    assert len(spoken) / len(spoilt) > 0.6


def test_what_comes_back_as_it_was_is_silent() -> None:
    same = {"float": "float", "double": "float", "int": "int", "string": "str", "boolean": "bool"}

    assert not [pair for pair in same.items() if outcome(*pair)]


@pytest.mark.parametrize(
    ("arrow", "certain"), [(None, False), (False, True)], ids=["either way", "without Arrow"]
)
def test_a_udf_may_say_how_it_runs(arrow: bool | None, certain: bool) -> None:
    said = outcome("float", "int", arrow)

    assert said is not None
    assert said.is_certain is certain
    assert outcome("float", "int", True) is None


@pytest.mark.parametrize(
    ("declared", "returned", "words"),
    [
        ("int", "float", "Spark cuts off what stands behind the point, or gives null where"),
        ("float", "int", "without Arrow, as by default before 4.2, Spark gives null"),
        ("binary", "str", "through Arrow, as by default since 4.2, Spark refuses it"),
        ("string", "bytes", "Spark gives the text of the Python object"),
    ],
)
def test_the_sentence(declared: str, returned: str, words: str) -> None:
    said = outcome(declared, returned)

    assert said is not None
    assert said.means.startswith(words)


def test_a_type_in_a_sentence() -> None:
    assert [a_type(name) for name in ("int", "float", "text")] == [
        "an `int`",
        "a `float`",
        "a `str`",
    ]
