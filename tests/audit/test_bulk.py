"""Comments for all findings at once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sparkguard import catalog
from sparkguard.arguments import ExitCode
from sparkguard.audit.bulk import ignore_all
from sparkguard.config import load
from sparkguard.engine import check
from sparkguard.silence import can_be_silenced
from sparkguard.source.syntax import is_python
from tests.test_cli import BAD, UNUSED, Says, project, says, write

__all__ = ["project", "says"]

TWICE = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
frame = spark.range(3)
both = [udf(lambda: spark.version), udf(lambda: [frame.count(), spark.conf])]  # two
text = udf(lambda: '''
{}
'''.format(spark))
"""


def test_each_finding_gets_a_comment_and_a_line_one_comment(says: Says) -> None:
    write("a.py", TWICE)
    write("b.py", BAD)
    write("c.py", UNUSED)
    code, lines, errors = says("check", "--add-ignores=the jobs are local", "-q")
    assert (code, errors) == (ExitCode.CLEAN, [])
    assert [line.split(":")[0] for line in lines] == ["c.py"]
    a, b = (Path(name).read_text(encoding="utf-8").splitlines() for name in ("a.py", "b.py"))
    assert a[5].endswith("  # two  # sparkguard: ignore[SG101, SG104] the jobs are local")
    assert a[8].endswith("  # sparkguard: ignore[SG101] the jobs are local")
    assert b[4].endswith("  # sparkguard: ignore[SG101] the jobs are local")
    assert Path("c.py").read_text(encoding="utf-8") == UNUSED


def test_it_says_what_it_did(says: Says) -> None:
    write("job.py", BAD)
    code, lines, errors = says("check", "--add-ignores", ".")
    assert code == ExitCode.CLEAN
    assert lines == ["All checks passed (1 file checked, 1 ship point, 1 suppressed)"]
    assert errors == ["sparkguard: ignored SG101 1; files written: 1"]
    assert says("check", "--add-ignores")[2] == []


def test_a_notebook_is_silenced_in_its_cells(says: Says) -> None:
    cells = [{"cell_type": "code", "source": text} for text in ("x = 1", BAD)]
    write("work.ipynb", json.dumps({"cells": cells}))
    assert says("check", "--add-ignores=why", "-q")[0] == ExitCode.CLEAN
    first, second = json.loads(Path("work.ipynb").read_text(encoding="utf-8"))["cells"]
    assert first == cells[0]
    assert second["source"] == BAD.rstrip("\n") + "  # sparkguard: ignore[SG101] why\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--require-reason",), "a reason is required: `--add-ignores='why they may stay'`"),
        (("--fix",), "--fix and --add-ignores are done one after the other, not at once"),
        (("-",), "`--add-ignores` is not for standard input: name a file"),
    ],
)
def test_what_cannot_be_done_is_one_line(says: Says, arguments: tuple[str, ...], line: str) -> None:
    write("job.py", BAD)
    assert says("check", "--add-ignores", *arguments) == (
        ExitCode.FAILED,
        [],
        [f"sparkguard: {line}"],
    )
    assert check(["."]).summary.errors == 1


def test_whatever_is_found_on_the_pages_can_be_ignored_where_it_stands(project: Path) -> None:
    settings = []
    for rule in catalog.rules():
        for number, example in enumerate(catalog.page(rule).examples):
            settings += [example.settings] * (example.settings not in settings)
            is_taken = (
                example.section == "Bad" and number % 3 == 0
            )  # a third, for the time it takes
            for name, code in example.files if is_taken else ():
                write(f"{rule.code}/{number}/{name}", code)
    write("sparkguard.toml", "".join(settings))
    config = replace(load(project), require_reason=False)
    before = check(["."], config)
    done = ignore_all(["."], config, "shown on a page")
    assert sum(done.counts.values()) > 40
    silenced = {each.code for each in before.diagnostics if can_be_silenced(each.code)}
    assert silenced.isdisjoint(each.code for each in done.result.diagnostics)
    assert done.result.summary.warnings <= before.summary.warnings
    assert all(is_python(change.after) for change in done.changes)
    for change in done.changes:
        pairs = zip(change.before.splitlines(), change.after.splitlines(), strict=True)
        assert all(new.startswith(old.rstrip()) for old, new in pairs if "ignore[" not in old)
