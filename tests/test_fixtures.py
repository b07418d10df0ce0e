"""The small whole projects: each gives the report it must give, and does on Spark what it says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sparkguard.catalog import expectations
from sparkguard.cli import main
from sparkguard.diagnostic import Position
from sparkguard.source.runs import with_runs
from sparkguard.source.text import SourceText, read_source
from tests.spark_programs import run, run_notebook

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FIXTURES = Path(__file__).parents[1] / "fixtures"
PROJECTS = sorted(path.parent for path in FIXTURES.glob("*/expected.txt"))
SCRIPTS = {
    f"{project.name}/{path.relative_to(project)}": (project, path)
    for project in PROJECTS
    for path in sorted(project.rglob("*.py"))
    if "\ndef main(spark" in path.read_text(encoding="utf-8")
}


NOTEBOOKS = {
    f"{project.name}/{path.relative_to(project)}": (project, path)
    for project in PROJECTS
    for path in sorted(project.rglob("*"))
    if path.suffix in (".py", ".ipynb") and read_source(path, path.name).is_notebook
}


def test_there_are_four_projects() -> None:
    assert [project.name for project in PROJECTS] == [
        "bike_notebooks",
        "churn_scoring",
        "image_vectorizer",
        "orders_pipeline",
    ]


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)
def test_a_project_gives_its_report(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(shutil.copytree(project, tmp_path / project.name))

    code = main(["check", "--output-format", "text"])

    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out == (project / "expected.txt").read_text(encoding="utf-8")
    assert code == 1


@pytest.mark.parametrize(("project", "script"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_does_on_spark_what_it_says(
    project: Path, script: Path, spark: SparkSession
) -> None:
    said = [
        expectation
        for expectation in expectations(script.read_text(encoding="utf-8"))
        if expectation.kind in ("raises", "returns")
    ]

    outcome = run(script, project, spark)

    assert said
    assert all(outcome.keeps(expectation) for expectation in said), outcome


@pytest.mark.parametrize(("project", "script"), SCRIPTS.values(), ids=SCRIPTS)
def test_what_is_reported_fails_and_what_is_clean_answers(project: Path, script: Path) -> None:
    said = {each.kind: each for each in expectations(script.read_text(encoding="utf-8"))}
    report = (project / "expected.txt").read_text(encoding="utf-8")
    name = script.relative_to(project).as_posix()

    if "error" in said:
        assert f"error[{said['error'].words}]" in report
        assert f"--> {name}:{said['error'].line}:" in report
        assert "raises" in said
    else:
        assert f"--> {name}:" not in report
        assert "returns" in said


def whole(notebook: Path) -> SourceText:
    """A notebook's text with all that it runs."""
    source = read_source(notebook, notebook.name)
    return with_runs(source, lambda path: read_source(path, path.name) if path.is_file() else None)


@pytest.mark.parametrize(("project", "notebook"), NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_a_notebook_does_on_spark_what_it_says(
    project: Path, notebook: Path, spark: SparkSession
) -> None:
    text = whole(notebook).text
    raised = [each for each in expectations(text) if each.kind == "raises"]

    outcome = run_notebook(notebook, text, spark)

    assert all(outcome.keeps(expectation) for expectation in raised), outcome
    assert raised or not outcome.said, outcome


@pytest.mark.parametrize(("project", "notebook"), NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_a_notebook_that_is_reported_says_that_it_fails(project: Path, notebook: Path) -> None:
    source = whole(notebook)
    said = list(expectations(source.text))
    report = (project / "expected.txt").read_text(encoding="utf-8")
    errors = [each for each in said if each.kind == "error"]
    places = [source.span(Position(each.line, 1), Position(each.line, 1)) for each in errors]

    assert report.count(f"--> {notebook.relative_to(project)}:") == len(errors)
    for error, place in zip(errors, places, strict=True):
        assert f"error[{error.words}]" in report
        assert f"--> {place.where}:{place.start.line}:" in report
    assert len([each for each in said if each.kind == "raises"]) == len(errors)


@pytest.mark.spark
def test_the_image_vectorizers_own_tests_pass() -> None:
    pytest.importorskip("torchvision", reason="needs torchvision: see the extra `extractor`")
    pytest.importorskip("skimage", reason="needs the pictures of scikit-image")

    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"],
        cwd=FIXTURES / "image_vectorizer",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert tested.returncode == 0, tested.stdout
    assert "4 passed" in tested.stdout
