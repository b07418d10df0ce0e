"""Baselines: what is accepted, what is stale, and files that are none."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard.arguments import ExitCode
from sparkguard.baseline import Baseline, lines, load
from sparkguard.config import BASELINE, Config, ConfigError
from sparkguard.config import load as load_config
from sparkguard.diagnostic import Captured, Diagnostic, Label, ShippedBy
from sparkguard.engine import check
from sparkguard.fingerprint import Identity
from sparkguard.report.baseline import write as write_baseline
from tests.records import diagnostic, span
from tests.test_cli import BAD, UNUSED, Says, project, says, write

__all__ = ["project", "says"]

HEADER = '{"sparkguard-baseline": 1}'
ENTRY = '{"path": "job.py", "code": "SG103"}'


def found(line: int, *captured: str, path: str = "job.py", code: str = "SG103") -> Diagnostic:
    """A finding at a line, about a lambda that captures this."""
    at = span(f"{line}:1", path=path)
    return diagnostic(
        Label(at, "here", primary=True),
        code=code,
        ship_point=ShippedBy("pyspark.sql.functions.udf", "<lambda>", at),
        capture=Captured(("<lambda>", *captured)),
    )


def accepted(baseline: Baseline, *findings: Diagnostic) -> tuple[list[int], int, int]:
    """The lines of what is left, how many findings are accepted, how many entries are stale."""
    left, count, stale = baseline.accept(findings, lambda path, code: True)
    return [one.primary.span.start.line for one in left], count, sum(stale.values())


# What is accepted


def test_findings_are_known_after_their_lines_have_moved() -> None:
    held = Baseline(Path(BASELINE)).with_findings([found(3, "self", ".spark")])
    assert accepted(held, found(30, "self", ".spark")) == ([], 1, 0)


@pytest.mark.parametrize(
    "other",
    [
        found(3, "self", ".frame"),
        found(3, "self", ".spark", path="other.py"),
        found(3, "self", ".spark", code="SG104"),
        diagnostic(Label(span("3:1"), "here", primary=True)),
    ],
)
def test_another_finding_is_left_and_the_entry_is_stale(other: Diagnostic) -> None:
    held = Baseline(Path(BASELINE)).with_findings([found(3, "self", ".spark")])
    assert accepted(held, other) == ([3], 0, 1)


def test_equal_findings_are_counted() -> None:
    twice = Baseline(Path(BASELINE)).with_findings([found(3, "spark"), found(5, "spark")])
    assert accepted(twice, found(4, "spark")) == ([], 1, 1)
    assert accepted(twice, *(found(line, "spark") for line in (4, 6, 8))) == ([8], 2, 0)


def test_what_is_not_found_any_more_is_taken_out() -> None:
    held = Baseline(Path(BASELINE)).with_findings([found(3, "a"), found(5, "a"), found(7, "b")])
    _, _, stale = held.accept([found(3, "a")], lambda path, code: True)
    assert dict(held.without(stale).entries) == {held.known(found(3, "a")): 1}


def test_of_what_was_not_looked_at_only_a_file_that_is_gone_is_stale() -> None:
    write("there.py", "")
    held = Baseline(Path(BASELINE)).with_findings([found(1, path="there.py"), found(1, path="no")])
    _, _, stale = held.accept([], lambda path, code: False)
    assert [entry.path for entry in stale] == ["no"]


# The file


TEXTS = st.text(min_size=1, max_size=8)
IDENTITIES = st.builds(Identity, TEXTS, TEXTS, st.text(), st.lists(st.text()).map(tuple), st.text())


@given(st.dictionaries(IDENTITIES, st.integers(1, 1000)))
def test_a_baseline_is_read_as_it_was_written(entries: dict[Identity, int]) -> None:
    path = Path(BASELINE)
    write_baseline(Baseline(path, entries))
    assert load(path) == Baseline(path, entries)


def test_it_has_a_line_for_each_entry_sorted_by_path() -> None:
    findings = [found(1, "x", path="b.py"), found(1, "x", path="a.py"), found(9, "x", path="b.py")]
    assert list(lines(Baseline(Path(BASELINE)).with_findings(findings))) == [
        HEADER,
        '{"path": "a.py", "code": "SG103", "api": "pyspark.sql.functions.udf", '
        '"captured": ["<lambda>", "x"]}',
        '{"path": "b.py", "code": "SG103", "api": "pyspark.sql.functions.udf", '
        '"captured": ["<lambda>", "x"], "count": 2}',
    ]


def test_two_peoples_changes_merge_as_text() -> None:
    def version(*paths: str) -> str:
        held = Baseline(Path(BASELINE)).with_findings(found(1, "x", path=path) for path in paths)
        return "".join(f"{line}\n" for line in lines(held))

    write("mine", version("a.py", "c.py", "d.py", "e.py"))
    write("base", version("b.py", "c.py", "d.py", "e.py"))
    write("yours", version("b.py", "c.py", "d.py", "f.py"))
    subprocess.run(["git", "merge-file", "mine", "base", "yours"], check=True)
    assert {entry.path for entry in load(Path("mine")).entries} == {"a.py", "c.py", "d.py", "f.py"}


def test_lines_of_both_sides_of_a_merge_may_stay() -> None:
    write(BASELINE, f'{HEADER}\n{ENTRY}\n\n{ENTRY[:-1]}, "count": 3}}\n')
    assert sum(load(Path(BASELINE)).entries.values()) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no baseline of sparkguard: its first line does not say so"),
        ("{}", "no baseline of sparkguard"),
        ("print(1)\n", "no baseline of sparkguard"),
        ("[" * 100_000, "no baseline of sparkguard"),
        ('{"sparkguard-baseline": 2}\n', "a baseline of version 2, and this sparkguard reads 1"),
        (f"{HEADER}\n{ENTRY}\n{{\n", "line 3 is no entry"),
        (f"{HEADER}\n<<<<<<< mine\n{ENTRY}\n", "line 2 is a merge left open"),
        (f'{HEADER}\n{{"path": "job.py"}}\n', "line 2 is no entry"),
        (f'{HEADER}\n{{"path": 1, "code": "SG103"}}\n', "line 2 is no entry"),
        (f'{HEADER}\n{ENTRY[:-1]}, "count": 0}}\n', "line 2 is no entry"),
        (f'{HEADER}\n{ENTRY[:-1]}, "count": "2"}}\n', "line 2 is no entry"),
        (f'{HEADER}\n{ENTRY[:-1]}, "captured": "ab"}}\n', "line 2 is no entry"),
        (f'{HEADER}\n{ENTRY[:-1]}, "captured": [1]}}\n', "line 2 is no entry"),
        (f'{HEADER}\n{ENTRY[:-1]}, "who": "me"}}\n', "line 2 is no entry"),
    ],
)
def test_what_is_no_baseline_is_one_line_and_is_not_written_over(
    says: Says, text: str, words: str
) -> None:
    write("job.py", BAD)
    write(BASELINE, text)
    with pytest.raises(ConfigError):
        check(["."])
    for arguments in ((), ("--write-baseline",), ("--prune-baseline",)):
        code, said, errors = says("check", *arguments)
        assert (code, said, len(errors)) == (ExitCode.FAILED, [], 1)
        assert errors[0].startswith(f"sparkguard: {BASELINE}: {words}")
    assert Path(BASELINE).read_text(encoding="utf-8") == text


def test_bytes_that_are_no_text_are_no_baseline(says: Says) -> None:
    Path(BASELINE).write_bytes(b"\xff\n")
    assert says("check")[2] == [
        f"sparkguard: {BASELINE}: no baseline of sparkguard: it is not UTF-8"
    ]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--baseline", "no.jsonl"), "no.jsonl: no such file or directory"),
        (("--baseline", "."), ".: not a regular file"),
        (("--prune-baseline",), f"{BASELINE}: there is no baseline to prune"),
        (("--write-baseline=no/folder",), "no/folder: no such file or directory"),
        (("--write-baseline=job.py",), "job.py: no baseline of sparkguard"),
        (("--write-baseline", "--fix"), "--fix and --write-baseline are done one after the other"),
        (("--write-baseline", "-"), "`--write-baseline` is not for standard input"),
    ],
)
def test_what_cannot_be_done_is_one_line(says: Says, arguments: tuple[str, ...], line: str) -> None:
    write("job.py", BAD)
    code, _, errors = says("check", *arguments)
    assert (code, len(errors)) == (ExitCode.FAILED, 1)
    assert errors[0].startswith(f"sparkguard: {line}")
    assert Path("job.py").read_text(encoding="utf-8") == BAD


# On the command line


def test_what_is_accepted_is_counted_and_does_not_fail(says: Says) -> None:
    write("job.py", BAD)
    assert says("check", "--write-baseline") == (
        ExitCode.CLEAN,
        [],
        [f"sparkguard: {BASELINE}: 1 finding accepted (1 new, 0 gone)"],
    )
    write("job.py", f"# one line more\n{BAD}")
    counts = "1 file checked, 1 ship point, 1 in the baseline"
    assert says("check") == (ExitCode.CLEAN, [f"All checks passed ({counts})"], [])
    summary = json.loads("\n".join(says("check", "--output-format", "json")[1]))["summary"]
    assert (summary["errors"], summary["baselined"]) == (0, 1)
    for arguments in (("--no-baseline",), ("--isolated",)):
        assert says("check", *arguments)[0] == ExitCode.FOUND


def test_a_word_behind_the_option_is_a_path_to_check(says: Says) -> None:
    write("jobs/job.py", BAD)
    write("more.py", BAD)
    assert says("check", "--write-baseline", "jobs")[0] == ExitCode.CLEAN
    assert says("check", "-q")[1][0].startswith("more.py:5:")


def test_stale_entries_are_said_and_pruned_on_request(says: Says) -> None:
    write("job.py", BAD)
    write("unused.py", UNUSED.replace("SG1", "SG103"))
    says("check", "--write-baseline")
    write("job.py", "")
    stale = f"sparkguard: {BASELINE}: 1 finding not there any more; `--prune-baseline` shortens it"
    code, _, errors = says("check")
    assert (code, errors) == (ExitCode.CLEAN, [stale])
    assert says("check", "--quiet")[2] == []
    assert says("check", "unused.py")[2] == []
    assert says("check", "--ignore", "SG101")[2] == []
    assert says("check", "--prune-baseline")[2] == [f"sparkguard: {BASELINE}: 1 finding taken out"]
    assert [entry.path for entry in load(Path(BASELINE)).entries] == ["unused.py"]
    assert says("check", "--prune-baseline")[2] == []


def test_writing_it_again_keeps_what_was_not_looked_at(says: Says) -> None:
    for name in ("a.py", "b.py", "c.py"):
        write(name, BAD)
    says("check", "--write-baseline")
    write("a.py", "")
    write("b.py", BAD + BAD.splitlines()[-1])
    said = says("check", "--write-baseline", "a.py", "b.py")[2]
    assert said == [f"sparkguard: {BASELINE}: 3 findings accepted (1 new, 1 gone)"]
    assert {entry.path for entry in load(Path(BASELINE)).entries} == {"b.py", "c.py"}


def test_a_file_that_does_not_parse_makes_nothing_stale(says: Says) -> None:
    write("job.py", BAD)
    says("check", "--write-baseline")
    write("job.py", "def\n")
    code, lines, errors = says("check", "--prune-baseline")
    assert (code, errors) == (ExitCode.FOUND, [])
    assert "SG002" in lines[0]
    assert [entry.code for entry in load(Path(BASELINE)).entries] == ["SG101"]


def test_the_settings_name_it_and_paths_are_relative_to_it(
    says: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("sparkguard.toml", 'baseline = "ci/accepted.jsonl"')
    write("ci/README", "")
    write("jobs/job.py", BAD)
    assert says("check")[2] == ["sparkguard: ci/accepted.jsonl: no such file or directory"]
    assert says("check", "--write-baseline")[0] == ExitCode.CLEAN
    assert [entry.path for entry in load(Path("ci/accepted.jsonl")).entries] == ["../jobs/job.py"]
    monkeypatch.chdir("jobs")
    assert says("check")[0] == ExitCode.CLEAN
    assert says("check", "--no-baseline")[0] == ExitCode.FOUND


def test_the_one_of_the_usual_name_counts_unless_the_settings_say_none(project: Path) -> None:
    assert load_config(project).baseline is None
    write(BASELINE, HEADER)
    assert load_config(project / "jobs").baseline == project / BASELINE
    assert load_config(project, isolated=True).baseline is None
    write("sparkguard.toml", 'baseline = ""')
    assert load_config(project).baseline is None
    with pytest.raises(ConfigError, match="a path is expected"):
        Config(project).updated({"baseline": 1}, "here")


def test_it_is_written_whole_or_not_at_all(says: Says, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    write("job.py", BAD)
    write(BASELINE, f"{HEADER}\n")
    monkeypatch.setattr(Path, "replace", full)
    code, _, errors = says("check", "--write-baseline")
    assert (code, errors) == (
        ExitCode.FAILED,
        [f"sparkguard: {BASELINE}: no space left on device"],
    )
    assert Path(BASELINE).read_text(encoding="utf-8") == f"{HEADER}\n"
    left = {path.name for path in Path().iterdir()} - {".sparkguard_cache"}
    assert left == {".git", BASELINE, "job.py"}


def test_what_is_accepted_is_found_for_an_error_all_the_same(says: Says) -> None:
    write("job.py", BAD)
    says("check", "--write-baseline")
    trace = 'Traceback (most recent call last):\n  File "job.py", line 5, in <module>\n    x\n'
    write("driver.log", f"{trace}RuntimeError: [CONTEXT_ONLY_VALID_ON_DRIVER] SPARK-5063\n")
    code, lines, _ = says("explain", "driver.log")
    assert code == ExitCode.CLEAN
    assert any("job.py:5:" in line for line in lines)
