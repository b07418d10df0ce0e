"""`sparkguard probe` and `sparkguard run` from the outside: words in, words and exit codes out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sparkguard.arguments import ExitCode
from sparkguard.cli import parsed
from tests.test_cli import Says, project, says

__all__ = ["project", "says"]

JOB = """\
import threading

lock = threading.Lock()
table = bytes(2_000_000)

def good(x):
    return x + 1

def bad(x):
    return lock

def heavy(x):
    return table

def silenced(x):
    return lock  # sparkguard: ignore[SG201] a test of that
"""
SCRIPT = """\
import sys
from pyspark import SparkContext

assert sys.argv[1:] == ["-x", "1"]
sc = SparkContext.getOrCreate()
sc.parallelize([1]).map(lambda x: sc).collect()
"""


@pytest.fixture(autouse=True)
def job(project: Path) -> None:
    (project / "job.py").write_text(JOB, encoding="utf-8")
    (project / "script.py").write_text(SCRIPT, encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("job.py::good",), ExitCode.CLEAN),
        (("job.py::bad",), ExitCode.FOUND),
        (("job.py::bad", "--exit-zero"), ExitCode.CLEAN),
        (("job.py::bad", "--fail-on", "never"), ExitCode.CLEAN),
        (("job.py::bad", "--ignore", "SG201"), ExitCode.CLEAN),
        (("job.py::bad", "--select", "SG1"), ExitCode.CLEAN),
        (("job.py::silenced",), ExitCode.CLEAN),
        (("job.py::heavy", "--no-worker"), ExitCode.CLEAN),
        (("job.py::heavy", "--max-bytes", "1MB"), ExitCode.FOUND),
        (("job.py::heavy", "--max-bytes", "2.5MB"), ExitCode.CLEAN),
        (("job.py::good", "--call", "1"), ExitCode.CLEAN),
        (("job.py::good", "--call", "'a'"), ExitCode.FOUND),
        (("job.py::nope",), ExitCode.FAILED),
        (("nope.py::good",), ExitCode.FAILED),
        (("job.py::good", "--python", "/no/python"), ExitCode.FAILED),
        (("job.py::good", "--timeout", "0"), ExitCode.FAILED),
        (("job.py::good", "--max-bytes", "much"), ExitCode.FAILED),
        (("job.py::good", "--config", "nope.toml"), ExitCode.FAILED),
        ((), ExitCode.FAILED),
    ],
)
def test_the_exit_code_is_that_of_a_check(
    says: Says, arguments: tuple[str, ...], code: ExitCode
) -> None:
    status, _, err = says("probe", *arguments)

    assert status == code, err
    assert len(err) == (code is ExitCode.FAILED)
    assert not any("Traceback" in line for line in err)


def test_a_finding_is_reported_in_the_same_words_as_by_a_check(says: Says) -> None:
    _, probed, _ = says("probe", "job.py::bad", "-q", "--no-worker")

    assert (
        probed[0]
        == "job.py:10:12: error[SG201] `bad` ships `lock`, a lock, which cannot be pickled"
    )


def test_a_script_has_the_words_behind_the_dashes(says: Says) -> None:
    code, out, _ = says("probe", "script.py", "--output-format", "json", "--", "-x", "1")

    (found,) = json.loads("\n".join(out))["diagnostics"]
    assert code == ExitCode.FOUND
    assert found["code"] == "SG102"
    assert found["origin"] == "live"
    assert found["ship_point"]["api"] == "pyspark.RDD.map"
    assert found["capture"] == {
        "path": ["<lambda>", "sc"],
        "type": "pyspark.SparkContext",
        "bytes": None,
    }


def test_the_report_goes_to_a_file(says: Says, project: Path) -> None:
    _, out, _ = says("probe", "job.py::heavy", "--output-file", "out.txt", "--no-worker")

    assert out == []
    assert "ships 2.0 MB" in (project / "out.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "size"),
    [("100", 100), ("1kB", 1000), ("1KiB", 1024), ("1.5MB", 1_500_000), ("8g", 8 * 10**9)],
)
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    assert parsed(["probe", "a", "--max-memory", text]).max_memory == size


def test_only_a_probe_has_words_behind_dashes() -> None:
    assert parsed(["run", "a.py", "-b", "--help"]).arguments == ["-b", "--help"]
    assert parsed(["probe", "a.py"]).arguments == ()


def test_a_check_needs_nothing_of_the_live_witness(says: Says) -> None:
    assert says("check", "job.py")[0] == ExitCode.CLEAN
