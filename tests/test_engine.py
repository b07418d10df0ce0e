"""A whole check, from paths to findings in order."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from sparkguard import engine
from sparkguard.config import Config, ConfigError
from sparkguard.diagnostic import Severity
from sparkguard.engine import check, common_folder
from sparkguard.result import CheckResult
from sparkguard.source.analysis import Analyser, FileAnalysis
from sparkguard.source.text import SourceText

SHIPS = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
count = udf(lambda x: spark.range(x).count(), "int")
"""
HOLDER = """\
from pyspark.sql import SparkSession


class Holder:
    def __init__(self):
        self.spark = SparkSession.builder.getOrCreate()

    def length(self, text):
        return len(text)
"""
USER = """\
from holder import Holder
from pyspark.sql.functions import udf

holder = Holder()
length = udf(lambda text: holder.length(text), "int")
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def lines(result: CheckResult) -> list[str]:
    return [
        f"{each.primary.span.path}:{each.primary.span.start.line} {each.code}"
        for each in result.diagnostics
    ]


def test_findings_come_in_order_with_their_counts() -> None:
    write("b.py", SHIPS)
    write("a/job.py", SHIPS + "print(1)  # sparkguard: ignore[SG1] why\n")
    write("c.py", SHIPS.replace('"int")', '"int")  # sparkguard: ignore[SG101] a demo'))
    result = check(["."])
    assert lines(result) == ["a/job.py:5 SG101", "a/job.py:6 SG001", "b.py:5 SG101"]
    assert result.problems == ()
    summary = result.summary
    assert (summary.files, summary.ship_points) == (3, 3)
    assert (summary.errors, summary.warnings, summary.suppressed) == (2, 1, 1)
    assert summary.seconds > 0
    assert set(result.texts) == {"a/job.py", "b.py"}


def test_a_file_that_cannot_be_read_is_a_problem_and_the_others_are_checked() -> None:
    write("a.py", SHIPS)
    Path("b.py").write_bytes(b"x = '\xe9'\n")
    result = check([".", "missing.py"])
    assert lines(result) == ["a.py:5 SG101"]
    assert [problem.where for problem in result.problems] == ["b.py", "missing.py"]
    assert result.summary.files == 1


def test_a_file_that_cannot_be_parsed_is_a_finding_that_no_comment_silences() -> None:
    write("a.py", "# sparkguard: ignore-file[SG0]\nprint 'hello'  # noqa\n")
    result = check(["."])
    assert [(each.code, each.severity) for each in result.diagnostics] == [
        ("SG002", Severity.ERROR)
    ]
    assert result.diagnostics[0].message.startswith("cannot be parsed: ")
    assert check(["."], Config(Path.cwd(), ignore=("SG002",))).diagnostics == ()
    assert lines(check(["."], Config(Path.cwd(), select=("SG103",)))) == ["a.py:2 SG002"]


def test_only_the_rules_that_are_on_report() -> None:
    write("a.py", SHIPS)
    write("tests/b.py", SHIPS)
    write("sparkguard.toml", 'per-file-ignores = { "tests/" = ["SG1"] }')
    assert lines(check(["."])) == ["a.py:5 SG101"]
    assert check(["."], Config(Path.cwd(), select=("SG103",))).diagnostics == ()


def test_the_settings_of_the_project_around_the_paths_count(project: Path) -> None:
    write("sub/a.py", SHIPS)
    write("sub/sparkguard.toml", 'ignore = ["SG101"]')
    assert check(["sub"]).diagnostics == ()
    write("sub/sparkguard.toml", "ignor = []")
    with pytest.raises(ConfigError, match="unknown key"):
        check(["sub/a.py"])


def test_a_named_file_is_understood_by_the_project_around_it() -> None:
    write("holder.py", HOLDER)
    write("user.py", USER)
    result = check(["user.py"])
    assert lines(result) == ["user.py:5 SG103"]
    assert result.summary.files == 1
    assert result.texts["holder.py"] == HOLDER


def test_without_a_project_the_files_beside_it_are_looked_into(
    project: Path,
) -> None:
    (project / ".git").rmdir()
    write("deep/holder.py", HOLDER)
    write("deep/user.py", USER)
    config = Config(root=project / "deep")
    assert lines(check(["deep/user.py"], config)) == ["deep/user.py:5 SG103"]


def test_standard_input_stands_for_its_file() -> None:
    write("holder.py", HOLDER)
    write("user.py", "")
    stdin = SourceText(Path("user.py"), "user.py", USER)
    assert lines(check([], stdin=stdin)) == ["user.py:5 SG103"]
    shut = Config(Path.cwd(), exclude=("user.py",), force_exclude=True)
    assert check([], shut, stdin=stdin).summary.files == 0


def test_progress_is_told_file_by_file() -> None:
    write("a.py", "x = 1\n")
    write("b.py", SHIPS)
    told: list[tuple[int, int, str]] = []
    check(["."], progress=lambda *state: told.append(state))
    assert told == [(1, 2, "a.py"), (2, 2, "b.py")]


def test_the_same_check_gives_the_same_answer() -> None:
    for name in ("a.py", "b/c.py", "b/d.py"):
        write(name, SHIPS)
    assert check(["b", "a.py"]).diagnostics == check(["a.py", "b", "b/c.py"]).diagnostics


@pytest.fixture
def broken_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    """An analysis that breaks down on every file whose name begins with `bad`."""
    real = Analyser.of

    def fragile(analyser: Analyser, source: SourceText) -> FileAnalysis:
        if source.name.startswith("bad"):
            raise RecursionError("too\ndeep")
        return real(analyser, source)

    monkeypatch.setattr(Analyser, "of", fragile)


@pytest.mark.usefixtures("broken_analysis")
def test_a_breakdown_costs_one_file_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.py", "bad.py", "bad2.py", "c.py"):
        write(name, SHIPS)
    result = check(["."])
    assert lines(result) == ["a.py:5 SG101", "c.py:5 SG101"]
    assert [problem.where for problem in result.problems] == ["bad.py", "bad2.py"]
    assert "broke down (RecursionError: too deep); please report" in result.problems[0].message
    assert result.problems[0].detail == ""
    monkeypatch.setenv("SPARKGUARD_DEBUG", "1")
    assert "Traceback" in check(["."]).problems[0].detail


@pytest.mark.usefixtures("broken_analysis")
def test_breakdown_after_breakdown_ends_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FAILURE_LIMIT", 3)
    for number in range(5):
        write(f"bad{number}.py", "")
    problems = check(["."]).problems
    assert [problem.where for problem in problems] == [f"bad{number}.py" for number in range(4)]
    assert "3 files broke the analysis" in problems[3].message


@pytest.mark.parametrize(
    ("paths", "folder"),
    [
        ([], "."),
        (["a/b/x.py"], "a/b"),
        (["a/b/x.py", "a/y.py"], "a"),
        (["a/b/missing/x.py"], "a/b"),
        (["a/b/.."], "a"),
    ],
)
def test_the_common_folder_of_paths(project: Path, paths: list[str], folder: str) -> None:
    write("a/b/x.py", "")
    assert common_folder([Path(path) for path in paths]) == project / folder


def test_the_settings_own_ship_points_and_types_count() -> None:
    write(
        "sparkguard.toml",
        'ship-points = ["mylib.run:0", "helpers.Pool.submit:work"]\n'
        '[driver-only]\n"mylib.Client" = "open it there"\n"helpers.Thing" = ""\n',
    )
    write("helpers.py", "class Thing: pass\nclass Pool:\n    def submit(self, work): pass\n")
    write(
        "job.py",
        "import mylib\nfrom helpers import Pool, Thing\nclient, thing = mylib.Client(), Thing()\n"
        "mylib.run(lambda x: client.get(x))\n"
        "Pool().submit(work=lambda x: thing)\n"
        "other.run(lambda x: client)\n",
    )

    found = check([Path()]).diagnostics

    assert [(each.code, each.primary.span.start.line) for each in found] == [
        ("SG108", 4),
        ("SG108", 5),
    ]
    assert [each.help for each in found] == [
        "open it there; `sparkguard explain SG108`",
        "make it where it is used; `sparkguard explain SG108`",
    ]


def test_a_folder_that_is_gone_meanwhile_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def gone(path: Any = ".") -> Any:
        if Path(os.fsdecode(path)).name == "gone":
            raise FileNotFoundError(2, "No such file or directory", path)
        return scandir(path)

    (tmp_path / ".git").rmdir()  # of a folder that is no project only what is near is looked into
    (tmp_path / "gone").mkdir()
    (tmp_path / "job.py").write_text("from pyspark.sql import SparkSession\n", encoding="utf-8")
    monkeypatch.setattr(os, "scandir", gone)
    assert check([tmp_path / "job.py"], Config(tmp_path)).problems == ()
