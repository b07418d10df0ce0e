"""Every way to ship and be captured: the static verdict, and that real Spark agrees with it.

The programs stand in `tests/ways/`, a section each, written as those of the rules' pages are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sparkguard.catalog import Example, Kind, examples
from sparkguard.config import Config
from sparkguard.engine import check
from tests.spark_programs import Outcome, run, run_on_connect, write

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TABLES = sorted((Path(__file__).parent / "ways").glob("*.md"))
WAYS = {
    f"{table.stem}_{way.section.replace(' ', '_')}": way
    for table in TABLES
    for way in examples(table.read_text(encoding="utf-8"))
}
SCRIPTS = {name: f"way_{number}" for number, name in enumerate(WAYS)}
ON_CONNECT = [
    name for name, way in WAYS.items() if any(e.target == "connect" for e in way.expectations)
]

each_way = pytest.mark.parametrize("name", WAYS)


def said(way: Example, *kinds: Kind) -> list[tuple[int, str]]:
    return [(one.line, one.words) for one in way.expectations if one.kind in kinds]


@each_way
def test_check_reports_exactly_the_marked_lines(name: str, tmp_path: Path) -> None:
    for file, code in WAYS[name].files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(code, encoding="utf-8")

    result = check([tmp_path], Config(tmp_path))

    assert not result.problems
    assert [(d.primary.span.start.line, d.code) for d in result.diagnostics] == said(
        WAYS[name], "error", "warning"
    )


@each_way
def test_spark_agrees(name: str, workbench: Path, spark: SparkSession) -> None:
    script = write(WAYS[name], workbench, SCRIPTS[name])

    outcome = run(script, workbench, spark)

    assert_kept(outcome, WAYS[name], "classic")


@pytest.fixture(scope="session")
def connect_outcomes(workbench: Path) -> dict[str, Outcome]:
    scripts = [write(WAYS[name], workbench, SCRIPTS[name]) for name in ON_CONNECT]
    outcomes = run_on_connect(scripts, workbench)
    return {name: outcomes[script] for name, script in zip(ON_CONNECT, scripts, strict=True)}


@pytest.mark.spark
@pytest.mark.parametrize("name", ON_CONNECT)
def test_connect_agrees(name: str, connect_outcomes: dict[str, Outcome]) -> None:
    assert_kept(connect_outcomes[name], WAYS[name], "connect")


def assert_kept(outcome: Outcome, way: Example, target: str) -> None:
    wanted = [one for one in way.expectations if one.kind in ("raises", "returns")]
    broken = [one for one in wanted if one.target == target and not outcome.keeps(one)]
    assert not broken, outcome


@each_way
def test_what_is_reported_fails_and_what_is_silent_answers(name: str) -> None:
    way = WAYS[name]
    fails = bool(said(way, "raises"))

    assert fails == bool(said(way, "error"))
    assert fails or said(way, "returns")


def test_every_way_has_a_name_of_its_own() -> None:
    headings = [
        line
        for table in TABLES
        for line in table.read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    ]

    assert len(headings) == len(WAYS)


def test_every_module_of_the_ways_has_one_text() -> None:
    """Workers are used again, and keep the first module of a name."""
    modules = {file for way in WAYS.values() for file in way.files[:-1]}
    names = [name for name, _ in modules]

    assert not {name for name in names if names.count(name) > 1}
