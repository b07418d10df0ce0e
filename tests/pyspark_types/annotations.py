"""What an annotation of PySpark means: which classes, through unions and bound type variables."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.pyspark_types.source import Class, classes, definition, modules


def is_typevar(where: str) -> bool:
    """Whether a definition is a type variable."""
    module, _, name = where.rpartition(".")
    return module in modules() and name in modules()[module].typevars


@dataclass
class Scope:
    """Where an annotation stands, and what the type variables mean there."""

    module: str
    cls: str = ""
    bound: dict[str, str] = field(default_factory=dict)

    def meaning(self, node: ast.expr | None) -> Iterator[str]:
        """The definitions that an annotation may mean, `Optional`, `Union` and quotes taken off."""
        match node:
            case ast.Constant(value=str(text)):
                yield from self.meaning(ast.parse(text, mode="eval").body)
            case ast.Name() | ast.Attribute():
                yield from self._look_up(ast.unparse(node))
            case ast.Subscript(value=ast.Name("Union"), slice=ast.Tuple(elts=choices)):
                yield from self._united(choices)
            case ast.Subscript(value=ast.Name("Optional" | "ClassVar"), slice=inner):
                yield from self.meaning(inner)
            case ast.Subscript(value=value):
                yield from self.meaning(value)

    def _look_up(self, name: str) -> Iterator[str]:
        for scoped in (f"{self.cls}.{name}", name):
            if (found := definition(self.module, scoped)) is not None:
                yield self.bound.get(found, found)
                return

    def _united(self, choices: list[ast.expr]) -> Iterator[str]:
        """The classes of a union; none if one choice is a scalar, for then nobody can say."""
        found = [list(self.meaning(choice)) for choice in choices]
        lists = [ast.unparse(choice).startswith(("List[", "None")) for choice in choices]
        if all(meant or is_list for meant, is_list in zip(found, lists, strict=True)):
            for meant in found:
                yield from meant


def lineage(cls: Class, bound: dict[str, str] | None = None) -> Iterator[tuple[Class, Scope]]:
    """A class and its base classes, each with what its type variables mean from there."""
    scope = Scope(cls.module, cls.name, bound or {})
    yield cls, scope
    for base in cls.bases:
        where = next(scope.meaning(base), "")
        if where in classes():
            parent = classes()[where]
            yield from lineage(parent, _bindings(base, parent, scope))


def _bindings(base: ast.expr, parent: Class, scope: Scope) -> dict[str, str]:
    match base:
        case ast.Subscript(slice=ast.Tuple(elts=given)):
            pass
        case ast.Subscript(slice=only):
            given = [only]
        case _:
            return {}
    meant = [next(scope.meaning(choice), "") for choice in given]
    return {p: m for p, m in zip(_parameters(parent), meant, strict=False) if m}


def _parameters(cls: Class) -> list[str]:
    """The type variables of a generic class, in order."""
    used = (n.id for base in cls.bases for n in ast.walk(base) if isinstance(n, ast.Name))
    found = (definition(cls.module, name) for name in used)
    return list(dict.fromkeys(where for where in found if where and is_typevar(where)))
