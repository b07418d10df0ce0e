"""The question that is asked before anything is parsed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkguard import pyspark_api as api
from sparkguard.config import load
from sparkguard.engine import check
from sparkguard.source.gate import may_ship

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "text",
    [
        "from pyspark.sql.functions import udf",
        "from functions import my_udf as f",
        "SPARK.range(1)",
        "frame.rdd.map(f)",
        "events.mapInPandas(f, schema)",
        "pairs.reduceByKey(add)",
        *api.DISTINCTIVE,
    ],
)
def test_a_text_that_names_what_shipping_needs_passes(text: str) -> None:
    assert may_ship(text)


@pytest.mark.parametrize(
    "text", ["", "import pandas as pd\nframe.apply(f)", "self.map(f)", "def f(): pass"]
)
def test_a_text_that_names_nothing_of_it_does_not(text: str) -> None:
    assert not may_ship(text)


@pytest.mark.parametrize("name", api.SHIP_POINTS)
def test_every_ship_point_is_reached_through_a_name_that_passes(name: str) -> None:
    assert may_ship(f"import {name.rpartition('.')[0]}")


PROJECTS = sorted(path for path in (ROOT / "fixtures").iterdir() if path.is_dir())


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_nothing_is_found_in_what_the_gate_keeps_out(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    config = load(project)
    gated = check([project], config).diagnostics
    monkeypatch.setattr("sparkguard.source.gate.may_ship", lambda *_: True)
    assert check([project], config).diagnostics == gated
