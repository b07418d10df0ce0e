"""The command line from the outside: words in, words and exit codes out."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

import sparkguard
from sparkguard import catalog, cli, engine
from sparkguard.arguments import SETTINGS, ExitCode
from sparkguard.cli import main, parser
from sparkguard.config import Config, OutputFormat
from sparkguard.report import progress

BAD = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
count = udf(lambda x: spark.range(x).count(), "int")
"""
UNUSED = "x = 1  # sparkguard: ignore[SG1]\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "SPARKGUARD_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def says(capsys: pytest.CaptureFixture[str]) -> Says:
    return Says(capsys)


class Says:
    """Runs the command line and keeps what it wrote."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, list[str], list[str]]:
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else ExitCode.FAILED
        said = self.capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


# Exit codes


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        ("", (), ExitCode.CLEAN),
        (UNUSED, (), ExitCode.CLEAN),
        (UNUSED, ("--fail-on", "warning"), ExitCode.FOUND),
        (BAD, (), ExitCode.FOUND),
        (BAD, ("--fail-on", "warning"), ExitCode.FOUND),
        (BAD, ("--fail-on", "never"), ExitCode.CLEAN),
        (BAD, ("--exit-zero",), ExitCode.CLEAN),
        (BAD, ("missing.py", "."), ExitCode.FAILED),
        (BAD, ("missing.py", ".", "--exit-zero"), ExitCode.FAILED),
    ],
)
def test_the_exit_code_tells_what_was_found(
    says: Says, text: str, arguments: tuple[str, ...], code: ExitCode
) -> None:
    write("job.py", text)
    assert says("check", *arguments)[0] == code


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("check", "missing.py"), "sparkguard: missing.py: no such file or directory"),
        (("check", "--select", "SG1O3"), "did you mean `SG103`?"),
        (("check", "--fail-on", "info"), "`fail-on`: one of `error`, `warning`, `never`"),
        (("check", "--output-format", "xml"), "`output-format`: one of `text`, `concise`"),
        (("check", "--output-format", "text", "--output-format", "json"), "two reports in one"),
        (("check", "--output-file", "a", "--output-file", "a"), "two reports in one place"),
        (("check", "--statistics", "--output-format", "sarif"), "text, concise, json"),
        (("check", "--\x1b[2J"), "unrecognized arguments: --␛[2J"),
        (("check", "--selct", "SG1"), "unrecognized arguments: --selct"),
        (("check", "--config", "nope.toml"), "nope.toml: no such file or directory"),
        (("check", "-", "job.py"), "`-` stands alone"),
        (("check", "--output-file", "no/such/folder"), "no/such/folder: no such file"),
        (("explain", "captured-slef"), "did you mean `captured-self`?"),
        (("explain", "driver.log"), "driver.log: no such file, and no rule"),
        (("explain", "\x1b[2J"), "unknown rule `␛[2J`"),
        (("chek",), "invalid choice: 'chek'"),
        ((), "required: VERB"),
    ],
)
def test_what_cannot_be_done_is_one_line(says: Says, arguments: tuple[str, ...], line: str) -> None:
    code, _, errors = says(*arguments)
    assert code == ExitCode.FAILED
    assert len(errors) == 1
    assert errors[0].startswith("sparkguard")
    assert line in errors[0]


def test_a_bad_settings_file_is_one_line(says: Says) -> None:
    write("sparkguard.toml", 'selct = ["SG1"]')
    assert says("check") == (
        ExitCode.FAILED,
        [],
        ["sparkguard: sparkguard.toml: unknown key `selct`, did you mean `select`?"],
    )
    assert says("check", "--isolated")[0] == ExitCode.CLEAN


def test_no_files_is_said_and_is_no_failure(says: Says) -> None:
    code, _, errors = says("check")
    assert (code, errors) == (ExitCode.CLEAN, ["sparkguard: no Python files found"])


def test_a_breakdown_of_our_own_is_one_line(says: Says, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(engine, "check", broken)
    code, _, errors = says("check")
    assert code == ExitCode.FAILED
    assert len(errors) == 1
    assert "broke down (ZeroDivisionError: oops); please report it" in errors[0]
    monkeypatch.setenv("SPARKGUARD_DEBUG", "1")
    assert "Traceback (most recent call last):" in says("check")[2]


@pytest.mark.parametrize(("room", "work"), [(cli, "parsed"), (cli, "_module"), (engine, "check")])
def test_an_interrupt_ends_it_quietly(
    says: Says, monkeypatch: pytest.MonkeyPatch, room: ModuleType, work: str
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(room, work, interrupted)
    assert says("check") == (ExitCode.INTERRUPTED, [], [])


# What is checked and how it is told


def test_a_pipe_gets_a_line_for_each_finding(says: Says) -> None:
    write("job.py", BAD)
    _, lines, errors = says("check")
    assert re.fullmatch(r"job.py:5:\d+: error\[SG101\] .*", lines[0])
    assert lines[1:] == ["Found 1 error (1 file checked, 1 ship point)"]
    assert errors == []
    assert says("check", "--quiet")[1] == lines[:1]


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("text", "error[SG101]: "),
        ("concise", "job.py:5:"),
        ("json", "{"),
        ("sarif", "{"),
        ("github", "::error "),
        ("gitlab", "["),
        ("junit", "<?xml "),
        ("html", "<!doctype html>"),
    ],
)
def test_every_format_can_be_asked_for(says: Says, kind: str, start: str) -> None:
    write("job.py", BAD)
    assert says("check", "--output-format", kind)[1][0].startswith(start)
    write("sparkguard.toml", f'output-format = "{kind}"')
    assert says("check")[1][0].startswith(start)


def test_a_terminal_gets_frames_in_colour(says: Says, monkeypatch: pytest.MonkeyPatch) -> None:
    write("job.py", BAD)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert says("check")[1][0].startswith("\x1b[1;31merror[SG101]")
    assert says("check", "--color", "never")[1][0].startswith("error[SG101]: ")


def test_json_links_to_the_page_of_the_rule(says: Says) -> None:
    write("job.py", BAD)
    (found,) = json.loads("\n".join(says("check", "--output-format", "json")[1]))["diagnostics"]
    rule = catalog.find("SG101")
    assert rule is not None
    assert found["url"] == catalog.page(rule).url


def test_a_report_can_go_to_a_file(says: Says) -> None:
    write("job.py", BAD)
    code, lines, _ = says("check", "--output-format", "json", "--output-file", "report.json")
    assert (code, lines) == (ExitCode.FOUND, [])
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["summary"]["errors"] == 1


def test_several_reports_come_from_one_check(says: Says) -> None:
    write("job.py", BAD)
    first = ("--output-format", "sarif", "--output-file", "a.sarif")
    second = ("--output-file", "b.xml", "--output-format", "junit")
    code, lines, _ = says("check", *first, *second, "--output-format", "concise", "--statistics")
    assert (code, lines[0].split()[:2]) == (ExitCode.FOUND, ["1", "SG101"])
    assert json.loads(Path("a.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert Path("b.xml").read_text(encoding="utf-8").startswith("<?xml ")


def test_the_settings_say_the_format_that_the_command_line_leaves_open(says: Says) -> None:
    write("job.py", BAD)
    write("sparkguard.toml", 'output-format = "json"')
    says("check", "--output-file", "report.json")
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["version"] == 1
    assert says("check", "--output-format", "concise")[1][0].startswith("job.py:5:")


def test_the_command_line_is_laid_over_the_settings(says: Says) -> None:
    write("job.py", BAD)
    write("sparkguard.toml", 'select = ["SG103"]\nignore = ["SG104"]\nextend-exclude = ["gen"]')
    write("gen/job.py", BAD)
    write("old/job.py", BAD)
    assert says("check")[0] == ExitCode.CLEAN
    arguments = ("check", "-q", "--select", "SG101,SG104", "--select", "SG102")
    lines = says(*arguments, "--extend-exclude", "old")[1]
    assert [line.split(":")[0] for line in lines] == ["job.py"]
    assert says(*arguments, "--ignore", "SG101")[0] == ExitCode.CLEAN


def test_standard_input_is_checked_under_its_name(
    says: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments, name in (((), "<stdin>"), (("--stdin-filename", "jobs/a.py"), "jobs/a.py")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
        code, lines, _ = says("check", "-", *arguments)
        assert code == ExitCode.FOUND
        assert lines[0].startswith(f"{name}:5:")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\0")))
    code, _, errors = says("check", "-")
    assert (code, len(errors)) == (ExitCode.FAILED, 1)


# The other verbs


def test_explain_shows_the_page(says: Says, monkeypatch: pytest.MonkeyPatch) -> None:
    for word in ("SG103", "sg103", "captured-self"):
        code, lines, _ = says("explain", word)
        assert code == ExitCode.CLEAN
        assert lines[0] == "# SG103: captured-self"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "# SG103" not in "\n".join(says("explain", "SG103")[1])


def test_rules_are_listed(says: Says) -> None:
    lines = says("rules")[1]
    assert [line.split()[:3] for line in lines] == [
        [rule.code, rule.name, rule.severity.value] for rule in catalog.rules()
    ]
    table = json.loads("\n".join(says("rules", "--output-format", "json")[1]))
    assert table["version"] == 1
    assert [row["code"] for row in table["rules"]] == [rule.code for rule in catalog.rules()]


def test_the_version_is_told(says: Says) -> None:
    assert says("--version")[:2] == (0, [f"sparkguard {sparkguard.__version__}"])


def test_the_help_names_every_exit_code_format_and_setting(says: Says) -> None:
    overview, check = ("\n".join(says(*words)[1]) for words in (["--help"], ["check", "--help"]))
    for code in (ExitCode.CLEAN, ExitCode.FOUND, ExitCode.FAILED):
        assert re.search(rf"^  {code}  \w", overview, re.MULTILINE)
    assert all(kind in check for kind in get_args(OutputFormat))
    assert all(f"-{key}" in check for key in SETTINGS)
    assert max(map(len, (overview + check).splitlines())) <= 100


def test_every_setting_but_the_root_and_what_is_written_in_tables_is_an_option() -> None:
    fields = {name.replace("_", "-") for name in Config.__dataclass_fields__}
    assert fields - set(SETTINGS) == {"root", "per-file-ignores", "ship-points", "driver-only"}
    given = vars(parser().parse_args(["check"]))
    assert all(given[key.replace("-", "_")] is None for key in SETTINGS)


# As a process of its own


def run(*arguments: str, **options: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(sparkguard.__file__).parents[1])}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-m", "sparkguard", *arguments]
    return subprocess.Popen(command, env=environment, **{**pipes, **options})  # type: ignore[call-overload,no-any-return]


def test_a_closed_pipe_ends_it_quietly() -> None:
    write("job.py", BAD * 300)
    process = run("check", "--output-format", "text")
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate()
    assert (process.returncode, errors) == (ExitCode.CLOSED_PIPE, "")


def test_any_text_can_be_shown_on_any_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    write("job.py", BAD.replace('"int"', '"int" "日本"'))
    output, errors = run("check", "--output-format", "text").communicate()
    assert errors == ""
    assert r"\u65e5\u672c" in output


@pytest.fixture
def trap() -> Path:
    """Modules in the checked folder that say so when they are imported."""
    for name in ("shutil", "argparse", "libcst", "sparkguard_plugin", "json"):
        write(f"{name}.py", "open('sprung', 'w').close()\n")
    return Path("sprung")


def test_nothing_in_the_checked_folder_is_imported(trap: Path) -> None:
    write("job.py", BAD)
    process = run("check", "--output-format", "json")
    process.communicate()
    assert process.returncode == ExitCode.FOUND
    assert not trap.exists()


FIXABLE = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
frame = spark.range(3)
wide = udf(lambda x: len(frame.columns), "int")
"""
MENDED = FIXABLE.replace("wide =", "columns = frame.columns\nwide =").replace(
    "len(frame.columns)", "len(columns)"
)


def test_fix_writes_the_file_and_reports_what_is_left(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "job.py").write_text(FIXABLE)

    assert main(["check", "--fix"]) == ExitCode.CLEAN

    assert (project / "job.py").read_text() == MENDED
    captured = capsys.readouterr()
    assert "All checks passed" in captured.out
    assert captured.err == "sparkguard: fixed SG104 1; files written: 1\n"


@pytest.mark.parametrize("end", ["\n", ""])
def test_diff_shows_what_fix_would_write_and_writes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str], end: str
) -> None:
    (project / "job.py").write_text(FIXABLE.rstrip() + end)

    assert main(["check", "--diff"]) == ExitCode.FOUND

    assert (project / "job.py").read_text() == FIXABLE.rstrip() + end
    (project / "fixes.patch").write_text(capsys.readouterr().out)
    subprocess.run(["git", "apply", "-p0", "fixes.patch"], check=True, capture_output=True)
    assert (project / "job.py").read_text() == MENDED.rstrip() + end
    assert main(["check", "--diff"]) == ExitCode.CLEAN


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("option", ["--diff", "--fix", "--no-cache"])
def test_the_line_of_progress_is_gone_before_anything_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    (project / "job.py").write_text(FIXABLE)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", screen)

    main(["check", option])

    *shown, told = screen.getvalue().split("\r\x1b[2K")
    assert any(line.startswith("checking 1/1 job.py") for line in shown)
    assert told.startswith(("--- job.py", "sparkguard: fixed", "\x1b[", "error"))
    assert not told.startswith("checking")


def test_a_file_that_cannot_be_written_is_one_line_and_exit_2(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    (project / "job.py").write_text(FIXABLE)
    monkeypatch.setattr(Path, "replace", full)

    assert main(["check", "--fix", "--quiet"]) == ExitCode.FAILED

    assert (project / "job.py").read_text() == FIXABLE
    assert capsys.readouterr().err == "sparkguard: job.py: not fixed: no space left on device\n"
    assert [path.name for path in project.iterdir() if path.is_file()] == ["job.py"]


def test_standard_input_cannot_be_fixed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--fix", "-"]) == ExitCode.FAILED
    assert "`--fix` is not for standard input" in capsys.readouterr().err
