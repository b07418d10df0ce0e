"""What code on a worker can call instead of what only the driver can call."""

from __future__ import annotations

import libcst as cst

from sparkguard import pyspark_api as api
from sparkguard.model import Refused
from sparkguard.repair import Instead
from sparkguard.source.module import Module
from sparkguard.source.repairs.layout import code

_CLOSED = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.SimpleString)
"""Expressions that need no parentheses, wherever they stand."""


def instead(module: Module, at: int, refused: Refused) -> Instead | None:
    """The plain Python that does what a call was meant to do.

    Args:
        module: The file of the call.
        at: The number of the word that is called.
        refused: Which function it is.
    """
    call = _call(module, module.anchors.nodes[at])
    if call is None:
        return None
    if refused == api.UDF_CALL:
        return Instead(module.anchors.span_of(call.func), f"{_text(module, call.func)}.func")
    plain = api.PLAIN_PYTHON.get(refused.type)
    given = [argument.value for argument in call.args if not (argument.keyword or argument.star)]
    if plain is None or len(given) != len(call.args) or len(given) != plain.count("{"):
        return None
    if _is_taken(module, plain.partition("(")[0]):
        return None
    return Instead(module.anchors.span_of(call), plain.format(*(_text(module, g) for g in given)))


def _is_taken(module: Module, name: str) -> bool:
    """Whether a builtin of this name may be something else in a file."""
    bound = any(name in scope.locals for scope in module.facts.scopes)
    return bool(name.isidentifier() and (module.facts.stars or bound))


def _call(module: Module, word: cst.CSTNode) -> cst.Call | None:
    """The call of a name, or of the attribute that a word is."""
    outer = module.anchors.parents.get(word)
    if isinstance(outer, cst.Attribute) and outer.attr is word:
        word, outer = outer, module.anchors.parents.get(outer)
    return outer if isinstance(outer, cst.Call) and outer.func is word else None


def _text(module: Module, node: cst.BaseExpression) -> str:
    text = code(module, node)
    return text if isinstance(node, _CLOSED) else f"({text})"
