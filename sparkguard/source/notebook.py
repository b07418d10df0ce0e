"""Jupyter notebooks: the Python of their cells as one text, whose lines know where they stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from sparkguard.diagnostic import Position, Span
from sparkguard.source.magics import Line, is_command, python_lines
from sparkguard.source.syntax import ParseError, parse_python
from sparkguard.source.text import Origin, SourceText, Unparsed, split_lines

_NO_TEXT = re.compile("[\ud800-\udfff\0]")
"""What JSON can spell and no Python text can hold: halves of characters, and the null byte."""


def read_notebook(text: str, path: Path, name: str) -> SourceText:
    """Take the Python out of a notebook.

    Of one that speaks another language nothing is taken. A cell that is no Python is left out and
    kept as `unparsed`; what is no notebook is left out whole.

    Args:
        text: The file's JSON, of version 4 or 3 of the format.
        path: Where it was read.
        name: How it is shown.
    """
    try:
        cells = dict(_cells(_loaded(text)))
    except ParseError as error:
        whole = _unparsed(name, None, error)
        return SourceText(path, name, "", written={None: text}, unparsed=(whole,))
    return _joined(cells, path, name)


def _joined(cells: dict[int, str | None], path: Path, name: str) -> SourceText:
    lines: list[tuple[str, Origin]] = []
    unparsed: list[Unparsed] = []
    for number, source in cells.items():
        try:
            taken = enumerate(_python(source), 1)
            lines += [(line.text, Origin(name, at, number, line.cut)) for at, line in taken]
        except ParseError as error:
            unparsed.append(_unparsed(name, number, error))
    return SourceText(
        path,
        name,
        text="\n".join(text for text, _ in lines),
        origins=tuple(origin for _, origin in lines),
        written={number: source or "" for number, source in cells.items()},
        unparsed=tuple(unparsed),
    )


def _unparsed(name: str, cell: int | None, error: ParseError) -> Unparsed:
    start, end = Position(error.line, error.column), Position(error.line, error.column + 1)
    return Unparsed(Span(name, start, end, cell), error.reason)


def _loaded(text: str) -> object:
    try:
        return json.loads(text, parse_int=_unread, parse_float=_unread)
    except json.JSONDecodeError as error:
        reason = f"invalid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise ParseError(error.lineno, error.colno, reason) from None
    except RecursionError:
        raise ParseError(1, 1, "nested too deeply") from None


def _unread(digits: str) -> None:
    """No number matters here, and one of millions of digits would take for ever."""


def _cells(notebook: object) -> Iterator[tuple[int, str | None]]:
    """The cells of Python code by their numbers, `None` for what has no text."""
    match notebook:
        case {"cells": [*_]}:
            cells = _listed(notebook)
        case {"worksheets": [*sheets]}:
            cells = [cell for sheet in sheets for cell in _listed(sheet)]
        case _:
            raise ParseError(1, 1, "no notebook: a list of cells is missing")
    for number, cell in enumerate(cells if _is_python(notebook) else (), 1):
        match cell:
            case {"cell_type": "code"}:
                if _is_python(cell):
                    yield number, _source(cell)
            case {"cell_type": str()}:
                pass
            case _:
                yield number, None


def _listed(holder: object) -> list[object]:
    match holder:
        case {"cells": [*cells]}:
            return cells
    return []


def _is_python(holder: object) -> bool:
    """Whether a notebook or a cell is Python, as `pyspark` and `ipython` are; most do not say."""
    match holder:
        case (
            {"metadata": {"application/vnd.databricks.v1+notebook": {"language": str(name)}}}
            | {"metadata": {"language_info": {"name": str(name)}}}
            | {"metadata": {"kernelspec": {"language": str(name)}}}
            | {"metadata": {"vscode": {"languageId": str(name)}}}
            | {"language": str(name)}
        ):
            return "py" in name.lower()
    return True


def _source(cell: object) -> str | None:
    """The text of a cell, which may be kept in pieces."""
    match cell:
        case {"source": str(text)} | {"input": str(text)}:
            return text
        case {"source": [*pieces]} | {"input": [*pieces]}:
            texts = [piece for piece in pieces if isinstance(piece, str)]
            return "".join(texts) if len(texts) == len(pieces) else None
    return None


def _python(source: str | None) -> list[Line]:
    """The lines of a cell as Python; raises `ParseError` with a place in the cell."""
    if source is None:
        raise ParseError(1, 1, "a cell without text")
    if bad := _NO_TEXT.search(source):
        above = split_lines(source[: bad.start()])
        reason = f"`\\u{ord(bad.group()):04x}` stands for no character"
        raise ParseError(len(above), len(above[-1]) + 1, reason)
    lines = python_lines(source)
    try:
        parse_python("\n".join(line.text for line in lines))
    except ParseError as error:
        if is_command(source):
            return []
        cut = lines[min(error.line, len(lines)) - 1].cut
        raise ParseError(error.line, error.column + cut, error.reason) from None
    return lines
