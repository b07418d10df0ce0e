"""Part of a project checked again gives what a check of all of it gives."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sparkguard.audit.again import concerned, joined
from sparkguard.config import load
from sparkguard.diagnostic import Label
from sparkguard.engine import check
from sparkguard.result import CheckResult, Problem
from tests.records import diagnostic, span
from tests.test_cli import project

__all__ = ["project"]

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROJECTS = sorted(path.name for path in FIXTURES.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", PROJECTS)
def test_of_the_fixtures_it_is_the_same(project: Path, name: str) -> None:
    shutil.copytree(FIXTURES / name, project, dirs_exist_ok=True)
    config = load(project)
    before = check(["."], config)
    touched = sorted({label.span.path for one in before.diagnostics for label in one.labels})
    for changed in touched:
        if Path(changed).suffix == ".py":
            path = Path(changed)
            path.write_text("# a line more\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
            names = concerned(before, [changed])
            again = joined(before, names, check(names, config))
            whole = check(["."], config)
            assert again.diagnostics == whole.diagnostics
            assert {where: again.texts[where] for where in whole.texts} == whole.texts
            assert replace(again.summary, seconds=0) == replace(whole.summary, seconds=0)
            before = whole


def test_files_whose_findings_point_to_what_changed_are_checked_again() -> None:
    here = Label(span("1:1", path="b.py"), "here", primary=True)
    held = Label(span("1:1", path="a.py"), "held")
    result = CheckResult((diagnostic(here, held), diagnostic()))
    assert concerned(result, ["a.py"]) == ["a.py", "b.py"]
    assert concerned(result, ["c.py"]) == ["c.py"]


def test_problems_of_other_files_stay() -> None:
    before = CheckResult((), (Problem("a.py", "no"), Problem("b.py", "no")))
    again = CheckResult((), (Problem("a.py", "gone"),))
    assert joined(before, ["a.py"], again).problems == (
        Problem("a.py", "gone"),
        Problem("b.py", "no"),
    )
