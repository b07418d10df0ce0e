"""Makes the table of what cannot be pickled from what was said of each package."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sparkguard.pyspark_api.types import TABLE
from tests.unpicklable.calls import OPENS, made
from tests.unpicklable.package import Said
from tests.unpicklable.rows import Row, names, rows

UNPICKLABLE = TABLE.with_name("unpicklable.json")

Table = dict[str, dict[str, Any]]


def table(said: Mapping[str, Said]) -> Table:
    """The table, as far as some packages give it.

    Args:
        said: What was said of each package.
    """
    mine = [row for row in rows() if row.package in said and row.type in said[row.package].answers]
    modes = {mode: type for one in said.values() for mode, type in one.modes.items()}
    types = _types(said.values(), {row.type for row in mine})
    known = {*types, *made().functions}
    aliases = {alias: name for one in said.values() for alias, name in one.names.items()}
    return {
        "classes": {type: words for one in said.values() for type, words in one.classes.items()},
        "decorators": dict(names("decorators")),
        "functions": _by_module(made().functions),
        "modules": {},
        "names": {alias: name for alias, name in aliases.items() if name in known},
        "objects": made().objects,
        "opens": {"functions": OPENS, **({"modes": modes} if modes else {})},
        "pickles": {row.type: _passage(row, said[row.package]) for row in mine if not row.family},
        "types": types,
        "unpicklable": {row.type: _refusal(row, said[row.package]) for row in mine if row.family},
    }


def _refusal(row: Row, said: Said) -> dict[str, str]:
    answer = said.answers[row.type]
    return {
        "family": row.family,
        "noun": row.noun,
        "package": said.label,
        "says": answer["dumps"] or answer["loads"],
        "tried": row.expressions[0],
        **({} if answer["dumps"] else {"where": "worker"}),
        **{part: names(part)[row.type] for part in ("only", "until") if row.type in names(part)},
    }


def _passage(row: Row, said: Said) -> dict[str, str]:
    plain = said.answers[row.type]["plain"]
    passage = {"package": said.label, "tried": row.expressions[0]}
    return {**passage, "plain": plain} if plain else passage


def _types(said: Iterable[Said], mine: Collection[str]) -> dict[str, dict[str, Any]]:
    """The refused types, and those that travel and lead to one or stand below one."""
    found = made()
    kept = {row.type for row in rows() if row.family} | {owner for owner, _ in found.calls}
    records: dict[str, dict[str, Any]] = {type: {} for type in kept if type in mine}
    for kind, ways in (("calls", found.calls), ("reads", found.reads)):
        for (owner, attribute), result in sorted(ways.items()):
            if owner in records:
                records[owner].setdefault(kind, {}).setdefault(result, []).append(attribute)
    for one in said:
        for type, above in one.bases.items():
            records.setdefault(type, {})["bases"] = above
        for type in records.keys() & set(one.entered):
            records[type].setdefault("calls", {})["Self"] = ["__enter__"]
    return records


def _by_module(functions: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    homes: dict[str, dict[str, list[str]]] = {}
    for name, type in sorted(functions.items()):
        module, _, last = name.rpartition(".")
        homes.setdefault(module, {}).setdefault(type, []).append(last)
    return homes


def text(whole: Table) -> str:
    """A table as JSON, one line for each entry, so that a change can be read."""
    parts = []
    for part, entries in sorted(whole.items()):
        lines = [
            f"{json.dumps(key)}:{json.dumps(value, sort_keys=True, separators=(',', ':'))}"
            for key, value in sorted(entries.items())
        ]
        parts.append(f'"{part}":{{\n' + ",\n".join(lines) + "\n}")
    return "{" + ",\n".join(parts) + "}\n"


def differences(old: Table, new: Table) -> list[str]:
    """What a part of the table has otherwise than the whole."""
    return [
        f"{part} {key}: {old[part].get(key)} became {entry}"
        for part, entries in new.items()
        for key, entry in entries.items()
        if old[part].get(key) != entry
    ]
