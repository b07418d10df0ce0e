"""New sources in cells, against `json` itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard.source.cells import with_sources
from sparkguard.source.text import split_keeping

TEXT = st.text(st.sampled_from('ab"\\\n\té€#'), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
SOURCE = TEXT | st.lists(TEXT, min_size=1, max_size=3)
CELL = st.builds(lambda source, outputs: {"outputs": outputs, "source": source}, SOURCE, JSON)
LAYOUT = st.sampled_from([{}, {"indent": 1}, {"indent": 4}, {"separators": (",", ":")}])


@given(st.lists(CELL, min_size=1, max_size=4), JSON, LAYOUT, st.booleans(), st.data())
def test_only_the_sources_change(
    cells: list[dict[str, object]],
    metadata: object,
    layout: dict[str, object],
    ascii_only: bool,
    data: st.DataObject,
) -> None:
    notebook = {"metadata": metadata, "cells": cells, "nbformat": 4}
    text = json.dumps(notebook, ensure_ascii=ascii_only, **layout)  # type: ignore[arg-type]
    number = data.draw(st.integers(1, len(cells)))
    source = data.draw(TEXT.filter(bool))

    changed = json.loads(with_sources(text, {number: source}))

    kept = changed["cells"][number - 1].pop("source")
    assert "".join(kept) == source
    before = json.loads(text)
    del before["cells"][number - 1]["source"]
    assert changed == before
    assert with_sources(text, {}) == text


@pytest.mark.parametrize("indent", [1, 2, 4, None])
def test_lines_are_spaced_as_they_were(indent: int | None) -> None:
    def laid(source: str) -> str:
        lines = [line for line in split_keeping(source) if line]
        cells = [{"cell_type": "code", "source": lines}, {"source": "x = 1\n"}]
        return json.dumps({"cells": cells}, indent=indent)

    assert with_sources(laid("a = 1\nb = 2"), {1: "a = 1\nc = '3'\nb = 2"}) == laid(
        "a = 1\nc = '3'\nb = 2"
    )


def test_a_line_that_stays_is_written_as_it_was() -> None:
    text = '{"cells": [{"source": ["s = \'\\u00e9\'\\n", "b = 2"]}]}'
    assert with_sources(text, {1: "s = 'é'\nb = 3"}) == text.replace("b = 2", "b = 3")


def test_cells_of_version_3_stand_in_worksheets() -> None:
    text = '{"worksheets": [{"cells": [{"input": "a"}]}, {"x": 1}, {"cells": [{"input": ["b"]}]}]}'
    assert with_sources(text, {2: "c"}) == text.replace('["b"]', '["c"]')
