"""The question that is asked before anything is parsed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sparkguard import catalog
from sparkguard import pyspark_api as api
from sparkguard.config import Config, load
from sparkguard.engine import check
from sparkguard.source.apart import Apart
from sparkguard.source.gate import may_ship
from tests.corpus import CORPUS, with_corpus
from tests.differential.draft import write
from tests.differential.trial import drawn, schedule

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


FIXTURES = sorted(path for path in (ROOT / "fixtures").iterdir() if path.is_dir())
DRAWN = 60
"""Programs of the differential test, of two files each and more."""


@pytest.fixture
def open_gates(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets every text through, and has no file of a project told apart."""

    def opened() -> None:
        monkeypatch.setattr("sparkguard.source.gate.may_ship", lambda *_: True)
        monkeypatch.setattr(Apart, "around", lambda *_: None)

    return opened


@pytest.mark.parametrize("project", FIXTURES, ids=lambda path: path.name)
def test_nothing_is_found_in_what_the_gate_keeps_out(
    project: Path, open_gates: Callable[[], None]
) -> None:
    config = load(project)
    gated = check([project], config).diagnostics
    open_gates()
    assert check([project], config).diagnostics == gated


@with_corpus
@pytest.mark.parametrize("folder", ["fails", "works"])
def test_nor_in_real_failures(folder: str, open_gates: Callable[[], None]) -> None:
    config = Config(CORPUS / folder)
    gated = check([CORPUS / folder], config).diagnostics
    open_gates()
    assert check([CORPUS / folder], config).diagnostics == gated


def test_nor_in_the_programs_of_the_pages_and_drawn_ones(
    tmp_path: Path, open_gates: Callable[[], None]
) -> None:
    pages = [one.files for rule in catalog.rules() for one in catalog.page(rule).examples]
    ships = enumerate(schedule(DRAWN, 0)[:DRAWN])
    programs = [write(drawn(number, ship, 0), number).files for number, ship in ships]
    projects = []
    for number, files in enumerate((*pages, *programs)):
        folder = tmp_path / str(number)
        for name, text in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        projects.append(folder)
    gated = [check([project], Config(project)).diagnostics for project in projects]
    open_gates()
    assert [check([project], Config(project)).diagnostics for project in projects] == gated
    assert sum(map(len, gated)) > len(projects) / 4
