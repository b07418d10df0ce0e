"""What a name of PySpark is: its one public name, its members, what a call to it gives."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict

from sparkguard.pyspark_api.ships import SHIP_POINTS

TABLE = Path(__file__).with_name("types.json")
"""Made from the annotations of the installed PySpark by `python -m tests.pyspark_types --write`."""
OTHERS = Path(__file__).with_name("unpicklable.json")
"""Of other libraries, only what cannot be pickled: `python -m tests.unpicklable --write`."""

CONVENTIONAL: Mapping[str, str] = MappingProxyType(
    {
        "spark": "pyspark.sql.SparkSession",
        "sc": "pyspark.SparkContext",
        "sqlContext": "pyspark.sql.SQLContext",
        "dbutils": "pyspark.dbutils.DBUtils",
    }
)
"""Names that notebooks and shells hand out, and what they are there."""


@dataclass(frozen=True, slots=True)
class Member:
    """An attribute of a class.

    Args:
        name: Canonical dotted name on the class that defines it: `pyspark.RDD.map` for every RDD.
        returns: Canonical type that reading a property or calling a method gives, if it is known.
        is_property: Read, not called.
    """

    name: str
    returns: str | None
    is_property: bool


class _Type(TypedDict, total=False):
    bases: list[str]
    calls: dict[str, list[str]]
    reads: dict[str, list[str]]


class _Table(TypedDict):
    functions: dict[str, dict[str, list[str]]]
    modules: dict[str, list[str]]
    names: dict[str, str]
    types: dict[str, _Type]


OF_MANY: Mapping[str, str] = MappingProxyType(
    {
        "pyspark.RDD.randomSplit": "pyspark.RDD",
        "pyspark.sql.DataFrame.randomSplit": "pyspark.sql.DataFrame",
    }
)
"""Methods that give a list, and the type of what is in it."""


@cache
def _table() -> _Table:
    table, others = (json.loads(file.read_text(encoding="utf-8")) for file in (TABLE, OTHERS))
    return _Table(
        functions=table["functions"] | others["functions"],
        modules=table["modules"] | others["modules"],
        names=table["names"] | others["names"],
        types=table["types"] | others["types"],
    )


@cache
def _functions() -> Mapping[str, str | None]:
    known: dict[str, str | None] = dict.fromkeys(SHIP_POINTS)
    for module, results in _table()["functions"].items():
        for result, names in results.items():
            known.update({f"{module}.{name}": result for name in names})
    return known


@cache
def _members(owner: str) -> Mapping[str, Member]:
    record = _table()["types"].get(owner, {})
    return {
        name: Member(f"{owner}.{name}", result or None, is_property)
        for table, is_property in (
            (record.get("calls", {}), False),
            (record.get("reads", {}), True),
        )
        for result, names in table.items()
        for name in names
    }


@cache
def canonical(name: str) -> str:
    """The one public name of a thing of PySpark.

    Args:
        name: A dotted name under which it can be imported, perhaps followed by attributes:
            `pyspark.sql.session.SparkSession`.

    Returns:
        `pyspark.sql.SparkSession`; a name that is not in the table as it came.
    """
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        head, rest = ".".join(parts[:cut]), parts[cut:]
        if (public := _public(head)) is not None:
            return ".".join([public, *rest])
    return name


def _public(name: str) -> str | None:
    if name in _table()["types"] or name in _functions():
        return name
    if name in _table()["names"]:
        return _table()["names"][name]
    module, _, last = name.rpartition(".")
    homes = (f"{home}.{last}" for home in _table()["modules"].get(module, ()))
    return next((n for n in homes if n in _table()["types"] or n in _functions()), None)


def is_type(name: str) -> bool:
    """Whether a canonical name is a class of the table."""
    return name in _table()["types"]


def ancestors(owner: str) -> Iterator[str]:
    """A class and its base classes, nearest first, as far as the table knows them."""
    yield owner
    for base in _table()["types"].get(owner, {}).get("bases", ()):
        yield from ancestors(base)


def member(owner: str, attribute: str) -> Member | None:
    """The attribute of a class, looked up through its base classes.

    Args:
        owner: Canonical name of the class.
        attribute: The attribute's name.

    Returns:
        `None` for one that neither ships nor gives a class of the table.
    """
    owner = canonical(owner)
    known = [_members(each) for each in ancestors(owner)]
    # Some classes give a thing for any name at all: a column, a database of a client, a C function.
    asked = (attribute, "*") if not attribute.startswith("_") else (attribute,)
    every = ([members[name] for members in known if name in members] for name in asked)
    found = next(filter(None, every), None)
    if found is None:
        return None
    # A base class's method ships, whatever more exact result a subclass declares for it.
    name = next((m.name for m in found if m.name in SHIP_POINTS), found[0].name)
    returns = owner if found[0].returns == "Self" else found[0].returns
    return Member(name, returns, found[0].is_property)


def result_of(function: str) -> str | None:
    """The type of a call to a function or a class.

    Args:
        function: Canonical dotted name; a class gives itself.
    """
    return function if is_type(function) else _functions().get(function)
