"""Several processes give what one gives, and none of them is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard import engine, processes
from sparkguard.config import Config
from sparkguard.engine import check
from sparkguard.processes import in_order, shares, worthwhile
from sparkguard.source.analysis import Analyser, FileAnalysis
from sparkguard.source.text import SourceText

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
HERE = os.getpid()
SHIPS = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
count = udf(lambda x: spark.range(x).count(), "int")
"""


def double(number: int) -> int:
    return 2 * number


def dies(number: int) -> int:
    if number == 3 and os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def fails(number: int) -> int:
    if number == 3:
        raise ValueError(number)
    return 2 * number


def sleeps(number: int) -> int:
    time.sleep(60 if number else 0)
    return number


@given(st.lists(st.integers(0, 1_000)), st.integers(1, 9))
def test_shares_are_stretches_of_the_whole(weights: list[int], number: int) -> None:
    items = [*enumerate(weights)]
    cut = shares(items, lambda item: item[1], number)
    assert [item for share in cut for item in share] == items
    assert len(cut) <= number
    assert all(cut)


def test_shares_weigh_about_the_same() -> None:
    sums = [sum(share) for share in shares([5] * 100 + [1] * 500, lambda weight: weight, 4)]
    assert sums == [250, 250, 250, 250]


def test_results_come_in_order() -> None:
    numbers = [*range(2_000)]
    assert [*in_order(double, shares(numbers, abs, 3))] == [*map(double, numbers)]
    assert active_children() == []


def test_what_a_killed_process_leaves_undone_is_done_here() -> None:
    assert [*in_order(dies, [[0, 1], [2, 3, 4], [5]])] == [0, 2, 4, 6, 8, 10]
    assert active_children() == []


def test_what_fails_in_a_process_fails_here(capfd: pytest.CaptureFixture[str]) -> None:
    results = in_order(fails, [[1, 2], [3, 4]])
    assert [next(results), next(results)] == [2, 4]
    with pytest.raises(ValueError, match="3"):
        next(results)
    assert active_children() == []
    assert capfd.readouterr().err == ""


def test_no_process_outlives_who_stops_listening() -> None:
    results = in_order(sleeps, [[0, 1], [1]])
    assert next(results) == 0
    assert len(active_children()) == 2
    results.close()  # type: ignore[attr-defined]
    assert active_children() == []


def test_a_few_files_are_not_worth_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(4), raising=False)
    assert [worthwhile(files) for files in (0, 1, 999, 2_000, 100_000)] == [1, 1, 1, 2, 4]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    helper = SHIPS.replace("spark.range(x).count()", "x")
    (tmp_path / "helper.py").write_text(helper, encoding="utf-8")
    for number in range(8):
        text = SHIPS.replace(
            "spark = SparkSession.builder.getOrCreate()", "from helper import spark"
        )
        (tmp_path / f"job_{number}.py").write_text(text, encoding="utf-8")
    (tmp_path / "bad.py").write_text("x = (\n", encoding="utf-8")
    return tmp_path


def told(*words: str) -> str:
    command = [sys.executable, "-m", "sparkguard", "check", "--output-format", "json", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    report = json.loads(done.stdout)
    report["summary"].pop("seconds")
    return json.dumps(report)


@pytest.mark.usefixtures("project")
def test_the_report_is_the_same_by_however_many() -> None:
    one = told("--no-cache", "--jobs", "1")
    assert one.count("SG101") > 8
    assert {told("--no-cache", "-j", number) for number in "235"} == {one}
    assert told("-j", "3") == told("-j", "2") == one


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", ""])
def test_a_number_that_is_none_is_wrong_usage(number: str) -> None:
    command = [sys.executable, "-m", "sparkguard", "check", f"--jobs={number}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"invalid number value: '{number}'" in done.stderr


@pytest.mark.usefixtures("project")
def test_a_breakdown_costs_one_file_whoever_meets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Analyser.of

    def fragile(analyser: Analyser, source: SourceText) -> FileAnalysis:
        if source.name in ("job_1.py", "job_4.py", "job_7.py"):
            raise RecursionError("too deep")
        return real(analyser, source)

    monkeypatch.setattr(Analyser, "of", fragile)
    monkeypatch.setattr(processes, "_START", "fork")
    one, three = (check(["."], Config(Path.cwd()), jobs=jobs) for jobs in (1, 3))
    assert one.problems == three.problems
    assert one.diagnostics == three.diagnostics
    assert len(one.problems) == 3
    monkeypatch.setattr(engine, "FAILURE_LIMIT", 2)
    assert len(check(["."], Config(Path.cwd()), jobs=3).problems) == 3
    assert active_children() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups to signal")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_all_of_them_at_once(project: Path, jobs: str) -> None:
    for number in range(3_000):
        (project / f"more_{number}.py").write_text(SHIPS, encoding="utf-8")
    command = [sys.executable, "-m", "sparkguard", "check", "-j", jobs]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        time.sleep(1.5)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in said
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert not [*project.glob(".sparkguard_cache/new-*")]
