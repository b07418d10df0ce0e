"""SARIF is valid, says what the finding says, and knows a finding again when its lines moved."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from sparkguard.diagnostic import Applicability, Captured, Diagnostic, Edit, Fix, Label
from sparkguard.report.sarif import FAMILIES, FINGERPRINT
from sparkguard.result import Problem
from tests.records import diagnostic, span
from tests.report.samples import BARE, CELL, FULL, written

# The published schema, as @microsoft/jest-sarif 1.0.0-beta.0 ships it (MIT).
SCHEMA = Path(__file__).parents[1] / "schemas" / "sarif-2.1.0-rtm.5.json"


@cache
def validator() -> Draft4Validator:
    return Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def run_of(*found: Diagnostic, **fields: Any) -> Any:
    """The one run of a report, which must follow the schema."""
    log = json.loads(written("sarif", *found, **fields))
    assert [error.message for error in validator().iter_errors(log)] == []
    (run,) = log["runs"]
    return run


def result_of(found: Diagnostic) -> Any:
    (result,) = run_of(found)["results"]
    return result


def test_the_schema_finds_what_is_wrong() -> None:
    log = json.loads(written("sarif", FULL))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert not validator().is_valid(log)


@pytest.mark.parametrize("found", [(), (FULL,), (BARE, CELL, FULL, FULL)])
def test_it_follows_the_published_schema(found: tuple[Diagnostic, ...]) -> None:
    run = run_of(*found, problems=(Problem("b.py", "permission denied"),) if found else ())
    assert len(run["results"]) == len(found)
    assert run["invocations"][0]["executionSuccessful"] is not bool(found)


def test_a_rule_comes_with_its_page() -> None:
    run = run_of(BARE, FULL)
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["SG002", "SG103"]
    assert [result["ruleIndex"] for result in run["results"]] == [0, 1]
    rule = run["tool"]["driver"]["rules"][1]
    assert rule["help"]["markdown"].startswith("# SG103: captured-self")
    assert rule["properties"]["tags"] == ["pyspark", FAMILIES["SG1"]]


def test_a_finding_is_told_at_its_place() -> None:
    result = result_of(FULL)
    assert (result["ruleId"], result["level"]) == ("SG103", "error")
    said = "`self` is shipped\npath: f -> self\nhelp: copy it"
    assert result["message"]["text"] == said
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "job.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 13},
    }


def test_the_capture_path_is_a_code_flow_from_the_call_that_ships() -> None:
    (flow,) = result_of(FULL)["codeFlows"][0]["threadFlows"]
    assert flow["message"]["text"] == "f -> self"
    steps = [step["location"] for step in flow["locations"]]
    words = [step["message"]["text"] for step in steps]
    assert words == ["shipped by this call", "`self` is captured here"]
    assert steps[0]["physicalLocation"]["region"]["startColumn"] == 5


def test_a_fix_is_a_replacement() -> None:
    (fix,) = result_of(FULL)["fixes"]
    assert fix["description"]["text"] == "copy it (unsafe: look at it)"
    (change,) = fix["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 13},
            "insertedContent": {"text": "it"},
        }
    ]


def test_a_fix_that_is_only_shown_is_none_for_a_program() -> None:
    edit = Edit(span("2:9"), "it")
    shown = replace(FULL, fix=Fix("think", (edit,), Applicability.DISPLAY))
    assert "fixes" not in result_of(shown)


def test_a_cell_is_named_in_words() -> None:
    result = result_of(CELL)
    (location,) = result["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 1}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "a.ipynb:cell 3:2:9"
    assert "fixes" not in result


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("jobs/a b.py", "jobs/a%20b.py"),
        ("http://x.py", "http%3A//x.py"),
        ("../caf\udce9 日.py", "../caf%E9%20%E6%97%A5.py"),
        ("a\n%2e.py", "a%0A%252e.py"),
        ("/jobs/a b.py", "file:///jobs/a%20b.py"),
    ],
)
def test_a_file_name_is_an_address(path: str, uri: str) -> None:
    result = result_of(diagnostic(Label(span("1:1", path=path), "here", primary=True)))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_words_of_a_file_are_no_link() -> None:
    found = diagnostic(message="`[x](https://evil.example)`\x1b[31m")
    assert result_of(found)["message"]["text"] == "`[x] (https://evil.example)`␛[31m"


# What it is known by


def moved(found: Diagnostic, lines: int) -> Diagnostic:
    """The same finding further down, its ship point too."""
    below = [
        replace(label, span=span(f"{label.span.start.line + lines}:1")) for label in found.labels
    ]
    shipped = found.ship_point and replace(found.ship_point, span=span(f"{lines}:1"))
    return replace(found, labels=tuple(below), ship_point=shipped)


def names(*found: Diagnostic) -> list[str]:
    return [result["partialFingerprints"][FINGERPRINT] for result in run_of(*found)["results"]]


@pytest.mark.parametrize("found", [FULL, BARE])
def test_a_finding_whose_lines_moved_is_the_same(found: Diagnostic) -> None:
    assert names(found) == names(moved(found, 40))


def test_other_findings_have_other_names() -> None:
    assert FULL.ship_point is not None
    others = [
        FULL,
        FULL,
        replace(FULL, code="SG101"),
        replace(FULL, capture=Captured(("f", "self", ".spark"))),
        replace(FULL, ship_point=replace(FULL.ship_point, function="g")),
        replace(FULL, labels=(Label(span("2:9", path="other.py"), "here", primary=True),)),
        BARE,
        replace(BARE, message="other"),
    ]
    assert len(set(names(*others))) == len(others)
