"""What CPython says of the names of a text, scope by scope: the oracle of the name resolution."""

from __future__ import annotations

import symtable
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sparkguard.source.facts import MODULE, ModuleFacts, Scope
from sparkguard.source.parse import Anchors

INLINED = sys.version_info >= (3, 12)
"""Since 3.12 most comprehensions have no table of their own (PEP 709); here then none has."""

_NAMELESS = ("listcomp", "setcomp", "dictcomp", "genexpr")
_IMPLICIT = {"__class__"}


@dataclass(frozen=True)
class _Table:
    """A symbol table and the one around it."""

    symbols: symtable.SymbolTable
    parent: _Table | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The kind and name of the scope, as `facts.Scope` has them."""
        name = self.symbols.get_name().strip("<>")
        if self.symbols.get_type() != "function":
            return self.symbols.get_type(), name
        if name in _NAMELESS and ".0" in self.symbols.get_identifiers():
            return "comprehension", ""
        return ("lambda", "") if name == "lambda" else ("function", name)

    def children(self) -> Iterator[_Table]:
        """The scopes directly inside."""
        for child in self.symbols.get_children():
            table = _Table(child, self)
            inlined = INLINED and table.key[0] == "comprehension"
            if inlined:
                yield from table.children()
            else:
                yield table

    def has_type_parameters(self) -> bool:
        """Whether something in it is generic by the syntax of Python 3.12."""
        children = self.symbols.get_children()
        generic = any(child.get_type() not in ("function", "class") for child in children)
        return generic or any(_Table(child, self).has_type_parameters() for child in children)

    def content(self) -> Counter[object]:
        """The names and scopes in it, at any depth."""
        inner = (child.content() + Counter([child.key]) for child in self.children())
        own = (one for one in self.symbols.get_symbols() if one.is_local() or not one.is_assigned())
        return sum(inner, Counter[object](one.get_name() for one in own))

    def owner(self, name: str) -> _Table | None:
        """The table that `name` belongs to, `None` for the module and what lies beyond it."""
        symbol = self.lookup(name)
        if self.parent is None:
            return None
        if symbol.is_local():  # asked first: of a function called `top` CPython says both
            return self
        if symbol.is_global():
            return None
        around = self.parent
        while around.symbols.get_type() != "function" or not around.binds(name):
            assert around.parent is not None
            around = around.parent
        return around

    def binds(self, name: str) -> bool:
        return name in self.symbols.get_identifiers() and self.lookup(name).is_local()

    def lookup(self, name: str) -> symtable.Symbol:
        if name in self.symbols.get_identifiers():
            return self.symbols.lookup(name)
        mangled = (
            n for n in self.symbols.get_identifiers() if n.startswith("_") and n.endswith(name)
        )
        return self.symbols.lookup(next(mangled, name))


def disagreements(text: str, facts: ModuleFacts, anchors: Anchors | None = None) -> list[str]:
    """Where `facts` and CPython differ on what a scope binds and whose a name is that it reads.

    Args:
        text: The text.
        facts: What was read of it.
        anchors: Tells scopes of one name apart by their lines; costs too much for long texts.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = _Table(symtable.symtable(text, "<text>", "exec"))
    if module.has_type_parameters():  # PEP 695; the facts do not know them
        return []
    tables: dict[int, _Table] = {MODULE: module}
    return [
        *_pair(facts, MODULE, tables, anchors),
        *(
            f"{scope.qualname}: {read.id} belongs to {facts.owner(number, read.id)}"
            for number, scope in enumerate(facts.scopes)
            for read in scope.reads
            if number in tables and not _agree(facts, number, read.id, tables)
        ),
        *(
            f"{facts.scopes[number].qualname}: binds {sorted(facts.scopes[number].locals)}"
            for number, table in tables.items()
            if not _binds_the_same(facts, number, table)
        ),
    ]


def _pair(
    facts: ModuleFacts, number: int, tables: dict[int, _Table], anchors: Anchors | None
) -> Iterator[str]:
    """Pairs the scopes inside a scope with the tables inside its table, both in source order."""
    waiting: dict[tuple[str, str], list[_Table]] = defaultdict(list)
    for child in tables[number].children():
        waiting[child.key].append(child)
    for inner in _inside(facts, number):
        scope = facts.scopes[inner]
        alike = waiting[_key(scope)]
        if alike:
            line = anchors.span(scope.at).start.line if anchors else None
            tables[inner] = _likest(_content(facts, inner), line, alike)
            alike.remove(tables[inner])
            yield from _pair(facts, inner, tables, anchors)
        else:
            yield f"{scope.qualname}: CPython has no such scope"
    yield from (f"{left[0].key}: not found" for left in waiting.values() if left)


def _likest(content: Counter[object], line: int | None, alike: list[_Table]) -> _Table:
    """The one of several tables of one name that has the same content, on the same line."""

    # CPython visits the `else` of a `try` before its handlers: order alone does not tell.
    def unlike(table: _Table) -> tuple[bool, int]:
        other = table.content()
        elsewhere = line is not None and table.symbols.get_lineno() != line
        return elsewhere, ((content - other) + (other - content)).total()

    return min(alike, key=unlike)


def _content(facts: ModuleFacts, number: int) -> Counter[object]:
    scope = facts.scopes[number]
    inner = (
        _content(facts, child) + Counter([_key(facts.scopes[child])])
        for child in _inside(facts, number)
    )
    return sum(inner, Counter[object]({*scope.locals, *(read.id for read in scope.reads)}))


def _inside(facts: ModuleFacts, number: int) -> Iterator[int]:
    for inner in facts.scopes[number].children:
        if INLINED and facts.scopes[inner].kind == "comprehension":
            yield from _inside(facts, inner)
        else:
            yield inner


def _key(scope: Scope) -> tuple[str, str]:
    return scope.kind, scope.name if scope.kind in ("class", "function") else ""


def _agree(facts: ModuleFacts, number: int, name: str, tables: dict[int, _Table]) -> bool:
    found = facts.owner(number, name) or MODULE
    if name in _IMPLICIT:
        return True
    try:
        if INLINED and facts.scopes[found].kind == "comprehension":
            return tables[number].lookup(name).is_free()
        wanted = tables[number].owner(name)
    except KeyError:
        return False
    return wanted is (None if found == MODULE else tables.get(found))


def _binds_the_same(facts: ModuleFacts, number: int, table: _Table) -> bool:
    scope, private = facts.scopes[number], f"_{_class_around(table)}__"
    bound = {name for name in table.symbols.get_identifiers() if table.binds(name)} - {".0"}
    bound = {"__" + n[len(private) :] if n.startswith(private) else n for n in bound}
    extra = {n for inner in facts.scopes for n in inner.globals} if number == MODULE else set()
    inlined = set(_inlined(facts, number)) if INLINED else set()
    return bound - inlined <= scope.locals <= bound | extra


def _inlined(facts: ModuleFacts, number: int) -> Iterator[str]:
    for inner in facts.scopes[number].children:
        if facts.scopes[inner].kind == "comprehension":
            yield from facts.scopes[inner].locals
            yield from _inlined(facts, inner)


def _class_around(table: _Table) -> str:
    around: _Table | None = table
    while around is not None and around.symbols.get_type() != "class":
        around = around.parent
    return around.symbols.get_name().lstrip("_") if around else "<"
