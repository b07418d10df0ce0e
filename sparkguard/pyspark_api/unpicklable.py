"""Which types of Python and of other libraries cannot be pickled, and what cloudpickle says.

Source: each was made, and given to the cloudpickle that PySpark 4.3.0 vendors, and what that wrote
was read again in another process; the table is written by `python -m tests.unpicklable --write`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from sparkguard.model import Refused
from sparkguard.pyspark_api.driver_only import DRIVER_ONLY, driver_only
from sparkguard.pyspark_api.types import OTHERS, ancestors
from sparkguard.targets import TARGETS


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(OTHERS.read_text(encoding="utf-8"))
    return table


@cache
def _unpicklable() -> Mapping[str, Refused]:
    rows = _table()["unpicklable"].items()
    return {type: _refused(type, row) for type, row in rows if not _travels(row)}


def _refused(type: str, row: Mapping[str, str]) -> Refused:
    there = row.get("where") == "worker"
    said = row["says"] if there else f"Could not serialize object: {row['says']}"
    family: Any = row["family"]
    return Refused(type, family, row["noun"], dict.fromkeys(TARGETS, said))


def _travels(row: Mapping[str, str]) -> bool:
    """Whether the Python that runs can send what an earlier one could not."""
    until = row.get("until")
    return until is not None and sys.version_info[:2] >= tuple(map(int, until.split(".")))


def unpicklable(type: str) -> Refused | None:
    """What is known of a type that cannot be pickled, or of the nearest known base class.

    Args:
        type: Canonical dotted name.
    """
    rows, travelling = _unpicklable(), _table()["pickles"]
    known = (name for name in ancestors(type) if name in rows or name in travelling)
    return rows.get(next(known, ""))


def refused(type: str) -> Refused | None:
    """What Spark says of a type that travels with a function; `None` for one that may.

    Args:
        type: Canonical dotted name.
    """
    return driver_only(type) or unpicklable(type)


def refusals() -> tuple[Refused, ...]:
    """All that is known to be refused when it is captured."""
    return (*DRIVER_ONLY.values(), *_unpicklable().values())


def travels_bare(type: str) -> bool:
    """Whether a type is refused only where it is made with arguments: a host, a connection."""
    row: Mapping[str, str] = _table()["unpicklable"].get(type, {})
    return row.get("only") == "arguments"


def decorated(decorator: str) -> str | None:
    """The type of what a decorator of a library makes of a function, if it cannot be pickled.

    Args:
        decorator: Canonical dotted name.
    """
    found: str | None = _table()["decorators"].get(decorator)
    return found


def object_of(name: str) -> str | None:
    """The type of an object that a module of a library holds under a dotted name."""
    found: str | None = _table()["objects"].get(name)
    return found


def opened(mode: str) -> str | None:
    """The type of a file that is opened in a way that cannot be pickled.

    Args:
        mode: The mode, `rb`.

    Returns:
        `None` for a text file that is read: cloudpickle sends what is in it.
    """
    letters = set(mode) - {"U"}
    for known, type in _table()["opens"]["modes"].items():
        if set(known) == letters:
            return str(type)
    return None


def mode_position(function: str) -> int | None:
    """Where a function that opens files takes the mode; `None` for any other function."""
    position: int | None = _table()["opens"]["functions"].get(function)
    return position
