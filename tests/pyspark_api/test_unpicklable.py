"""What cannot be pickled, against the rows that were tried and against what is installed."""

from __future__ import annotations

import json
import re
from itertools import chain

import pytest

from sparkguard.pyspark_api import DRIVER_ONLY
from tests.unpicklable.calls import made
from tests.unpicklable.package import asked, version
from tests.unpicklable.rows import PACKAGES, rows
from tests.unpicklable.table import UNPICKLABLE, Table, differences, table, text

WRITTEN: Table = json.loads(UNPICKLABLE.read_text(encoding="utf-8"))
LABELS = {e["package"] for part in ("unpicklable", "pickles") for e in WRITTEN[part].values()}
FAMILIES = {"connection", "lock", "native", "stream"}
STALE = "run `python -m tests.unpicklable --write` and read the difference"


def test_each_row_that_was_tried_is_in_the_table() -> None:
    written = [{**e, "type": t} for p in ("unpicklable", "pickles") for t, e in WRITTEN[p].items()]
    said = {
        (
            entry["type"],
            entry["package"].rpartition(" ")[0],
            entry["tried"],
            entry.get("family", ""),
            entry.get("noun", ""),
        )
        for entry in written
    }
    assert said == {(r.type, r.package, r.expressions[0], r.family, r.noun) for r in rows()}, STALE


def test_the_ways_to_get_a_thing_are_those_of_the_rows() -> None:
    calls = {
        (owner, name): result
        for owner, record in WRITTEN["types"].items()
        for result, names in record.get("calls", {}).items()
        for name in names
        if result != "Self"
    }
    functions = {
        f"{module}.{name}": result
        for module, results in WRITTEN["functions"].items()
        for result, names in results.items()
        for name in names
    }
    assert calls == made().calls, STALE
    assert functions == made().functions, STALE


@pytest.mark.parametrize("package", PACKAGES)
def test_an_installed_package_says_what_the_table_says(package: str) -> None:
    if version(package) is None:
        pytest.skip("not installed: its rows are compared with the table, and not tried")

    said = asked(package)  # each thing is refused, or travels, as its row has it

    if said.label in LABELS:
        assert differences(WRITTEN, table({package: said})) == [], STALE


def test_the_table_is_sorted_and_small() -> None:
    assert text(WRITTEN) == UNPICKLABLE.read_text(encoding="utf-8")
    assert UNPICKLABLE.stat().st_size < 160_000


def test_a_refused_type_has_a_family_a_noun_and_its_refusal() -> None:
    refused = WRITTEN["unpicklable"]

    assert {entry["family"] for entry in refused.values()} == FAMILIES
    assert [e for e in refused.values() if not re.fullmatch(r"[\w /'-]+", e["noun"])] == []
    assert [e for e in refused.values() if not re.match(r"\w+(Error|Exception): ", e["says"])] == []
    assert refused.keys() <= WRITTEN["types"].keys()
    assert not refused.keys() & (DRIVER_ONLY.keys() | WRITTEN["pickles"].keys())


def test_the_table_names_only_itself() -> None:
    known = WRITTEN["types"].keys()
    assert known <= WRITTEN["unpicklable"].keys() | WRITTEN["pickles"].keys()
    results = {
        result
        for record in WRITTEN["types"].values()
        for kind in ("calls", "reads")
        for result in record.get(kind, {})
    }
    functions = {
        f"{module}.{name}"
        for module, results in WRITTEN["functions"].items()
        for name in chain(*results.values())
    }
    assert results - {"Self"} <= known
    assert {*chain(*WRITTEN["functions"].values())} <= known
    assert {*WRITTEN["objects"].values(), *WRITTEN["decorators"].values()} <= known
    assert {*WRITTEN["opens"]["modes"].values()} <= known
    assert {*WRITTEN["names"].values()} <= known | functions
    assert not WRITTEN["names"].keys() & (known | functions)


@pytest.mark.parametrize(
    ("mode", "type"),
    [
        *((mode, None) for mode in ("r", "rt", "r+", "w+", "a+", "r+t")),
        *((mode, "io.TextIOWrapper.writing") for mode in ("w", "wt", "a", "x")),
        *((mode, "io.BufferedReader") for mode in ("rb",)),
        *((mode, "io.BufferedWriter") for mode in ("wb", "ab", "xb")),
        *((mode, "io.BufferedRandom") for mode in ("r+b", "w+b")),
    ],
)
def test_the_mode_of_an_open_file_decides(mode: str, type: str | None) -> None:
    assert WRITTEN["opens"]["modes"].get(mode) == type
