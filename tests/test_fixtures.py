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
from tests.spark_programs import run

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


def test_there_are_three_projects() -> None:
    assert [project.name for project in PROJECTS] == [
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
