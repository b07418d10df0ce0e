"""What a program calls to get each type, read off the expressions that were tried."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from tests.unpicklable.rows import names, rows

HELPERS = frozenset({"bare", "holding"})
OPENS = {"builtins.open": 1, "io.open": 1, "os.fdopen": 1, "pathlib.Path.open": 0}
"""Functions that open a file, and which argument is the mode that decides."""


@dataclass
class Made:
    """What gives which type: functions, objects of modules, and attributes of other types."""

    functions: dict[str, str] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    calls: dict[tuple[str, str], str] = field(default_factory=dict)
    reads: dict[tuple[str, str], str] = field(default_factory=dict)


@cache
def made() -> Made:
    """All that the table of rows says."""
    found = Made(reads={(owner, "*"): type for owner, type in names("any").items()})
    for name, type in names("given").items():
        _called(name, type, found)
    for row in rows():
        for text in row.expressions:
            _direct(_parsed(text), row.type, found)
    for row in rows():
        for text in row.expressions if row.family else ():
            _of_another(_parsed(text), row.type, found)
    return _that_lead_somewhere(found)


def _that_lead_somewhere(found: Made) -> Made:
    """Without what gives a type that travels, and from which no refused type is reached."""
    refused = {row.type for row in rows() if row.family}
    calls = {way: type for way, type in found.calls.items() if type in refused}
    kept = refused | {owner for owner, _ in calls}
    functions = {name: type for name, type in found.functions.items() if type in kept}
    objects = {name: type for name, type in found.objects.items() if type in kept}
    return Made(functions, objects, calls, found.reads)


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _direct(node: ast.expr, type: str, found: Made) -> None:
    """What is made by a dotted name alone."""
    match node:
        case ast.Call(func=function) if name := dotted(function):
            if _may_be_typed(name):
                _called(name, type, found)
        case ast.Attribute() if name := dotted(node):
            found.objects[name] = type


def _may_be_typed(name: str) -> bool:
    root = name.partition(".")[0]
    known = hasattr(builtins, root) or root in HELPERS
    return not known and name not in OPENS and name not in names("decorators")


def _called(name: str, type: str, found: Made) -> None:
    owner, _, last = name.rpartition(".")
    if owner in _types():
        found.calls[owner, last] = type
    elif name != type:
        found.functions[name] = type


def _of_another(node: ast.expr, type: str, found: Made) -> None:
    """What is made by an attribute of something that another expression makes."""
    match node:
        case ast.Call(func=ast.Attribute(value=held, attr=attr)) if not dotted(node.func):
            owner = _type_of(held, found)
            if f"{owner}.{attr}" not in OPENS:
                found.calls[owner, attr] = type
        case ast.Call(func=ast.Call(func=inner)) if dotted(inner) not in names("decorators"):
            found.calls[_type_of(node.func, found), "__call__"] = type
        case ast.Attribute(value=held, attr=attr) if not dotted(node):
            found.reads[_type_of(held, found), attr] = type
        case ast.Subscript(value=held):
            found.calls[_type_of(held, found), "__getitem__"] = type


def _type_of(node: ast.expr, found: Made) -> str:
    """The type of what is held; it must be one of this table.

    Raises:
        ValueError: If the table does not say it.
    """
    match node:
        case ast.Call(func=function) if (name := dotted(function)) in _types():
            return str(name)
        case ast.Call(func=function) if (name := dotted(function)) in found.functions:
            return found.functions[str(name)]
        case ast.Call(func=ast.Attribute(value=held, attr=attr)):
            return _known(found.calls, held, attr, found)
        case ast.Attribute(value=held, attr=attr) if not dotted(node):
            return _known(found.reads, held, attr, found)
        case ast.Attribute() if (name := dotted(node)) in found.objects:
            return found.objects[str(name)]
        case ast.Subscript(value=held):
            return _known(found.calls, held, "__getitem__", found)
    raise ValueError(f"no row says what `{ast.unparse(node)}` is")


def _known(table: dict[tuple[str, str], str], held: ast.expr, attr: str, found: Made) -> str:
    key = (_owner(held, found), attr)
    if key not in table:
        raise ValueError(f"no row says what `{key[0]}.{attr}` gives")
    return table[key]


def _owner(held: ast.expr, found: Made) -> str:
    name = dotted(held)
    return name if name in _types() else _type_of(held, found)


@cache
def _types() -> frozenset[str]:
    return frozenset(row.type for row in rows())


def dotted(node: ast.expr) -> str:
    """`os.path.join` of an expression that is nothing else; empty for any other."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{start}.{attr}" if (start := dotted(value)) else ""
    return ""


def prefixes(text: str) -> Iterator[str]:
    """The dotted names of an expression, from which its modules are imported."""
    for node in ast.walk(_parsed(text)):
        if isinstance(node, ast.Name | ast.Attribute) and (name := dotted(node)):
            yield name
