"""The pytest plugin: other test suites, run in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """\
import threading
import pytest
from pyspark.serializers import CloudPickleSerializer

lock = threading.Lock()

def ship(function):
    return CloudPickleSerializer().dumps(function)

def test_good():
    assert ship(lambda x: x)

def test_bad():
    ship(lambda x: lock)

def test_told(sparkguard):
    ship(lambda x: x)
    with pytest.raises(Exception, match="lock"):
        ship(lambda x: lock)
    assert sparkguard.payloads == 2
    assert len(sparkguard.results) == 1
"""


def run(folder: Path, *options: str) -> tuple[int, str]:
    (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    plugin = ("-p", "no:sparkguard", "-p", "sparkguard.pytest_plugin")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *plugin, *options],
        cwd=folder,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_flag_guards_every_test_and_adds_a_section(tmp_path: Path) -> None:
    code, out = run(tmp_path, "--sparkguard")

    assert code == 1
    assert "= sparkguard =" in out
    assert "2 payloads probed in 3 tests" in out
    assert "test_suite.py::test_bad: the lambda ships `lock`, a lock" in out
    assert "1 failed, 2 passed" in out


def test_without_the_flag_only_the_fixture_guards(tmp_path: Path) -> None:
    code, out = run(tmp_path)

    assert code == 1
    assert "payloads probed" not in out
    assert "ShipError" not in out
    assert "1 failed, 2 passed" in out


def test_the_plugin_costs_nothing_where_nobody_asks() -> None:
    script = "import sys, sparkguard.pytest_plugin; print('pyspark' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_the_plugin_is_an_entry_point() -> None:
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points.pytest11]\nsparkguard = "sparkguard.pytest_plugin"' in text


@pytest.mark.parametrize("word", ["--sparkguard", "what travels to Spark's workers"])
def test_the_help_names_it(tmp_path: Path, word: str) -> None:
    assert word in run(tmp_path, "--help")[1]
