"""Reads what was tried: which things of which packages, and how a program makes them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TRIED = Path(__file__).with_name("tried.toml")
PYTHON = "python"


@dataclass(frozen=True)
class Row:
    """A type, and the expressions that make one.

    Args:
        type: Canonical dotted name.
        package: The distribution that has it, or `python`.
        expressions: Each is run, and all are refused or all travel.
        family: Which rule speaks of it; empty for one that travels.
        noun: How a message calls one.
    """

    type: str
    package: str
    expressions: tuple[str, ...]
    family: str = ""
    noun: str = ""


@cache
def source() -> Mapping[str, Any]:
    """The table as it is written."""
    read: Mapping[str, Any] = tomllib.loads(TRIED.read_text(encoding="utf-8"))
    return read


def names(part: str) -> Mapping[str, str]:
    """A part that is texts by names: `given`, `also`, `decorators`, `any`, `until`, `only`."""
    read: Mapping[str, str] = source()[part]
    return read


@cache
def rows() -> tuple[Row, ...]:
    """Every row, in the order of the file."""
    return (*_refused(), *_travelling())


def _refused() -> Iterator[Row]:
    for family, packages in source()["refused"].items():
        for package, types in packages.items():
            for type, (noun, *made) in types.items():
                yield Row(type, package, tuple(made), family, noun)


def _travelling() -> Iterator[Row]:
    for package, types in source()["travels"].items():
        for type, made in types.items():
            yield Row(type, package, tuple(made))


PACKAGES = sorted({row.package for row in rows()})
