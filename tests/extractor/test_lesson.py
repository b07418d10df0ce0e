"""The page from the failing class to the extractor: each step does what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sparkguard.catalog import Example, Expectation, examples
from sparkguard.config import Config
from sparkguard.diagnostic import Severity
from sparkguard.engine import check
from tests.extractor.album import encoded, photos
from tests.spark_programs import HERE, run, write

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PAGE = HERE / "docs" / "extractor.md"
STEPS = {
    f"lesson_{number}": step
    for number, step in enumerate(examples(PAGE.read_text(encoding="utf-8")))
}
MODULE, _ = next(step.files for step in STEPS.values() if len(step.files) == 2)


@pytest.fixture(scope="module")
def lesson(resnet18: str, workbench: Path) -> Path:
    """The workbench with what the page says of its pictures, its weights and its module."""
    folder = workbench / "lesson_pictures"
    folder.mkdir()
    for number, photo in enumerate(photos()[:3]):
        (folder / f"{number}.png").write_bytes(encoded(photo, "PNG"))
    data = f"PICTURES = {str(folder / '*.png')!r}\nWEIGHTS = {resnet18!r}\n"
    for name, code in (("lesson_data.py", data), MODULE):
        (workbench / name).write_text(code, encoding="utf-8")
    return workbench


def said_of_spark(step: Example) -> list[Expectation]:
    return [each for each in step.expectations if each.kind in ("raises", "returns")]


def test_the_page_has_all_steps() -> None:
    assert len(STEPS) == 6
    assert all(said_of_spark(step) for step in STEPS.values())


@pytest.mark.parametrize("name", STEPS)
def test_check_finds_the_errors_that_are_marked(name: str, tmp_path: Path) -> None:
    for file, code in (MODULE, *STEPS[name].files):
        (tmp_path / file).write_text(code, encoding="utf-8")

    found = check([tmp_path], Config(tmp_path)).diagnostics

    marked = [(each.line, each.words) for each in STEPS[name].expectations if each.kind == "error"]
    errors = [each for each in found if each.severity is Severity.ERROR]
    assert [(each.primary.span.start.line, each.code) for each in errors] == marked


@pytest.mark.parametrize("name", STEPS)
def test_spark_does_what_the_step_says(name: str, lesson: Path, spark: SparkSession) -> None:
    outcome = run(write(STEPS[name], lesson, name), lesson, spark)

    assert all(outcome.keeps(each) for each in said_of_spark(STEPS[name])), outcome
