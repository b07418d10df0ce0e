"""All that is asked of one package, in a process of its own: packages do not all go together."""

from __future__ import annotations

import importlib.metadata
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import product
from pathlib import Path

from tests.unpicklable.calls import made
from tests.unpicklable.evidence import Answer, ask, resolved
from tests.unpicklable.names import aliases, bases
from tests.unpicklable.rows import PYTHON, Row, names, rows

MODES = tuple(
    f"{start}{plus}{kind}" for start, plus, kind in product("rwax", ("", "+"), ("", "t", "b"))
)
_SECONDS = 120


@dataclass(frozen=True)
class Said:
    """What one package gives.

    Args:
        label: The package and its version.
        answers: By the type of a row: `dumps`, `loads` and `plain` of its first expression.
        entered: Types that are their own context managers.
        names: Other names of its things.
        bases: The base classes of its types.
        classes: The refusals of its classes themselves: a global of a function may be one.
        modes: Of Python, what `open` gives in each mode in which the result is refused.
    """

    label: str
    answers: dict[str, dict[str, str]]
    entered: list[str]
    names: dict[str, str]
    bases: dict[str, list[str]]
    classes: dict[str, str]
    modes: dict[str, str]


def version(package: str) -> str | None:
    """The version that is installed; `None` if none is."""
    if package == PYTHON:
        return platform.python_version()  # its patches say other words, too
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def asked(package: str) -> Said:
    """Asks of one package in a process of its own.

    Raises:
        RuntimeError: If a row is wrong; the words say which.
    """
    command = [sys.executable, "-m", "tests.unpicklable", "--ask", package]
    # Of several things that are refused, the first in the order of a set would be named.
    fixed = {**os.environ, "PYTHONHASHSEED": "0"}
    ran = subprocess.run(
        command, capture_output=True, timeout=_SECONDS, text=True, check=False, env=fixed
    )
    if ran.returncode:
        raise RuntimeError(f"{package}: {ran.stderr.strip().splitlines()[-1]}")
    return Said(**json.loads(ran.stdout.splitlines()[-1]))


def answer(package: str) -> Said:
    """Asks of one package, here.

    Raises:
        ValueError: If a thing cannot be made, is of another type than its row says, or travels
            where the row says that it does not, or the other way round.
    """
    mine = {row.type: row for row in rows() if row.package == package and _is_here(row)}
    named = [type for type in mine if names("only").get(type) != "mode"]
    opens = {mode: _open(mode) for mode in MODES} if package == PYTHON else {}
    texts = [text for row in mine.values() for text in row.expressions]
    with tempfile.TemporaryDirectory() as folder:
        given = ask([*texts, *opens.values(), *named], Path(folder))
    if wrong := [words for row in mine.values() for words in _wrong(row, given)]:
        raise ValueError("; ".join(wrong))
    refused = {mode: given[text].cls for mode, text in opens.items() if given[text].refusal}
    return Said(
        label=f"{package} {version(package)}",
        answers={type: _first(row, given) for type, row in mine.items()},
        entered=[t for t, row in mine.items() if all(given[e].enters for e in row.expressions)],
        names=aliases({*named, *_functions(mine)}),
        bases=bases(named),
        classes={type: given[type].refusal for type in named if given[type].refusal},
        modes={mode: _file(cls) for mode, cls in refused.items()},
    )


def _is_here(row: Row) -> bool:
    """Whether this Python refuses what the row says that Python refuses."""
    until = names("until").get(row.type, "99")
    return sys.version_info < tuple(map(int, until.split(".")))


def _open(mode: str) -> str:
    path = "f'{tmp}/new.txt'" if mode.startswith("x") else "text"
    return f"holding(open({path}.replace('new', {mode!r}), {mode!r}))"


def _file(cls: type) -> str:
    """The type of a file that is refused; of text files, those that are only written to."""
    return f"io.{cls.__name__}" + (".writing" if cls is io.TextIOWrapper else "")


def _wrong(row: Row, given: Mapping[str, Answer]) -> Iterator[str]:
    """What the answers contradict in a row."""
    cls = resolved(row.type) if names("only").get(row.type) != "mode" else None
    for expression in row.expressions:
        said = given[expression]
        if isinstance(cls, type) and not issubclass(said.cls, cls):
            yield f"`{expression}` is a {said.cls}, not a `{row.type}`"
        if bool(said.refusal) is not bool(row.family):
            yield f"`{expression}`: {said.refusal or 'travels'}"


def _first(row: Row, given: Mapping[str, Answer]) -> dict[str, str]:
    said = given[row.expressions[0]]
    return {"dumps": said.dumps, "loads": said.loads, "plain": said.plain}


def _functions(types: Collection[str]) -> Iterator[str]:
    """What gives one of these types, as far as it is installed."""
    for name, type in made().functions.items():
        if type in types and find_spec(name.partition(".")[0]) is not None:
            yield name
