"""From the JSON of a notebook to Python whose lines know their cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard.diagnostic import Position, Span
from sparkguard.source.notebook import read_notebook
from sparkguard.source.syntax import is_python
from sparkguard.source.text import Origin, SourceText, split_lines
from tests.notebooks import code, markdown, notebook

SPARK = "spark.range(1)"
DATABRICKS = "application/vnd.databricks.v1+notebook"


def read(text: str) -> SourceText:
    return read_notebook(text, Path("a.ipynb"), "a.ipynb")


def unparsed(text: str) -> list[tuple[int | None, int, int, str]]:
    """Cell, line, column and reason of what was left out."""
    parts = read(text).unparsed
    return [(at.cell, at.start.line, at.start.column, reason) for at, reason in parts]


def test_the_cells_of_code_are_joined_and_every_line_knows_its_own() -> None:
    source = read(notebook(markdown(), "x = 1\ny = 2", "", "if x:\n    !ls", markdown(), SPARK))

    assert split_lines(source.text) == ["x = 1", "y = 2", "", "if x:", "    pass", SPARK]
    places = [(origin.cell, origin.line) for origin in source.origins]
    assert places == [(2, 1), (2, 2), (3, 1), (4, 1), (4, 2), (6, 1)]
    assert source.shown(4) == "if x:\n    !ls"
    assert source.is_notebook


def test_a_place_in_the_text_is_one_in_a_cell() -> None:
    source = read(notebook("x = 1", f"%time {SPARK}\n(x,\n x)"))

    assert source.span(Position(2, 1), Position(2, 6)) == Span(
        "a.ipynb", Position(1, 7), Position(1, 12), 2
    )
    assert source.span(Position(3, 1), Position(4, 3)) == Span(
        "a.ipynb", Position(2, 1), Position(3, 3), 2
    )


@pytest.mark.parametrize(
    "source", [SPARK + "\n%cd", [SPARK + "\n", "%cd"], [SPARK, "\n", "%", "cd"]]
)
def test_a_cell_may_be_kept_in_pieces(source: object) -> None:
    cell = {"cell_type": "code", "source": source}
    assert read(notebook(cell)).text == SPARK + "\n"


def test_version_3_keeps_its_cells_in_worksheets() -> None:
    cells = [
        {"cell_type": "heading", "source": "A title"},
        {"cell_type": "code", "language": "python", "input": [SPARK]},
        {"cell_type": "code", "language": "r", "input": ["x <- 1"]},
    ]
    sheets = [{"cells": cells}, {"metadata": {}}, {"cells": cells[1:]}]
    source = read(json.dumps({"worksheets": sheets, "nbformat": 3}))

    assert source.text == f"{SPARK}\n{SPARK}"
    assert [origin.cell for origin in source.origins] == [2, 4]
    assert source.unparsed == ()


@pytest.mark.parametrize(
    ("metadata", "python"),
    [
        ({}, True),
        ({"language_info": {"name": "python"}}, True),
        ({"language_info": {"name": "pyspark"}}, True),
        ({"language_info": {"name": "Python_Glue_Session"}}, True),
        ({"language_info": {"name": "ipython", "version": 3}}, True),
        ({"language_info": {"name": "R"}}, False),
        ({"language_info": {"name": "scala"}, "kernelspec": {"language": "python"}}, False),
        ({"kernelspec": {"language": "Python", "name": "synapse_pyspark"}}, True),
        ({"kernelspec": {"language": "julia"}}, False),
        ({"kernelspec": {"name": "some"}}, True),
        ({"language_info": ["R"], "kernelspec": None}, True),
        ({DATABRICKS: {"language": "python"}}, True),
        ({DATABRICKS: {"language": "sql"}}, False),
    ],
)
def test_a_notebook_of_another_language_is_passed_over(
    metadata: dict[str, Any], python: bool
) -> None:
    source = read(notebook(SPARK, "1 <- no python", **metadata))
    assert source.text == (SPARK if python else "")
    assert len(source.unparsed) == python


def test_a_cell_of_another_language_is_passed_over() -> None:
    foreign = code("SELECT 1", vscode={"languageId": "sql"})
    source = read(notebook(foreign, "%sql SELECT 1\nFROM x", "pip install x", SPARK))
    assert (source.text, source.unparsed) == (SPARK, ())


@pytest.mark.parametrize(
    ("cell", "line", "column", "reason"),
    [
        ("x = (", 1, 5, "'(' was never closed"),
        ("x = 1\ny = = 2", 2, 5, "invalid syntax"),
        ("%time x = 1\n%cd\nif y: x = = 3", 3, 11, "invalid syntax"),
        ("    if x:\n        y = = 3", 2, 13, "invalid syntax"),
        ("x = 1\nx = 'open", 2, 5, "unterminated string literal (detected at line 2)"),
        ("x = '\ud800'", 1, 6, "`\\ud800` stands for no character"),
        ("x = 1\n\0", 2, 1, "`\\u0000` stands for no character"),
        ("x = " + "(" * 5000 + ")" * 5000, 1, 1, "nested too deeply"),
        ("x = " + "-" * 1000 + "1", 1, 1, "nested too deeply"),
    ],
)
def test_a_cell_that_is_no_python_is_left_out_alone(
    cell: str, line: int, column: int, reason: str
) -> None:
    text = notebook(SPARK, markdown(), cell, "y = 1")
    assert read(text).text == f"{SPARK}\ny = 1"
    assert unparsed(text) == [(3, line, column, reason)]


@pytest.mark.parametrize(
    "cell",
    [
        {"cell_type": "code"},
        {"cell_type": "code", "source": 1},
        {"cell_type": "code", "source": {"x": 1}},
        {"cell_type": "code", "source": ["x", 1]},
        {"source": "x"},
        {"cell_type": 1, "source": "x"},
        "x",
        None,
        ["cell_type", "code"],
    ],
)
def test_a_cell_of_another_shape_has_no_text(cell: object) -> None:
    text = json.dumps({"cells": [cell, code(SPARK)]})
    assert unparsed(text) == [(1, 1, 1, "a cell without text")]
    assert read(text).text == SPARK


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("spark", 1, 1, "invalid JSON: expecting value"),
        ('{"cells": [],\n "spark"', 2, 9, "invalid JSON: expecting ':' delimiter"),
        ('{"cells": []}\nspark', 2, 1, "invalid JSON: extra data"),
        ('"spark', 1, 1, "invalid JSON: unterminated string starting at"),
        ('["spark"]', 1, 1, "no notebook: a list of cells is missing"),
        ('{"cells": {"spark": 1}}', 1, 1, "no notebook: a list of cells is missing"),
        ('{"cells": "spark"}', 1, 1, "no notebook: a list of cells is missing"),
        ('{"spark": null}', 1, 1, "no notebook: a list of cells is missing"),
        ('"spark"', 1, 1, "no notebook: a list of cells is missing"),
        ('{"spark":' + "[" * 100_000, 1, 1, "nested too deeply"),
        ('{"spark":' * 100_000, 1, 1, "nested too deeply"),
    ],
)
def test_what_is_no_notebook_is_left_out_whole(
    text: str, line: int, column: int, reason: str
) -> None:
    assert unparsed(text) == [(None, line, column, reason)]
    assert read(text).text == ""
    assert read(text).shown(None) == text


def test_numbers_of_millions_of_digits_are_not_read() -> None:
    cell = json.dumps(code(SPARK))
    text = f'{{"cells": [{cell}], "nbformat": {"9" * 3_000_000}, "x": 1e{"9" * 3_000_000}}}'
    assert read(text).text == SPARK


def test_of_two_keys_the_last_counts_as_in_jupyter() -> None:
    first, last = json.dumps([code("x = (")]), json.dumps([code(SPARK)])
    source = read(f'{{"cells": {first}, "cells": {last}}}')
    assert (source.text, source.unparsed) == (SPARK, ())


def test_lines_of_a_cell_end_where_python_ends_them() -> None:
    source = read(notebook(f"x = 1\r\n\x0cy = 2\r'\u2028\x85'\n{SPARK}"))
    assert source.origins == tuple(Origin("a.ipynb", line, 1) for line in range(1, 5))
    assert split_lines(source.text)[1:3] == ["\x0cy = 2", "'\u2028\x85'"]


WORDS = st.sampled_from(["cells", "worksheets", "cell_type", "code", "source", "metadata", SPARK])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
SOURCES = st.lists(
    st.sampled_from(
        ["x = 1", "if x:", "    y", "%cd", "!'", "'''", "(", ")", "\\", "%%time", SPARK]
    ),
    max_size=6,
).map("\n".join)


@given(JSON.map(json.dumps) | st.text(max_size=30).map(lambda text: text + "spark"))
def test_any_json_is_a_notebook_or_says_why_not(text: str) -> None:
    source = read(text)
    assert is_python(source.text)
    assert all("\n" not in reason for _, reason in source.unparsed)


@given(st.lists(SOURCES, max_size=5))
def test_any_cells_give_python_whose_lines_have_places(cells: list[str]) -> None:
    source = read(notebook(*cells, SPARK))
    texts = split_lines(source.text)
    assert is_python(source.text)
    assert len(texts) == len(source.origins)
    left_out = {part.span.cell for part in source.unparsed}
    assert left_out.isdisjoint(origin.cell for origin in source.origins)
    for text, origin in zip(texts, source.origins, strict=True):
        written = split_lines(source.shown(origin.cell))[origin.line - 1]
        assert text.strip() in ("", "pass") or text == written[origin.cut :]
