from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp

from sparkguard.diagnostic import Position, Span
from sparkguard.server.positions import Units
from sparkguard.source.text import split_keeping

ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
WIDTHS = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
TEXTS = st.text(st.sampled_from("ab\n\r\té\N{OHM SIGN}\N{SNAKE}\f\v\x85\u2028"), max_size=30)


def place(text: str, offset: int, encoding: str) -> lsp.Position:
    """Where an offset is, by encoding what stands before it on its line."""
    before = split_keeping(text[:offset])
    if text[offset - 1 : offset + 1] == "\r\n":  # no place of its own: that before the line end
        return place(text, offset - 1, encoding)
    units = len(before[-1].encode(ENCODINGS[encoding])) // WIDTHS[encoding]
    return lsp.Position(len(before) - 1, units)


@given(TEXTS, st.data(), st.sampled_from([*ENCODINGS]))
def test_an_edit_replaces_what_stands_in_its_range(
    text: str, data: st.DataObject, encoding: str
) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    start, end = (at - (text[at - 1 : at + 1] == "\r\n") for at in (start, end))
    reach = lsp.Range(place(text, start, encoding), place(text, end, encoding))
    change = lsp.TextDocumentContentChangePartial(reach, "<\n>")
    assert Units(encoding).changed(text, change) == text[:start] + "<\n>" + text[end:]


@given(TEXTS, st.data(), st.sampled_from([*ENCODINGS]))
def test_a_place_goes_out_and_comes_back(text: str, data: st.DataObject, encoding: str) -> None:
    lines = split_keeping(text)
    line = data.draw(st.integers(1, len(lines)))
    column = data.draw(st.integers(1, len(lines[line - 1].rstrip("\r\n")) + 1))
    position, units = Position(line, column), Units(encoding)
    sent = units.range(lines, Span("job.py", position, position)).start
    offset = sum(map(len, lines[: line - 1])) + column - 1
    assert sent == place(text, offset, encoding)
    assert units.position(lines, sent) == position


@pytest.mark.parametrize(
    ("given_place", "expected"),
    [((0, 99), Position(1, 3)), ((9, 0), Position(2, 2)), ((1, 1), Position(2, 2))],
)
def test_what_lies_outside_is_at_the_nearest_end(
    given_place: tuple[int, int], expected: Position
) -> None:
    assert Units().position(["ab\r\n", "c"], lsp.Position(*given_place)) == expected


def test_a_span_behind_the_text_is_at_its_end() -> None:
    beyond = Span("job.py", Position(7, 1), Position(7, 2))
    end = lsp.Position(1, 1)
    assert Units().range(["ab\n", "c"], beyond) == lsp.Range(end, end)


def test_a_whole_text_replaces_the_text() -> None:
    assert Units().changed("a", lsp.TextDocumentContentChangeWholeDocument("b")) == "b"
