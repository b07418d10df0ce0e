from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard.config import Config
from sparkguard.diagnostic import Edit, Position, Span
from sparkguard.fixer import Fixed, apply, fix, write

PRICES = """\
from pyspark.sql.functions import udf


class Prices:
    def __init__(self, spark):
        self.spark = spark
        self.rate = 1.2

    def add(self, df):
        scaled = udf(lambda price: price * self.rate, "double")  # the rate of today
        return df.select(scaled("price"))
"""
FIXED = PRICES.replace(
    "        scaled = udf(lambda price: price * self.rate",
    "        rate = self.rate\n        scaled = udf(lambda price: price * rate",
)


def fixed(folder: Path, text: str, encoding: str = "utf-8") -> Fixed:
    (folder / "job.py").write_bytes(text.encode(encoding))
    return fix([folder], Config(root=folder))


def edit(start: int, end: int, text: str, source: str = "") -> Edit:
    """An edit of the characters from `start` to `end` of a text."""

    def position(offset: int) -> Position:
        before = source[:offset].replace("\r\n", "\n").replace("\r", "\n")
        return Position(before.count("\n") + 1, offset - source.rfind("\n", 0, offset))

    return Edit(Span("job.py", position(start), position(end)), text)


@given(st.text(st.sampled_from("ab\n\té"), max_size=30), st.data())
def test_edits_replace_what_stands_at_their_spans(text: str, data: st.DataObject) -> None:
    offsets = st.lists(st.integers(0, len(text)), min_size=2, max_size=6, unique=True)
    cuts = sorted(data.draw(offsets)) if len(text) > 4 else [0, len(text)]
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    expected, at = "", 0
    for start, end in pairs:
        expected, at = expected + text[at:start] + "<>", end
    edits = [edit(start, end, "<>", text) for start, end in reversed(pairs)]
    assert apply(text, edits) == expected + text[at:]


def test_new_lines_end_as_those_of_the_file() -> None:
    assert apply("a\r\nb\r\n", [edit(3, 3, "c\n", "a\r\nb\r\n")]) == "a\r\nc\r\nb\r\n"


def test_what_self_holds_is_read_before_the_function_is_made(tmp_path: Path) -> None:
    outcome = fixed(tmp_path, PRICES)
    assert outcome.result.diagnostics == ()
    assert [change.after for change in outcome.changes] == [FIXED]
    assert outcome.counts == {"SG103": 1}
    assert (tmp_path / "job.py").read_text() == PRICES


def test_fixing_twice_changes_nothing(tmp_path: Path) -> None:
    assert fixed(tmp_path, FIXED).changes == ()


def test_fixes_at_one_place_are_made_one_after_the_other(tmp_path: Path) -> None:
    text = """\
from pyspark.sql.functions import udf

def main(spark, frame):
    frame = spark.range(3)
    tag = udf(lambda number: spark.conf.get("spark.app.name") + str(frame.columns))
    return frame.select(tag("id"))
"""
    outcome = fixed(tmp_path, text)
    assert outcome.result.diagnostics == ()
    assert outcome.counts == {"SG101": 1, "SG104": 1}
    assert "str(columns)" in outcome.changes[0].after
    assert '    app_name = spark.conf.get("spark.app.name")\n' in outcome.changes[0].after


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("rate = 2\n        f = udf(lambda n: n * self.rate * rate)", "rate_value = self.rate"),
        ("f = udf(lambda rate: rate * self.rate)", "rate_value = self.rate"),
        ('f = udf(lambda n: f"{self.rate}-{n}")', "rate = self.rate"),
    ],
)
def test_a_name_is_taken_that_nothing_around_has(tmp_path: Path, body: str, wanted: str) -> None:
    outcome = fixed(tmp_path, PRICES.replace("return df", f"{body}\n        return df"))
    assert outcome.result.diagnostics == ()
    assert wanted in outcome.changes[0].after


@pytest.mark.parametrize(
    "body",
    [
        "f = udf(lambda n: self.spark)",
        "f = udf(lambda n: self)",
        "f = udf(lambda n: self.rate)\n        self.rate = 3",
        "if df: f = udf(lambda n: self.rate)",
    ],
)
def test_what_is_not_known_to_be_the_same_is_left_alone(tmp_path: Path, body: str) -> None:
    text = PRICES.replace("return df", f"{body}\n        return df")
    outcome = fixed(tmp_path, text.replace("price * self.rate", "price"))
    assert [found.code for found in outcome.result.diagnostics] == ["SG103"]
    assert outcome.changes == ()


def test_an_unused_suppression_is_removed_with_its_line_or_without(tmp_path: Path) -> None:
    text = (
        "import pyspark\nx = 1  # sparkguard: ignore[SG103] why\n# sparkguard: ignore[SG1]\ny = 2\n"
    )
    outcome = fixed(tmp_path, text)
    assert [change.after for change in outcome.changes] == ["import pyspark\nx = 1\ny = 2\n"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_keeps_its_mode_coding_and_line_ends(
    tmp_path: Path, encoding: str, end: str
) -> None:
    head = "# coding: latin-1\n# é\n" if encoding == "latin-1" else "# é\n"
    outcome = fixed(tmp_path, (head + PRICES).replace("\n", end), encoding)
    path = tmp_path / "job.py"
    path.chmod(0o640)
    assert list(write(outcome.changes)) == []
    assert path.read_bytes() == (head + FIXED).replace("\n", end).encode(encoding)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    outcome = fixed(tmp_path, PRICES)
    (tmp_path / "job.py").write_text("x = 1\n")
    [problem] = write(outcome.changes)
    assert "changed on disk meanwhile" in problem.message
    assert (tmp_path / "job.py").read_text() == "x = 1\n"


def test_a_file_that_is_gone_is_one_problem(tmp_path: Path) -> None:
    outcome = fixed(tmp_path, PRICES)
    (tmp_path / "job.py").unlink()
    [problem] = write(outcome.changes)
    assert problem.message == "not fixed: no such file or directory"


def notebook(*cells: object, indent: int = 1) -> str:
    """A notebook with code cells of these sources, each with an output."""
    output = {"output_type": "stream", "name": "stdout", "text": ["1.0E+2\\n"]}
    made = [
        {"cell_type": "code", "execution_count": 7, "outputs": [output], "source": source}
        for source in cells
    ]
    text = {"cell_type": "markdown", "source": "# é"}
    return json.dumps({"cells": [text, *made], "nbformat": 4}, indent=indent) + "\n"


@pytest.mark.parametrize("indent", [1, 4])
@pytest.mark.parametrize("split", [True, False])
def test_a_notebook_is_fixed_cell_by_cell(tmp_path: Path, indent: int, split: bool) -> None:
    def cell(source: str) -> object:
        return source.splitlines(keepends=True) if split else source

    def cells(session: str, names: str) -> str:
        first = f"%matplotlib inline\nfrom pyspark.sql.functions import udf{session}"
        third = f"frame = spark.range(3)\n{names}"
        return notebook(cell(first), cell("!ls"), cell(third), indent=indent)

    path = tmp_path / "job.ipynb"
    tag = "\nf = udf(lambda n: n + {})  # é"
    names = "g = udf(lambda n: {})"
    path.write_text(cells(tag.format("spark.version"), names.format("frame.columns")))

    outcome = fix([tmp_path], Config(root=tmp_path))
    assert list(write(outcome.changes)) == []

    assert outcome.result.diagnostics == ()
    session = "\nversion = spark.version" + tag.format("version")
    columns = "columns = frame.columns\n" + names.format("columns")
    assert path.read_text() == cells(session, columns)
    assert outcome.counts == {"SG101": 1, "SG104": 1}
    assert fix([tmp_path], Config(root=tmp_path)).changes == ()


def test_what_a_cell_binds_last_is_read_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "job.ipynb"
    path.write_text(notebook("def tag(n):\n    return frame.columns", "frame = spark.range(3)"))
    with path.open("a") as file:
        file.write(" ")
    text = path.read_text().replace(
        '"frame = spark.range(3)"', '"frame = spark.range(3)\\nspark.range(2).rdd.map(tag)"'
    )
    path.write_text(text)

    (change,) = fix([tmp_path], Config(root=tmp_path)).changes

    assert "frame = spark.range(3)\\ncolumns = frame.columns\\nspark.range(2)" in change.after
    assert change.after == text.replace("return frame.columns", "return columns").replace(
        "range(3)\\n", "range(3)\\ncolumns = frame.columns\\n"
    )


def test_a_databricks_source_is_fixed_as_it_is_written(tmp_path: Path) -> None:
    text = """\
# Databricks notebook source
# MAGIC %md
# MAGIC # Prices

# COMMAND ----------

from pyspark.sql.functions import udf
tag = udf(lambda n: n + spark.version)

# COMMAND ----------

# MAGIC %sql select 1
"""
    outcome = fixed(tmp_path, text)
    assert outcome.result.diagnostics == ()
    assert [change.after for change in outcome.changes] == [
        text.replace(
            "tag = udf(lambda n: n + spark.version)",
            "version = spark.version\ntag = udf(lambda n: n + version)",
        )
    ]


def test_a_fix_may_change_another_file_that_is_checked(tmp_path: Path) -> None:
    text = PRICES.replace("price * self.rate", "self.tag(price)")
    (tmp_path / "prices.py").write_text(
        text.replace(
            "    def add", "    def tag(self, price):\n        return price\n\n    def add"
        )
    )
    job = "from prices import Prices\nspark.range(3).rdd.map(Prices(spark).tag)\n"
    (tmp_path / "job.py").write_text(job)
    config = Config(root=tmp_path, target=("classic",))

    assert fix([tmp_path / "job.py"], config).changes == ()

    outcome = fix([tmp_path], config)
    assert outcome.result.diagnostics == ()
    assert [change.name.rpartition("/")[2] for change in outcome.changes] == ["prices.py"]
    assert "@staticmethod\n    def tag(price):" in outcome.changes[0].after
