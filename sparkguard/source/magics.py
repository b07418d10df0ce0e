"""What is left of a notebook's cell when IPython has taken its magics, shell commands and help.

IPython rewrites them as calls (`IPython.core.inputtransformer2`); here they become blank, or what
keeps the code around them Python. No line moves, and each knows what was cut from its front.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sparkguard.source.logical import Statement, statements
from sparkguard.source.syntax import is_python
from sparkguard.source.text import split_lines

RUN = "# MAGIC %run "
"""How Databricks writes `%run` in a Python file; that of a cell becomes the same."""

_WRAPPERS = frozenset(
    {
        "capture",
        "debug",
        "ipytest",
        "memit",
        "prun",
        "pyinstrument",
        "pyspark",
        "sparkguard",
        "time",
        "timeit",
    }
)
"""Cell magics whose cell is Python that runs among the notebook's own names."""
_CELL_MAGIC = re.compile(r"%%(?P<name>\w*)(?!\w*\?)")
_LANGUAGE = re.compile(r"%(?:fs|md|md-sandbox|r|scala|sh|sql)(?!\S)(?P<rest>.*)")
"""How a cell of another language begins on Databricks."""
_TIMED = re.compile(r"%(?:memit|prun|time|timeit)(?:\s+-\w+(?:\s+\d+)?)*\s+(?=\S)")
"""Magics of a line whose argument is Python, and their options."""
_AUTOMAGIC = re.compile(
    r"(?:alias|autoreload|cat|cd|conda|cp|env|load|load_ext|ls|man|matplotlib|mkdir|mv|pip|pylab"
    r"|reload_ext|reset|rm|rmdir|run|set_env|store|time|timeit|uv|who|whos)[ \t]"
)
"""Magics that IPython knows without their `%` where they are all that a cell says."""
_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: |$)|In \[\d+\]: |\s*\.{3,}: ?")


class Line(NamedTuple):
    """One line of a cell as Python, and how many characters of the cell stand before it."""

    text: str = ""
    cut: int = 0


def python_lines(cell: str) -> list[Line]:
    """The lines of a cell, as many as it has, with nothing in them but Python."""
    texts = split_lines(cell)
    first = _first_python(texts)
    if first == len(texts):
        return [Line()] * first
    lines = _without_prompts(_dedented(texts[first:]))
    found = statements("\n".join(line.text for line in lines))
    changed = [line for statement in found for line in _changed(statement)]
    kept = [Line(new.text, old.cut + new.cut) for old, new in zip(lines, changed, strict=True)]
    return [Line()] * first + kept


def is_command(cell: str) -> bool:
    """Whether a cell that is no Python is a command or another language after all."""
    text = cell.strip()
    return bool(_LANGUAGE.match(text) or (_AUTOMAGIC.match(text) and len(split_lines(text)) == 1))


def _first_python(texts: Sequence[str]) -> int:
    """Where Python begins, below the magics that wrap it; the end where there is none."""
    for number, text in enumerate(map(str.strip, texts)):
        magic, language = _CELL_MAGIC.match(text), _LANGUAGE.match(text)
        if magic and magic["name"] in _WRAPPERS:
            continue
        if magic or (language and not language["rest"].strip()):
            return len(texts)
        if text:
            return number
    return len(texts)


def _dedented(texts: Sequence[str]) -> list[Line]:
    """Without the indent of the first line: a part of a function that was pasted."""
    indent = texts[0][: len(texts[0]) - len(texts[0].lstrip())]
    cuts = [(text, len(indent) if text.startswith(indent) else 0) for text in texts]
    return [Line(text[cut:], cut) for text, cut in cuts]


def _without_prompts(lines: list[Line]) -> list[Line]:
    """A session that was pasted with its prompts, `>>> x = 1` or `In [1]: x = 1`."""
    if not _PROMPT.match(lines[0].text) or lines[0].text.startswith("..."):
        return lines
    found = [(line, _PROMPT.match(line.text)) for line in lines]
    cuts = [(line, prompt.end() if prompt else 0) for line, prompt in found]
    return [Line(line.text[cut:], line.cut + cut) for line, cut in cuts]


def _changed(statement: Statement) -> Iterator[Line]:
    """The lines of a statement as Python."""
    if statement.magic is None:
        yield from map(Line, statement.text.split("\n"))
        return
    before, magic = statement.text[: statement.magic], statement.text[statement.magic :]
    timed = None if before.strip() else _TIMED.match(magic)
    if timed and is_python(magic[timed.end() :]):
        first, *rest = magic[timed.end() :].split("\n")
        yield from (Line(before + first, timed.end()), *map(Line, rest))
        return
    if before.strip():
        yield from map(Line, f"{before}get_ipython()".split("\n"))
    else:
        yield Line(f"{before}pass") if before else _run(magic)
    yield from [Line()] * magic.count("\n")


def _run(magic: str) -> Line:
    name, _, file = magic.partition(" ")
    return Line(RUN + file, len("%run ") - len(RUN)) if name == "%run" else Line()
