"""The GitHub Action and the snippets for CI systems: they do what they say, in a shell."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from sparkguard.cli import main

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
SNIPPETS = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8").split("```yaml\n")[1:]
BAD = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
count = udf(lambda x: spark.range(x).count(), "int")
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "job.py").write_text(BAD, encoding="utf-8")
    (tmp_path / "good.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


def step(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(s for s in ACTION["runs"]["steps"] if s["name"] == name)
    return found


@pytest.fixture
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's folder for what does not last, where the action installs sparkguard."""
    folder = tmp_path_factory.mktemp("runner")
    (folder / "sparkguard").symlink_to(ROOT)
    return folder


def run_check(installed: Path, **inputs: str) -> tuple[str, str]:
    """The output of the action's check, and what it hands to the later steps."""
    given = {name: each.get("default", "") for name, each in ACTION["inputs"].items()} | inputs
    variables = {
        name: given[value.removeprefix("${{ inputs.").removesuffix(" }}")]
        for name, value in step("Check")["env"].items()
    }
    python = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", "-e", "-c", step("Check")["run"]],
        env={
            **variables,
            "PATH": f"{python}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(installed),
            "GITHUB_OUTPUT": "outputs",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, Path("outputs").read_text(encoding="utf-8")


def test_the_action_annotates_and_writes_sarif(installed: Path) -> None:
    said, outputs = run_check(installed, paths="job.py good.py", options="--select SG1")
    assert said.startswith("::error file=job.py,line=5,")
    assert outputs == "status=1\n"
    log = json.loads(Path("sparkguard.sarif").read_text(encoding="utf-8"))
    assert [each["ruleId"] for each in log["runs"][0]["results"]] == ["SG101"]


@pytest.mark.parametrize(
    ("inputs", "status"),
    [
        ({"paths": "good.py"}, "0"),
        ({"paths": "job.py", "options": "--exit-zero"}, "0"),
        ({"paths": "missing.py"}, "2"),
        ({"paths": "$(touch sprung);touch sprung `touch sprung`"}, "2"),
        ({"paths": "good.py", "options": "--select *"}, "2"),
    ],
)
def test_the_action_hands_on_the_exit_code(
    inputs: dict[str, str], status: str, installed: Path
) -> None:
    assert run_check(installed, **inputs)[1] == f"status={status}\n"
    assert not Path("sprung").exists()


def test_no_input_is_read_as_a_command() -> None:
    assert not [s["name"] for s in ACTION["runs"]["steps"] if "${{" in s.get("run", "")]


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_the_snippets_run_the_check_and_name_what_it_writes(
    snippet: str, capsys: pytest.CaptureFixture[str]
) -> None:
    snippet = snippet.partition("```")[0]
    assert yaml.safe_load(snippet)
    commands = [line.partition("sparkguard check ") for line in snippet.splitlines()]
    for words in [shlex.split(after) for _, found, after in commands if found]:
        assert main(["check", *words]) == 1
        for word, path in pairwise(words):
            if word == "--output-file":
                assert Path(path).stat().st_size
                assert snippet.count(path) == 2
    assert "sparkguard" in snippet
    capsys.readouterr()
