"""Notebooks from end to end: what a program is told, its cells are told."""

from __future__ import annotations

import ast
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sparkguard.catalog import Example, examples
from sparkguard.cli import main
from sparkguard.config import Config
from sparkguard.diagnostic import Span
from sparkguard.engine import check
from sparkguard.result import CheckResult
from sparkguard.source.text import DATABRICKS, split_lines
from tests.notebooks import markdown, notebook

IMPORT = "from pyspark.sql.functions import udf"
SHIP = "version = udf(lambda row: spark.version, 'string')"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def places(result: CheckResult) -> list[str]:
    spans = [(each.primary.span, each.code) for each in result.diagnostics]
    return [f"{span.where}:{span.start.line}:{span.start.column} {code}" for span, code in spans]


def test_findings_carry_their_cell_and_come_in_order() -> None:
    write("b.ipynb", notebook(markdown(), IMPORT, f"%time {SHIP}", *["x = 1"] * 8, SHIP))
    write("a.py", f"{DATABRICKS}\n{IMPORT}\n\n# COMMAND ----------\n\n{SHIP}\n")

    result = check(["."])

    assert places(result) == [
        "a.py:6:27 SG101",
        "b.ipynb:cell 3:1:33 SG101",
        "b.ipynb:cell 12:1:27 SG101",
    ]
    assert set(result.texts) == {"a.py", "b.ipynb:cell 3", "b.ipynb:cell 12"}
    assert result.texts["b.ipynb:cell 3"] == f"%time {SHIP}"


def test_a_cell_that_is_no_python_is_a_finding_and_the_others_are_checked() -> None:
    write("a.ipynb", notebook(IMPORT, "x = (", "SELECT 1 FROM x", SHIP))
    result = check(["."])
    assert places(result) == [
        "a.ipynb:cell 2:1:5 SG002",
        "a.ipynb:cell 3:1:8 SG002",
        "a.ipynb:cell 4:1:27 SG101",
    ]
    assert result.diagnostics[0].primary.text == "nothing in this cell was checked"
    assert places(check(["."], Config(Path.cwd(), ignore=("SG002",)))) == [
        "a.ipynb:cell 4:1:27 SG101"
    ]


def test_a_file_that_is_no_notebook_is_a_finding() -> None:
    write("a.ipynb", f"{{\n  {SHIP}")
    result = check(["."])
    assert places(result) == ["a.ipynb:2:3 SG002"]
    assert result.diagnostics[0].primary.text == "nothing in this file was checked"
    assert result.texts["a.ipynb"] == f"{{\n  {SHIP}"


def test_a_notebook_that_names_nothing_of_spark_is_not_judged() -> None:
    write("a.ipynb", "no notebook")
    write("b.ipynb", notebook(markdown("# Spark"), "x = (", "SELECT 1"))
    write("c.ipynb", notebook("from lib import on_workers", "x = ("))
    assert places(check(["."])) == []
    own = Config(Path.cwd()).updated({"ship-points": ["lib.on_workers:0"]}, "here")
    assert places(check(["."], own)) == ["c.ipynb:cell 2:1:5 SG002"]


def test_comments_silence_in_their_own_cell() -> None:
    cells = [f"{SHIP}  # noqa: SG101", f"{SHIP}  # sparkguard: ignore[SG1] why", SHIP]
    write("a.ipynb", notebook(IMPORT, *cells, "x = 1  # sparkguard: ignore[SG101] late"))
    result = check(["."])
    assert places(result) == ["a.ipynb:cell 4:1:27 SG101", "a.ipynb:cell 5:1:8 SG001"]
    assert result.summary.suppressed == 2


def test_ignore_file_stands_in_the_first_cell_of_code_whatever_magics_are_above_it() -> None:
    ignore = "%pip install x\n# sparkguard: ignore-file[SG101] a demo\nimport os"
    write("a.ipynb", notebook(markdown(), "%%html\n<b>", ignore, IMPORT, SHIP))
    assert (places(check(["."])), check(["."]).summary.suppressed) == ([], 1)


def test_what_a_notebook_runs_is_reported_where_it_stands() -> None:
    write("setup.py", f"{DATABRICKS}\n{IMPORT}\n{SHIP}\nframe = spark.range(1)\n")
    write("a.ipynb", notebook("%run ./setup", "length = udf(lambda row: frame.count(), 'int')"))

    alone, together = check(["a.ipynb"]), check(["."])

    assert places(alone) == ["a.ipynb:cell 2:1:26 SG104"]
    assert alone.summary.ship_points == 1
    assert [label.span.where for label in alone.diagnostics[0].labels][-1] == "setup.py"
    assert alone.texts["setup.py"].startswith(DATABRICKS)
    assert places(together) == ["a.ipynb:cell 2:1:26 SG104", "setup.py:3:27 SG101"]
    assert (together.summary.files, together.summary.ship_points) == (2, 2)


def test_what_is_run_need_not_name_spark_itself() -> None:
    write("names.ipynb", notebook("import threading", "lock = threading.Lock()"))
    write("a.ipynb", notebook("%run ./names", IMPORT, "udf(lambda row: lock)"))
    assert places(check(["."])) == ["a.ipynb:cell 3:1:17 SG201"]


def test_a_notebook_tells_what_the_files_around_it_hold() -> None:
    write(
        "steps.py",
        "class Steps:\n    def __init__(self, s): self.s = s\n    def f(self, x): return x\n",
    )
    write("a.ipynb", notebook(IMPORT, "from steps import Steps", "udf(Steps(spark).f)"))
    assert places(check(["a.ipynb"])) == ["a.ipynb:cell 3:1:5 SG103"]


def test_checkpoints_and_what_is_excluded_are_passed_over() -> None:
    for name in ("a.ipynb", "deep/b.ipynb", ".ipynb_checkpoints/a-checkpoint.ipynb", "old/c.ipynb"):
        write(name, notebook(IMPORT, SHIP))
    write(".gitignore", "old/")
    found = places(check(["."]))
    assert found == ["a.ipynb:cell 2:1:27 SG101", "deep/b.ipynb:cell 2:1:27 SG101"]


def test_standard_input_may_be_a_notebook(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = io.BytesIO(notebook(IMPORT, SHIP).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    assert main(["check", "-", "--stdin-filename", "jobs/a.ipynb", "--quiet"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("jobs/a.ipynb:cell 2:1:27: error[SG101] the lambda ships `spark`")


EXPORTED = """\
#!/usr/bin/env python
# coding: utf-8

# # A title

# In[1]:


get_ipython().run_line_magic('pip', 'install x')
get_ipython().run_line_magic('time', 'x = 1')
files = get_ipython().getoutput('ls')


# In[ ]:


from pyspark.sql.functions import udf
version = udf(lambda row: spark.version, 'string')
"""


def test_an_exported_notebook_is_plain_python() -> None:
    write("a.py", EXPORTED)
    assert places(check(["."])) == ["a.py:18:27 SG101"]


def test_json_says_the_cell_of_every_place(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.ipynb", notebook(markdown(), IMPORT, "frame = spark.range(1)", "udf(lambda x: frame)"))
    main(["check", "--output-format", "json"])
    [found] = json.loads(capsys.readouterr().out)["diagnostics"]
    assert (found["path"], found["cell"]) == ("a.ipynb", 4)
    assert found["range"]["start"] == {"line": 1, "column": 15}
    assert sorted({label["cell"] for label in found["labels"]}) == [3, 4]
    assert found["ship_point"]["cell"] == 4


# A program says the same in cells as in one file


def pieces(program: str) -> Iterator[str]:
    """The program cut before each statement at its top."""
    lines, first, end = split_lines(program), 0, 0
    for statement in ast.parse(program).body:
        decorators = [each.lineno for each in getattr(statement, "decorator_list", ())]
        begin = min([statement.lineno, *decorators]) - 1
        if begin >= end and first < begin:
            yield "\n".join(lines[first:begin])
            first = begin
        end = statement.end_lineno or 0
    yield "\n".join(lines[first:])


def programs() -> Iterator[tuple[str, Example]]:
    for name in ("captures", "several_files"):
        table = Path(__file__).parent / "ways" / f"{name}.md"
        for way in examples(table.read_text(encoding="utf-8")):
            yield f"{name}_{way.line}", way


MAGICS = ("", "%%time\n", "%matplotlib inline\n!ls it's\n")


def test_a_program_says_the_same_in_cells_as_in_one_file() -> None:
    original: dict[str, tuple[str, int]] = {}
    for folder, example in programs():
        *modules, (_, program) = example.files
        for name, text in [*modules, ("job.py", program)]:
            write(f"scripts/{folder}/{name}", text)
        for name, text in modules:
            write(f"notebooks/{folder}/{name}", text)
        cells: list[str | dict[str, Any]] = []
        line = 1
        for number, piece in enumerate(pieces(program), 1):
            magics = MAGICS[number % len(MAGICS)]
            cells += [markdown(), magics + piece]
            where = f"{folder}/job.ipynb:cell {2 * number}"
            original[where] = (f"{folder}/job.py", line - magics.count("\n"))
            line += len(split_lines(piece))
        write(f"notebooks/{folder}/job.ipynb", notebook(*cells))

    def place(span: Span, top: str) -> tuple[str, int, int]:
        where = span.where.removeprefix(f"{top}/")
        name, above = original.get(where, (where, 1))
        return name, above + span.start.line - 1, span.start.column

    said = {
        top: [
            (each.code, each.message, [place(label.span, top) for label in each.labels])
            for each in check([top], Config(Path(top))).diagnostics
        ]
        for top in ("scripts", "notebooks")
    }
    assert len(said["scripts"]) > 40
    assert sorted(said["notebooks"]) == sorted(said["scripts"])
