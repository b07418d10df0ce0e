"""The audit from the outside: every key, narrow and plain terminals, and what goes wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pexpect", reason="pseudo-terminals need a Unix")

from sparkguard.arguments import ExitCode
from sparkguard.audit.keys import KEYS
from sparkguard.baseline import load
from sparkguard.config import BASELINE
from sparkguard.engine import check
from tests.audit import recorded
from tests.audit.pseudo_terminal import PseudoTerminal
from tests.test_cli import Says, project, says, write

__all__ = ["project", "says"]

pytestmark = pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning")

JOB = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf


class Prices:
    def __init__(self):
        self.spark = SparkSession.builder.getOrCreate()
        self.rate = 1.2

    def add(self, df):
        scaled = udf(lambda price: price * self.rate, "double")  # the rate of today
        return df.select(scaled("price"))

    def name(self, df):
        named = udf(lambda price: f"{price} {self.rate}", "string")
        return df.select(named("price"))


spark = SparkSession.builder.getOrCreate()
count = udf(lambda number: spark.range(number).count(), "int")
"""
FIRST = JOB.replace(
    "        scaled = udf(lambda price: price * self.rate",
    "        rate = self.rate\n        scaled = udf(lambda price: price * rate",
)
BOTH = FIRST.replace(
    '        named = udf(lambda price: f"{price} {self.rate}"',
    '        rate = self.rate\n        named = udf(lambda price: f"{price} {rate}"',
)


@pytest.fixture(autouse=True)
def job(project: Path) -> Path:
    write("job.py", JOB)
    write("sparkguard.toml", "")
    return project / "job.py"


def found() -> list[tuple[str, int]]:
    """Code and line of what a check finds now."""
    return [(one.code, one.primary.span.start.line) for one in check(["."]).diagnostics]


# Each key


def test_it_shows_where_why_and_what_would_mend_it() -> None:
    audit = PseudoTerminal("-i")
    audit.press("q")
    assert audit.end() == ExitCode.FOUND
    shown = audit.screen
    for words in (
        "Found 3 errors (1 file checked, 3 ship points)",
        "error[SG103]: the lambda ships all of `self`, and `self.spark` cannot leave the driver",
        "--> job.py:11:44",
        "^^^^ `self` is captured here",
        "= path: <lambda> -> self -> .spark (SparkSession)",
        "= why: A function that mentions `self` takes all of `self` along",
        "fix: read `self.rate` before the function is made",
        "\n-        scaled = udf(lambda price: price * self.rate",
        "\n+        rate = self.rate\n",
        "1/3  a apply  A all 2  i ignore  b baseline  e explain  o open  s skip  q quit  ? help",
        "> quit\nnothing was changed; left 3",
    ):
        assert words in shown


def test_apply_writes_the_fix_and_goes_on_where_the_next_finding_is_now(job: Path) -> None:
    audit = PseudoTerminal("--interactive")
    audit.press("a")
    audit.see("fixed in job.py")
    audit.see("job.py:16:46")
    assert job.read_text() == FIRST
    audit.press("a", "q")
    assert audit.end() == ExitCode.FOUND
    assert job.read_text() == BOTH
    assert "fixed 2; left 1" in audit.screen


def test_all_fixes_all_findings_of_the_rule(job: Path) -> None:
    audit = PseudoTerminal("-i")
    audit.press("A")
    audit.see("fixed 2 of SG103")
    audit.see("1/1")
    audit.press("q")
    audit.end()
    assert job.read_text() == BOTH


def test_ignore_asks_why_and_joins_the_comment_that_is_there(job: Path) -> None:
    audit = PseudoTerminal("-i")
    audit.press("i")
    audit.answer("the job is  local")
    audit.see("ignored in job.py")
    audit.press("i")
    audit.answer("")
    audit.press("i")
    audit.answer("ctrl-d")
    audit.see("not ignored")
    audit.press("q")
    assert audit.end() == ExitCode.FOUND
    text = job.read_text().splitlines()
    assert text[10].endswith("# the rate of today  # sparkguard: ignore[SG103] the job is local")
    assert text[14].endswith('"string")  # sparkguard: ignore[SG103]')
    assert found() == [("SG101", 20)]
    assert "ignored 2; left 1" in audit.screen


def test_where_reasons_are_required_there_is_no_way_without(job: Path) -> None:
    audit = PseudoTerminal("-i", "--require-reason")
    audit.press("i")
    audit.answer("")
    audit.see("not ignored")
    audit.press("q")
    audit.end()
    assert job.read_text() == JOB


def test_baseline_accepts_it() -> None:
    audit = PseudoTerminal("-i")
    audit.press("s", "s", "b")
    assert audit.end() == ExitCode.FOUND
    assert f"accepted in {BASELINE}" in audit.screen
    assert "accepted 1; left 2" in audit.screen
    assert [entry.code for entry in load(Path(BASELINE)).entries] == ["SG101"]
    assert [code for code, _ in found()] == ["SG103", "SG103"]


def test_explain_shows_the_page_and_comes_back() -> None:
    audit = PseudoTerminal("-i")
    audit.press("e")
    audit.see("Known limits")
    audit.see("job.py:11:44")
    audit.press("q")
    audit.end()


def test_back_skip_and_the_arrows_go_through_the_findings() -> None:
    audit = PseudoTerminal("-i")
    for key, line in (("s", 15), ("right", 20), ("p", 15), ("left", 11), ("s", 15), ("s", 20)):
        audit.press(key)
        audit.see(f"job.py:{line}:")
    audit.press("s")
    assert audit.end() == ExitCode.FOUND
    assert audit.screen.endswith("> skip\nnothing was changed; left 3")


def test_help_says_what_each_key_does_and_so_does_a_key_that_does_nothing() -> None:
    audit = PseudoTerminal("-i")
    for key in ("?", "z", "p"):
        audit.press(key)
        audit.see("go to the finding before (not for this finding)")
    audit.press("q")
    audit.end()


def editor(project: Path, script: str, name: str = "my editor") -> str:
    """An editor of that name, which does what the script says to `path` with `words`."""
    path = project / name
    head = f"#!{sys.executable}\nimport sys\n*words, path = sys.argv[1:]\n"
    path.write_text(f"{head}{script}\n")
    path.chmod(0o755)
    return str(path)


def test_open_starts_the_editor_at_the_line_and_checks_again(project: Path, job: Path) -> None:
    script = """text = open(path).read()
open(path, 'w').write(f'# {words}\\n' + text)"""
    named = f"'{editor(project, script)}' --quietly"
    audit = PseudoTerminal("-i", environment={"VISUAL": named, "EDITOR": "false"})
    audit.press("s", "o")
    audit.see("checked again")
    audit.see("job.py:16:46")
    audit.press("a", "q")
    audit.end()
    assert job.read_text().startswith("# ['--quietly', '+15']\n")
    assert found() == [("SG103", 12), ("SG101", 22)]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"VISUAL": None, "EDITOR": None}, "no editor is named: set `VISUAL` or `EDITOR`"),
        ({"EDITOR": "no-such-editor -n"}, "the editor `no-such-editor` is not found"),
        ({"EDITOR": "false"}, "the editor `false` ended with 1"),
        ({"EDITOR": "vim 'x"}, "`EDITOR` cannot be understood: a quote is left open"),
    ],
)
def test_an_editor_that_fails_is_one_line_and_nothing_is_lost(
    job: Path, environment: dict[str, str | None], words: str
) -> None:
    audit = PseudoTerminal("-i", environment={"VISUAL": None, **environment})
    audit.press("o")
    audit.see(words)
    audit.press("a", "q")
    audit.end()
    assert job.read_text() == FIRST
    assert "Traceback" not in audit.screen


# How it ends


def test_ctrl_c_loses_nothing_that_was_done(job: Path) -> None:
    audit = PseudoTerminal("-i")
    audit.press("a", "i")
    audit.answer("ctrl-c")
    assert audit.end() == ExitCode.INTERRUPTED
    assert audit.screen.endswith("stopped; the last `ignore` is not written\nfixed 1; left 2")
    assert job.read_text() == FIRST
    audit = PseudoTerminal("-i")
    audit.press("ctrl-c")
    assert audit.end() == ExitCode.INTERRUPTED
    assert audit.screen.endswith("stopped\nnothing was changed; left 2")


def test_the_end_of_the_input_is_quit(job: Path) -> None:
    audit = PseudoTerminal("-i")
    audit.press("a", "ctrl-d")
    assert audit.end() == ExitCode.FOUND
    assert audit.screen.endswith("> quit\nfixed 1; left 2")


def test_a_lost_terminal_loses_nothing_that_was_done(job: Path) -> None:
    audit = PseudoTerminal("-i")
    audit.press("a")
    audit.see("fixed in job.py")
    audit.hang_up()
    assert job.read_text() == FIRST


def test_it_is_clean_when_nothing_is_left() -> None:
    audit = PseudoTerminal("-i", "--select", "SG103")
    audit.press("A")
    assert audit.end() == ExitCode.CLEAN
    assert audit.screen.endswith("fixed 2 of SG103\nfixed 2; left 0")
    audit = PseudoTerminal("-i", "--select", "SG103")
    assert audit.end() == ExitCode.CLEAN
    assert audit.screen == "All checks passed (1 file checked, 3 ship points)"


# Terminals


def test_a_narrow_terminal_folds_between_words(job: Path) -> None:
    audit = PseudoTerminal("-i", columns=40)
    audit.press("?", "a", "q")
    audit.end()
    shown = audit.screen
    assert job.read_text() == FIRST
    for words in (
        "Found 3 errors (1 file checked, 3 ship\npoints)\n",
        "error[SG103]: the lambda ships all of\n  `self`, and `self.spark` cannot leave\n",
        "   | a SparkSession, held by every\n   | `Prices`\n",
        "fix: read `self.rate` before the\n  function is made\n",
        "1/3  a apply  A all 2  i ignore\nb baseline  e explain  o open  s skip\nq quit  ? help\n",
    ):
        assert words in shown


def test_without_colour_nothing_is_coloured() -> None:
    audit = PseudoTerminal("-i", environment={"NO_COLOR": "1"})
    audit.press("e", "q")
    audit.end()
    assert not re.search(r"\x1b\[[\d;]*3\dm", audit.heard.getvalue())
    coloured = PseudoTerminal("-i")
    coloured.press("q")
    coloured.end()
    assert "\x1b[1;31merror[SG103]" in coloured.heard.getvalue()


@pytest.mark.parametrize("term", ["dumb", "", None])
def test_a_plain_terminal_takes_words_and_enter(job: Path, term: str | None) -> None:
    audit = PseudoTerminal("-i", environment={"TERM": term})
    audit.press("all\r", "i\r")
    audit.answer("it is local")
    assert audit.end() == ExitCode.CLEAN
    assert "\x1b" not in audit.heard.getvalue()
    assert "fixed 2, ignored 1; left 0" in audit.screen
    assert found() == []


def test_a_plain_terminal_has_every_word_too(job: Path) -> None:
    audit = PseudoTerminal("-i", environment={"TERM": "dumb", "EDITOR": "true", "VISUAL": None})
    words = ("help", "skip", "back", "explain", "open", "apply", "baseline", "what", "quit")
    audit.press(*(f"{word}\r" for word in words))
    audit.end()
    assert "fixed 1, accepted 1; left 1" in audit.screen
    assert job.read_text() == FIRST


def test_without_a_terminal_it_is_one_line(says: Says) -> None:
    line = "sparkguard: --interactive needs a terminal to ask on; `--fix` and `--diff` need none"
    assert says("check", "-i") == (ExitCode.FAILED, [], [line])


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--fix",), "--fix and --interactive are done one after the other, not at once"),
        (("-",), "`--interactive` is not for standard input: name a file"),
        (("--output-format", "json"), "--interactive shows the findings itself"),
        (("--baseline", "no"), "no: no such file or directory"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments: tuple[str, ...], line: str) -> None:
    audit = PseudoTerminal("-i", *arguments)
    assert audit.end() == ExitCode.FAILED
    assert audit.screen.startswith(f"sparkguard: {line}")
    assert "\n" not in audit.screen


def test_a_check_on_a_terminal_offers_it() -> None:
    offer = "Go through them one by one: `sparkguard check --interactive`"
    for arguments, is_offered in (((), True), (("-q",), False), (("--select", "SG104"), False)):
        plain = PseudoTerminal(*arguments)
        plain.end()
        assert (offer in plain.screen) is is_offered
    piped = subprocess.run(
        [sys.executable, "-m", "sparkguard", "check"], capture_output=True, text=True, check=False
    )
    assert offer not in piped.stdout


# What goes wrong


def test_a_file_that_changed_meanwhile_is_checked_again(job: Path) -> None:
    audit = PseudoTerminal("-i")
    audit.see("1/3")
    job.write_text(f"# a line more\n{JOB}")
    audit.press("a")
    audit.see("job.py: changed on disk meanwhile, so it was checked again")
    audit.see("job.py:12:44")
    audit.press("a", "q")
    audit.end()
    assert job.read_text() == f"# a line more\n{FIRST}"


def test_a_file_that_is_gone_is_one_line(job: Path) -> None:
    write("other.py", JOB)
    audit = PseudoTerminal("-i")
    audit.see("1/6")
    job.unlink()
    audit.press("i")
    audit.answer("why")
    audit.see("job.py: no such file or directory")
    audit.see("other.py:11:44")
    audit.press("q")
    audit.end()
    assert not job.exists()


def test_a_file_that_may_not_be_written_is_left_alone(job: Path) -> None:
    job.chmod(0o444)
    audit = PseudoTerminal("-i")
    audit.press("a")
    audit.see("job.py: not fixed: permission denied")
    audit.press("A")
    audit.see("job.py: not fixed: permission denied")
    audit.press("b", "q")
    audit.end()
    assert "accepted 1; left 2" in audit.screen
    assert job.read_text() == JOB


def test_a_reason_that_the_file_cannot_hold_is_one_line(job: Path) -> None:
    text = f"# coding: latin-1\n{JOB}# \xe9\n"
    job.write_bytes(text.encode("latin-1"))
    audit = PseudoTerminal("-i")
    audit.press("i")
    audit.answer("\u65e5\u672c")
    audit.see("cannot hold the result")
    audit.press("i")
    audit.answer("\xe9t\xe9")
    audit.see("ignored in job.py")
    audit.press("q")
    audit.end()
    assert "ignore[SG103] \xe9t\xe9".encode("latin-1") in job.read_bytes()


def test_a_baseline_that_breaks_meanwhile_is_one_line_and_kept() -> None:
    audit = PseudoTerminal("-i")
    audit.see("1/3")
    write(BASELINE, "mine\n")
    audit.press("b")
    audit.see(f"{BASELINE}: no baseline of sparkguard")
    audit.press("q")
    audit.end()
    assert Path(BASELINE).read_text() == "mine\n"


def test_a_notebook_is_silenced_in_its_cell(job: Path) -> None:
    job.unlink()
    cell = {"cell_type": "code", "source": JOB, "metadata": {}, "outputs": ["kept"]}
    rest = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    write("work.ipynb", json.dumps({"cells": [cell], **rest}))
    audit = PseudoTerminal("-i")
    audit.press("i")
    audit.answer("why")
    audit.press("q")
    audit.end()
    notebook = json.loads(Path("work.ipynb").read_text())
    (written,) = notebook.pop("cells")
    assert notebook == rest
    lines = "".join(written.pop("source")).splitlines()
    changed = [(b, a) for b, a in zip(JOB.splitlines(), lines, strict=True) if b != a]
    assert [(a.removeprefix(b)) for b, a in changed] == ["  # sparkguard: ignore[SG103] why"]
    assert written == {key: value for key, value in cell.items() if key != "source"}


def test_a_notebook_is_fixed_in_its_cell(job: Path) -> None:
    fixed_by_command = job.with_name("other.py")
    fixed_by_command.write_text(JOB, encoding="utf-8")
    job.unlink()
    cell = {"cell_type": "code", "source": JOB, "metadata": {}, "outputs": []}
    write("work.ipynb", json.dumps({"cells": [cell]}))
    audit = PseudoTerminal("-i", "work.ipynb")
    audit.press("A", "q")
    audit.end()
    command = ["check", "--fix", "-q", "--no-cache", str(fixed_by_command)]
    subprocess.run([sys.executable, "-m", "sparkguard", *command], check=False, capture_output=True)
    (written,) = json.loads(Path("work.ipynb").read_text())["cells"]
    assert "".join(written["source"]) == fixed_by_command.read_text(encoding="utf-8") != JOB


def test_the_page_shows_a_session_as_it_is(tmp_path: Path) -> None:
    page = recorded.PAGE.read_text(encoding="utf-8")
    shown = recorded.recorded(tmp_path)
    assert "fixed 1, ignored 1; left 0" in shown
    assert page == recorded.renewed(page, shown), "run `nox -s readme`"


def test_the_page_names_every_key() -> None:
    page = recorded.PAGE.read_text(encoding="utf-8")
    for key in KEYS:
        assert re.search(rf"^\| `{re.escape(key.key)}`.* \| `{key.word}` \| ", page, re.MULTILINE)
