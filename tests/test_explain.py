"""`sparkguard explain` from an error: the failure, the rule, and the finding at the place."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sparkguard import catalog
from sparkguard.arguments import ExitCode
from sparkguard.cli import main
from sparkguard.explain import findings, here_of
from sparkguard.failures import Frame, recognise

JOB = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
other = udf(lambda x: spark.range(x).count(), "int")
numbers = spark.range(3)


count = udf(lambda x: spark.range(x).first(), "int")
numbers.select(count("id")).show()
"""
SAID = (
    "_pickle.PicklingError: Could not serialize object: PySparkRuntimeError: "
    "[CONTEXT_ONLY_VALID_ON_DRIVER] It appears that you are attempting to reference SparkContext"
)
LOG = """\
26/11/25 12:00:00 INFO SparkContext: Running Spark version 4.3.0
Traceback (most recent call last):
  File "{path}", line 10, in <module>
    numbers.select(count("id")).show()
  File "/usr/lib/python3.11/site-packages/pyspark/serializers.py", line 477, in dumps
    raise pickle.PicklingError(msg)
{said}
26/11/25 12:00:01 INFO ShutdownHookManager: Shutdown hook called
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "job.py").write_text(JOB, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def log(path: str = "jobs/job.py", said: str = SAID) -> str:
    return LOG.format(path=path, said=said)


def explained(
    capsys: pytest.CaptureFixture[str], *words: str, stdin: str = ""
) -> tuple[int, str, str]:
    """Exit code, output and errors of `explain`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = main(["explain", *words])
    out, err = capsys.readouterr()
    return code, out, err


# What it takes


def test_a_text_a_file_and_standard_input_are_explained_alike(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("driver.log").write_text(log(), encoding="utf-8")
    told = {
        explained(capsys, log()),
        explained(capsys, "driver.log"),
        explained(capsys, "-", stdin=log()),
    }
    ((code, out, err),) = told
    assert (code, err) == (ExitCode.CLEAN, "")
    assert out.startswith(f"Spark said: {SAID}\n")


def test_words_need_no_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    text = "Could not serialize object: TypeError: cannot pickle 'sqlite3.Connection' object"
    code, out, _ = explained(capsys, *text.split())
    assert code == ExitCode.CLEAN
    assert " = rule: SG202 captured-connection\n" in out


def test_the_word_that_spark_prints_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    assert "SG105" in explained(capsys, "SESSION_OR_CONTEXT_NOT_EXISTS")[1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ValueError: no", "There is no failure that sparkguard knows in this text.\n"),
        ("all is well", "There is no error in this text.\n"),
        ("", "There is no error in this text.\n"),
    ],
)
def test_what_is_not_known_is_said(
    text: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explained(capsys, "-", stdin=text) == (ExitCode.FOUND, line, "")


def test_what_no_rule_is_about_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    said = "[PYTHON_VERSION_MISMATCH] Python in worker has different version: 3.10"
    code, out, _ = explained(capsys, said)
    assert code == ExitCode.CLEAN
    assert " = rule: none of sparkguard's is about this\n" in out
    assert "PYSPARK_PYTHON" in out


def test_bytes_that_are_no_text_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    Path("driver.log").write_bytes(b"\xff\xfe\x00" + log().encode())
    assert explained(capsys, "driver.log")[0] == ExitCode.CLEAN


# Where it happened


def test_the_finding_nearest_to_the_traceback_comes_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = explained(capsys, log())[1]
    assert " = rule: SG101 captured-session\n" in out
    assert out.index(" --> jobs/job.py:9:23") < out.index(" --> jobs/job.py:5:23")
    assert "Spark will say" not in out


def test_a_file_of_another_machine_is_found_by_its_end_and_its_line() -> None:
    path = "/home/hadoop/app/jobs/job.py"
    found = recognise(log(path))
    assert found is not None
    assert [*here_of(found.frames)] == [(Path("jobs/job.py"), 10)]
    assert [*here_of([Frame(path, 10, "another(line)")])] == []
    assert [*here_of([Frame(path, 10)])] == []


def test_only_rules_that_fit_are_found_and_settings_hide_none() -> None:
    Path("sparkguard.toml").write_text('ignore = ["SG101"]', encoding="utf-8")
    found = recognise(log())
    assert found is not None
    assert [each.code for each in findings(found).diagnostics] == ["SG101", "SG101"]
    other = recognise(
        log(said="Could not serialize object: TypeError: cannot pickle 'socket' object")
    )
    assert other is not None
    assert findings(other).diagnostics == ()
    assert findings(other).summary.files == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (SAID, "not told; with the whole traceback this shows the finding in it"),
        (log("/else/where.py"), "`/else/where.py` is not here"),
        (log(said="[RDD_TRANSFORM_ONLY_VALID_ON_DRIVER]"), "finds nothing that fits in the files"),
    ],
)
def test_a_place_that_is_not_found_is_said(
    text: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = explained(capsys, text)[1]
    assert f" = place: {place}" in out or f"place: the check {place}" in out
    assert re.search(r"`sparkguard (explain SG10\d|probe)`", out)


def test_what_a_comment_silences_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    silent = JOB.replace('"int")', '"int")  # sparkguard: ignore[SG101] known')
    Path("jobs/job.py").write_text(silent, encoding="utf-8")
    assert "that are named, but comments silence 2 in them; " in explained(capsys, log())[1]


def test_a_named_file_that_cannot_be_read_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    Path("jobs/job.py").write_bytes(b"\x00")
    code, _, err = explained(capsys, log())
    assert code == ExitCode.CLEAN
    assert err.startswith("sparkguard: jobs/job.py: holds null bytes")


def test_more_findings_than_help_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    Path("jobs/job.py").write_text(JOB + JOB + JOB, encoding="utf-8")
    out = explained(capsys, log())[1]
    assert out.count(" --> ") == 3
    assert out.endswith("... and 3 more: `sparkguard check`\n")


def test_nothing_of_the_named_file_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    Path("jobs/job.py").write_text(f"open('sprung', 'w').close()\n{JOB}", encoding="utf-8")
    assert explained(capsys, log())[0] == ExitCode.CLEAN
    assert not Path("sprung").exists()


# What it must stand


def test_hostile_text_is_inert(capsys: pytest.CaptureFixture[str]) -> None:
    path = "/x/\x1b[31m\u202e.py"
    code, out, err = explained(capsys, "-", stdin=log(path, f"\x1b]0;x\x07{SAID}\u202e\x9b"))
    assert (code, err) == (ExitCode.CLEAN, "")
    assert all(line.isprintable() for line in out.split("\n"))
    assert "␛]0;x␇" in out


def test_broken_settings_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("sparkguard.toml").write_text("selct = 1", encoding="utf-8")
    code, _, err = explained(capsys, log())
    assert (code, err.count("\n")) == (ExitCode.FAILED, 1)


def test_a_pipe_of_a_driver_is_explained() -> None:
    driver = f"import sys; sys.stderr.write({log()!r}); sys.exit(1)"
    command = f'{sys.executable} -c "$DRIVER" 2>&1 | {sys.executable} -m sparkguard explain -'
    root = str(Path(catalog.__file__).parents[1])
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env={"DRIVER": driver, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert " = rule: SG101 captured-session\n" in done.stdout
