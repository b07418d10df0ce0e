"""Makes the table of PySpark's types from the source of the installed PySpark."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache

from sparkguard.pyspark_api.driver_only import DRIVER_ONLY
from sparkguard.pyspark_api.ships import SHIP_POINTS
from tests.pyspark_types.annotations import Scope, is_typevar, lineage
from tests.pyspark_types.names import FOREIGN, OTHER_SIDES, RENAMED, public
from tests.pyspark_types.source import MOVED, Class, classes, definition, modules, names

# What an attribute gives, and whether it is read rather than called.
Members = dict[str, tuple[str, bool]]
# Names by what they give.
Results = dict[str, list[str]]

_JAVA = ("py4j.java_gateway.JavaObject", True)
_DELTA = ("delta.tables.DeltaTable", False)
_FRAME = ("pyspark.sql.DataFrame", False)
# What is set in `__init__`, patched on later, or defined in a package that is not read.
OVERRIDES: dict[str, Members] = {
    "pyspark.dbutils.DBUtils": {},
    "delta.tables.DeltaTable": {
        "alias": _DELTA,
        "convertToDelta": _DELTA,
        "detail": _FRAME,
        "forName": _DELTA,
        "forPath": _DELTA,
        "history": _FRAME,
        "toDF": _FRAME,
    },
    "pyspark.RDD": {"_jrdd": _JAVA, "ctx": ("pyspark.SparkContext", True), "toDF": _FRAME},
    "pyspark.SparkContext": {"_jsc": _JAVA},
    "pyspark.ml.wrapper.JavaWrapper": {"_java_obj": _JAVA},
    "pyspark.sql.Column": {"_jc": _JAVA},
    "pyspark.sql.DataFrame": {"_jdf": _JAVA},
    "pyspark.sql.SparkSession": {
        "_jsparkSession": _JAVA,
        "_jvm": ("py4j.java_gateway.JVMView", True),
        "_sc": ("pyspark.SparkContext", True),
    },
    "pyspark.streaming.DStream": {"_jdstream": _JAVA},
}
# Functions that give what they are given; of the choices the one that people mean.
RESULTS = {
    "pyspark.pandas.concat": "pyspark.pandas.DataFrame",
    "pyspark.pandas.from_pandas": "pyspark.pandas.DataFrame",
}
# Classes that give a column for any name that is no member of theirs.
BY_NAME = {
    "pyspark.pandas.DataFrame": "pyspark.pandas.Series",
    "pyspark.pandas.groupby.DataFrameGroupBy": "pyspark.pandas.groupby.SeriesGroupBy",
    "pyspark.sql.DataFrame": "pyspark.sql.Column",
}

KEPT = {
    *(name.rpartition(".")[0] for name in SHIP_POINTS),
    *DRIVER_ONLY,
    *("pyspark.Accumulator", "pyspark.Broadcast"),
}


@cache
def public_classes() -> dict[str, Class]:
    """The class behind each public name; one target's own only where there is no other."""
    found: dict[str, Class] = {}
    for where in sorted(classes(), key=lambda w: (w in RENAMED, w.startswith(OTHER_SIDES), w)):
        name = public(where)
        if name is not None and ("._" not in name or name in DRIVER_ONLY):
            found.setdefault(name, classes()[where])
    return found


def _result(scope: Scope, cls: Class, attribute: str) -> str:
    found = cls.members[attribute]
    for where in scope.meaning(found.annotation):
        if is_typevar(where) and where.endswith(f".{found.self_type}"):
            return "Self"
        if (where in classes() or where.startswith("py4j.")) and (name := public(where)):
            return name
    return ""


def _members(name: str, cls: Class) -> Members:
    """All that a class has, inherited or not."""
    found: Members = {}
    for base, scope in lineage(cls):
        for attribute, declared in base.members.items():
            result = _result(scope, base, attribute)
            if attribute.startswith("_") and attribute != "__enter__" and "py4j." not in result:
                continue
            # A type variable that is free on one way up may be bound on another.
            if not found.get(attribute, ("", False))[0]:
                found[attribute] = (result, declared.is_property)
    return found | OVERRIDES.get(name, {})


def _worth(every: dict[str, Members]) -> dict[str, Members]:
    """Drops members that give nothing of the table, then classes with none left, and again."""
    kept = {
        name: {
            attribute: (result if result in every or result == "Self" else "", is_property)
            for attribute, (result, is_property) in members.items()
            if result in every or result == "Self" or f"{name}.{attribute}" in SHIP_POINTS
        }
        for name, members in every.items()
    }
    lively = {
        name: members for name, members in kept.items() if members or name in KEPT or _refused(name)
    }
    return lively if lively == every else _worth(lively)


def _refused(name: str) -> bool:
    bases = lineage(public_classes()[name]) if name in public_classes() else ()
    return any(public(f"{base.module}.{base.name}") in DRIVER_ONLY for base, _ in bases)


def _bases(cls: Class, known: Collection[str]) -> list[str]:
    """The nearest base classes that are in the table."""
    nearest: list[str] = []
    for base in cls.bases:
        where = next(Scope(cls.module, cls.name).meaning(base), "")
        if (name := public(where)) in known:
            nearest.append(str(name))
        elif where in classes():
            nearest += _bases(classes()[where], known)
    return list(dict.fromkeys(nearest))


def _plain(name: str, known: Collection[str], is_property: bool) -> list[str]:
    """The public members of a class that the table says nothing of: those read, or those called."""
    every = (
        member for base, _ in lineage(public_classes()[name]) for member in base.members.items()
    )
    found = {each for each, declared in every if declared.is_property == is_property}
    return [each for each in sorted(found) if each not in known and not each.startswith("_")]


def _record(name: str, known: dict[str, Members]) -> dict[str, object]:
    """A class as the table has it: what it does not inherit."""
    found = _bases(public_classes()[name], known) if name in public_classes() else []
    bases = [base for base in found if base != name]
    inherited: Members = {}
    for base in reversed(bases):
        inherited |= known[base]
    results: dict[str, Results] = {"calls": {}, "reads": {}}
    for attribute, (result, is_property) in sorted(known[name].items()):
        if (
            inherited.get(attribute) != (result, is_property)
            or f"{name}.{attribute}" in SHIP_POINTS
        ):
            kind = results["reads" if is_property else "calls"]
            kind.setdefault(result, []).append(attribute)
    if name in BY_NAME:
        for kind_name, is_property in (("calls", False), ("reads", True)):
            plain = _plain(name, known[name], is_property)
            results[kind_name].setdefault("", []).extend(plain)
        results["reads"].setdefault(BY_NAME[name], []).append("*")
    parts: dict[str, object] = {"bases": bases, **results}
    return {key: part for key, part in parts.items() if part}


def types() -> dict[str, dict[str, object]]:
    """The classes of the table: base classes, and attributes by what they give."""
    every = {name: _members(name, cls) for name, cls in public_classes().items()}
    every |= {name: OVERRIDES.get(name, {}) for name in DRIVER_ONLY if name not in every}
    known = _worth(every)
    return {name: _record(name, known) for name in known}


def functions(known: Collection[str]) -> dict[str, Results]:
    """The public functions of each module, by the class of the table that they give."""
    homes: dict[str, Results] = {}
    for module in modules().values():
        for name, function in module.functions.items():
            meant = (public(where) for where in Scope(module.name).meaning(function.annotation))
            home, _, last = (public(f"{module.name}.{name}") or "").rpartition(".")
            result = RESULTS.get(f"{home}.{last}", next(meant, None))
            own_side = not module.name.startswith(OTHER_SIDES)
            if result in known and home and own_side and not name.startswith("_"):
                homes.setdefault(home, {}).setdefault(str(result), []).append(last)
    return {home: {r: sorted(ns) for r, ns in results.items()} for home, results in homes.items()}


def _targets(module: str, known: Collection[str]) -> dict[str, str]:
    """What the names of a module are in public; itself for what is not in the table."""
    targets = {}
    for name in names(modules()[MOVED.get(module, module)]):
        where = definition(module, name) or ""
        target = public(where) if where.endswith(f".{name}") else None
        targets[name] = target if target in known and target else f"{module}.{name}"
    return targets


def aliases(known: Collection[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Where the names of each module are public, and the names that this would get wrong."""
    homes: dict[str, list[str]] = {}
    odd = dict(FOREIGN)
    for module in (*modules(), *MOVED):
        moved = {n: t for n, t in _targets(module, known).items() if f"{module}.{n}" not in known}
        found = {t.removesuffix(f".{n}") for n, t in moved.items() if t.endswith(f".{n}")}
        if found := found - {module}:
            homes[module] = sorted(found)
        for name, target in moved.items():
            at_home = (f"{h}.{name}" for h in homes.get(module, ()) if f"{h}.{name}" in known)
            if next(at_home, f"{module}.{name}") != target:
                odd[f"{module}.{name}"] = target
    return homes, odd


def generate() -> str:
    """The table as JSON, one line for each class, so that a change can be read."""
    every = types()
    results = functions(every)
    called = {f"{home}.{n}" for home, found in results.items() for ns in found.values() for n in ns}
    homes, odd = aliases({*every, *SHIP_POINTS, *called})
    table: dict[str, Mapping[str, object]] = {
        "functions": results,
        "modules": homes,
        "names": odd,
        "types": every,
    }
    parts = []
    for part, entries in table.items():
        lines = [
            f"{json.dumps(key)}:{json.dumps(value, sort_keys=True, separators=(',', ':'))}"
            for key, value in sorted(entries.items())
        ]
        parts.append(f'"{part}":{{\n' + ",\n".join(lines) + "\n}")
    return "{" + ",\n".join(parts) + "}\n"
