"""Reports for programs keep their contract; those for people are the same without colour."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_args

import pytest
from rich.text import Text

import sparkguard
from sparkguard.config import OutputFormat
from sparkguard.diagnostic import Diagnostic, Label, Severity
from sparkguard.report import View
from sparkguard.result import Problem, Summary
from tests.records import diagnostic, span
from tests.report.samples import BARE, FULL, written


def test_there_is_a_report_for_every_format() -> None:
    assert all(written(kind, FULL) for kind in get_args(OutputFormat))


# JSON

Schema = dict[str, Any] | Callable[[Any], bool] | list[Any] | type | None


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


POSITION = {"line": _is_count, "column": _is_count}
PLACE = {"path": str, "cell": (None, _is_count), "range": {"start": POSITION, "end": POSITION}}
SCHEMA = {
    "version": lambda value: value == 1,
    "sparkguard": str,
    "diagnostics": [
        {
            "code": str,
            "name": str,
            "severity": lambda value: value in ("error", "warning"),
            "message": str,
            **PLACE,
            "labels": [{**PLACE, "text": str, "primary": bool}],
            "ship_point": (None, {"api": str, "function": str, **PLACE}),
            "capture": (None, {"path": [str], "type": (None, str), "bytes": (None, _is_count)}),
            "notes": [str],
            "help": str,
            "url": str,
            "origin": lambda value: value in ("source", "live"),
            "fix": (
                None,
                {
                    "title": str,
                    "applicability": lambda value: value in ("safe", "unsafe", "display"),
                    "edits": [{**PLACE, "text": str}],
                },
            ),
        }
    ],
    "summary": {
        **dict.fromkeys(("files", "ship_points", "errors", "warnings"), _is_count),
        **dict.fromkeys(("suppressed", "baselined"), _is_count),
        "seconds": float,
    },
}


def conforms(value: Any, schema: Any) -> bool:
    """Whether JSON data has exactly the keys and kinds of a schema; a tuple is a choice."""
    match schema:
        case tuple():
            return any(conforms(value, choice) for choice in schema)
        case None:
            return value is None
        case type():
            return type(value) is schema
        case dict():
            return (
                isinstance(value, dict)
                and list(value) == list(schema)
                and all(conforms(value[key], schema[key]) for key in schema)
            )
        case [each]:
            return isinstance(value, list) and all(conforms(item, each) for item in value)
    return bool(schema(value))


@pytest.mark.parametrize("found", [(), (FULL,), (FULL, BARE)])
def test_json_keeps_its_contract(found: tuple[Diagnostic, ...]) -> None:
    data = json.loads(written("json", *found))
    assert conforms(data, SCHEMA)
    assert len(data["diagnostics"]) == len(found)


def test_json_says_what_the_finding_says() -> None:
    summary = Summary(files=12, ship_points=9, errors=1, suppressed=2, baselined=3, seconds=0.20987)
    data = json.loads(written("json", FULL, summary=summary))
    assert data["sparkguard"] == sparkguard.__version__
    assert data["summary"] == {
        "files": 12,
        "ship_points": 9,
        "errors": 1,
        "warnings": 0,
        "suppressed": 2,
        "baselined": 3,
        "seconds": 0.21,
    }
    (found,) = data["diagnostics"]
    place = {"start": {"line": 2, "column": 9}, "end": {"line": 2, "column": 13}}
    assert (found["path"], found["range"]) == ("job.py", place)
    assert found["url"] == "rules/SG103.md"
    assert found["ship_point"]["function"] == "f"
    assert found["capture"] == {
        "path": ["f", "self"],
        "type": "pyspark.sql.SparkSession",
        "bytes": None,
    }
    assert found["fix"]["applicability"] == "unsafe"
    edit = {"path": "job.py", "cell": None, "range": place, "text": "it"}
    assert found["fix"]["edits"] == [edit]
    assert [label["primary"] for label in found["labels"]] == [True, False]


def test_json_is_ascii_whatever_the_file_is_called() -> None:
    name = "caf\udce9 日本.py"
    found = diagnostic(Label(span("1:1", path=name), "here", primary=True))
    said = written("json", found)
    assert said.isascii()
    assert json.loads(said)["diagnostics"][0]["path"] == name


def test_json_says_which_cell() -> None:
    label = Label(span("2:1", path="a.ipynb", cell=3), "here", primary=True)
    [found] = json.loads(written("json", diagnostic(label)))["diagnostics"]
    assert (found["path"], found["cell"], found["labels"][0]["cell"]) == ("a.ipynb", 3, 3)


# GitHub


def test_github_gets_a_workflow_command() -> None:
    assert written("github", FULL) == (
        "::error file=job.py,line=2,endLine=2,col=9,endColumn=13,title=sparkguard (SG103)"
        "::job.py:2:9: `self` is shipped%0Apath: f -> self%0Ahelp: copy it%0Arules/SG103.md\n"
    )


def test_github_gets_no_columns_for_a_finding_over_lines() -> None:
    found = diagnostic(Label(span("1:8", "2:3"), "here", primary=True), severity=Severity.WARNING)
    start = "::warning file=job.py,line=1,endLine=2,title=sparkguard (SG103)::"
    assert written("github", found).startswith(start)


def test_github_gets_the_first_line_of_a_notebook_and_the_cell_in_words() -> None:
    label = Label(span("2:9", path="a.ipynb", cell=3), "here", primary=True)
    start = "::error file=a.ipynb,line=1,title=sparkguard (SG103)::a.ipynb:cell 3:2:9: `self`"
    assert written("github", diagnostic(label)).startswith(start)


def test_github_commands_cannot_be_forged() -> None:
    path = "a,line=9:b%\n::error::x\r\x1b.py"
    found = diagnostic(Label(span("1:1", path=path), "here", primary=True), message="50%\n::x")
    said = written("github", found)
    assert said.count("\n") == 1
    assert "file=a%2Cline=9%3Ab%25%0A%3A%3Aerror%3A%3Ax%0D␛.py,line=1," in said
    assert "50%25%0A::x" in said


# For people


def test_concise_is_a_line_for_each() -> None:
    summary = Summary(files=2, ship_points=1, errors=1, warnings=1)
    assert written("concise", FULL, BARE, summary=summary).splitlines() == [
        "job.py:2:9: error[SG103] `self` is shipped",
        "job.py:1:1: warning[SG002] no",
        "Found 1 error and 1 warning (2 files checked, 1 ship point)",
    ]


def test_concise_says_which_cell() -> None:
    found = diagnostic(Label(span("2:9", path="a.ipynb", cell=3), "here", primary=True))
    assert written("concise", found, view=View(quiet=True)) == (
        "a.ipynb:cell 3:2:9: error[SG103] `self` is shipped\n"
    )


def test_concise_lines_cannot_be_forged() -> None:
    found = diagnostic(Label(span("1:1", path="a\nb\x1b.py"), "here", primary=True))
    assert written("concise", found, view=View(quiet=True)) == (
        "a␊b␛.py:1:1: error[SG103] `self` is shipped\n"
    )


@pytest.mark.parametrize(
    ("summary", "problems", "line"),
    [
        (Summary(files=1), 0, "All checks passed (1 file checked, 0 ship points)"),
        (Summary(files=0), 0, "All checks passed (0 files checked, 0 ship points)"),
        (
            Summary(files=3, ship_points=2, suppressed=4, baselined=5),
            0,
            "All checks passed (3 files checked, 2 ship points, 4 suppressed, 5 in the baseline)",
        ),
        (
            Summary(files=3, warnings=2),
            0,
            "Found 2 warnings (3 files checked, 0 ship points)",
        ),
        (
            Summary(files=3),
            1,
            "Found nothing in what could be checked (3 files checked, 0 ship points, 1 problem)",
        ),
    ],
)
def test_the_closing_line_counts(summary: Summary, problems: int, line: str) -> None:
    kept = tuple(Problem(f"{number}.py", "permission denied") for number in range(problems))
    for kind in ("text", "concise"):
        assert written(kind, summary=summary, problems=kept) == f"{line}\n"
        assert written(kind, summary=summary, view=View(quiet=True)) == ""


def test_text_is_the_same_with_and_without_colour() -> None:
    plain = written("text", FULL, BARE)
    coloured = written("text", FULL, BARE, view=View(colour=True))
    assert "\x1b" not in plain
    assert "\x1b[1;31merror[SG103]" in coloured
    assert "\x1b[1;33mwarning[SG002]" in coloured
    unpainted = Text.from_ansi(coloured).plain.splitlines()
    assert [line.rstrip() for line in unpainted] == plain.splitlines()


def test_words_of_a_file_are_no_markup() -> None:
    found = diagnostic(message="[bold]x[/bold] :smile:")
    assert "[bold]x[/bold] :smile:" in written("text", found, view=View(colour=True))


def test_text_heeds_the_width_of_the_terminal() -> None:
    found = diagnostic(notes=("why: " + "word " * 40,))
    narrow = written("text", found, view=View(columns=50)).splitlines()
    assert max(map(len, narrow)) <= 50
    assert any(len(line) > 200 for line in written("text", found).splitlines())
