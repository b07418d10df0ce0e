"""Names for new values: what they hold says what they are called, and nothing around has them."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from itertools import chain, count

import libcst as cst

from sparkguard.source.facts import MODULE
from sparkguard.source.module import Module

_CALLED = {
    "collect": "rows",
    "first": "row",
    "get": "setting",
    "head": "rows",
    "len": "size",
    "repr": "text",
    "str": "text",
    "tail": "rows",
    "take": "rows",
    "toArrow": "table",
    "toPandas": "rows",
}
"""What the values of some functions are called."""
_HELD = re.compile(r"(?:[^\W\d]\w*\.)*([^\W\d]\w*)\.[^\W\d]\w*(?:\(.*\))?$", re.DOTALL)
"""An attribute, or a call of one, of `edges` in `graph.edges.columns`."""
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")


class Names:
    """Names for values that nothing in a scope or inside it has, one for each text."""

    def __init__(self, module: Module, scope: int) -> None:
        inside = [module.facts.scopes[number] for number in numbers(module, scope)]
        read = (read.id for each in inside for read in each.reads)
        bound = (name for each in inside for name in each.locals)
        top = module.facts.scopes[MODULE].bindings
        self._taken = {*read, *bound, *top, *dir(builtins)}
        self._given: dict[str, str] = {}

    def of(self, text: str, word: str) -> str:
        """The name for what `text` gives.

        Args:
            text: An expression.
            word: What its value may be called.
        """
        if text not in self._given:
            plain = word if word.isidentifier() else "value"
            held = _HELD.match(text)
            longer = [f"{held[1]}_{plain}"] if held and held[1] not in ("self", "cls") else []
            tries = chain([plain, *longer, f"{plain}_value"], (f"{plain}_{n}" for n in count(2)))
            name = next(name for name in tries if name not in self._taken)
            self._taken.add(name)
            self._given[text] = name
        return self._given[text]


def numbers(module: Module, scope: int) -> Iterator[int]:
    """The numbers of a scope and of those inside it."""
    yield scope
    for child in module.facts.scopes[scope].children:
        yield from numbers(module, child)


def word(node: cst.BaseExpression) -> str:
    """What a value may be called: `rate` of `self.rate`, the end of the key of a setting."""
    match node:
        case cst.Call(func=cst.Attribute(), args=[cst.Arg(value=cst.SimpleString() as key), *_]):
            words = "".join(c if c.isalnum() else " " for c in str(key.evaluated_value)).split()
            return "_".join(words[-2:]).lower() if words and words[0][0].isalpha() else "value"
        case cst.Call(func=cst.Attribute(attr=called)) | cst.Call(func=cst.Name() as called):
            return _CALLED.get(called.value) or _CAPITAL.sub(r"_\1", called.value).lower()
        case cst.Attribute(attr=attr):
            return attr.value.lstrip("_")
    return "value"
