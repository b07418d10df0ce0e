"""New sources for the cells of a notebook; all else of its JSON stays as it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]

from sparkguard.source.text import split_keeping

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(strict=False)

Stretch = tuple[int, int]
"""Where a value begins in a text, and where it ends."""


def with_sources(text: str, sources: Mapping[int, str]) -> str:
    """The JSON of a notebook with new sources in some cells.

    Args:
        text: The JSON of a notebook that could be read.
        sources: The new text of cells, by their numbers.
    """
    parts, at = [], 0
    for number, (start, _) in enumerate(_cells(text), 1):
        if number in sources:
            begin, stop = _source(text, start)
            parts += [text[at:begin], _written(text[begin:stop], sources[number], text.isascii())]
            at = stop
    return "".join([*parts, text[at:]])


def _cells(text: str) -> list[Stretch]:
    """The cells, in the order in which `Span` counts them."""
    notebook = dict(_members(text, _skip(text, 0)))
    if "cells" in notebook:
        return [*_elements(text, notebook["cells"][0])]
    sheets = _elements(text, notebook["worksheets"][0])
    found = (dict(_members(text, start)).get("cells") for start, _ in sheets)
    return [cell for cells in found if cells for cell in _elements(text, cells[0])]


def _source(text: str, cell: int) -> Stretch:
    members = dict(_members(text, cell))
    return members["source"] if "source" in members else members["input"]


def _members(text: str, at: int) -> Iterator[tuple[str, Stretch]]:
    """The members of the object that begins at `at`."""
    at = _skip(text, at + 1)
    while text[at] == '"':
        name, at = scanstring(text, at + 1, False)
        start = _skip(text, _skip(text, at) + 1)
        end = _DECODER.raw_decode(text, start)[1]
        yield name, (start, end)
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _elements(text: str, at: int) -> Iterator[Stretch]:
    """The elements of the list that begins at `at`."""
    at = _skip(text, at + 1)
    while text[at] != "]":
        end = _DECODER.raw_decode(text, at)[1]
        yield at, end
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _written(old: str, source: str, ascii_only: bool) -> str:
    """A source as JSON: a text where it was one, else its lines, spaced as they were."""
    if old.startswith('"'):
        return json.dumps(source, ensure_ascii=ascii_only)
    places = [*_elements(old, 0)]
    known = {json.loads(old[start:end], strict=False): old[start:end] for start, end in places}
    lead, tail = old[: places[0][0]], old[places[-1][1] :]
    between = old[places[0][1] : places[1][0]] if len(places) > 1 else f",{lead[1:]}"
    lines = [line for line in split_keeping(source) if line]
    written = (known.get(line) or json.dumps(line, ensure_ascii=ascii_only) for line in lines)
    return lead + between.join(written) + tail
