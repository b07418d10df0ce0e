"""What can be done with what shipped code reads where nothing in it gives a plain value."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from sparkguard.diagnostic import Applicability
from sparkguard.source.repairs.asking import Asker, inside
from sparkguard.source.repairs.fresh import numbers
from sparkguard.source.repairs.plain import Plain
from sparkguard.source.values import Instance, Library

_SHOWN, _UNSAFE, _SAFE = sorted(Applicability)
_ROWS = ("pyspark.sql.DataFrame", "pyspark.RDD")
"""What can be collected."""
_GOES_ON = (
    cst.Attribute,
    cst.Subscript,
    cst.BaseElement,
    cst.BaseDictElement,
    cst.Assign,
    cst.AnnAssign,
    cst.NamedExpr,
    cst.Param,
)
"""Where more may be asked of a value than its rows."""
_SCOPES = (cst.FunctionDef, cst.ClassDef, cst.Lambda)


def beyond(asker: Asker, chain: Sequence[cst.BaseExpression]) -> Plain | None:
    """What stands for expressions, each made of the one before, that give no plain values.

    Args:
        asker: Answers what an expression of the function is.
        chain: The name that is read, and what is made of it.
    """
    last = chain[-1]
    around = asker.parents.get(last)
    seen = isinstance(last, cst.Name | cst.Attribute)
    match around:
        case cst.FormattedStringExpression(conversion=None, format_spec=None, equal=None):
            return Plain(last, "", _UNSAFE if _calls(last) else _SAFE, "str({})")
        case cst.Expr() if isinstance(last, cst.Call) and not _is_conditional(asker, last):
            return Plain(last, applicability=_SHOWN, unused=around)
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            if _is_idle(asker, around, name):
                return Plain(last, applicability=_UNSAFE if seen else _SHOWN, unused=around)
        case cst.NamedExpr(target=cst.Name(value=name)) | cst.Param(name=cst.Name(value=name)):
            if seen and _is_idle(asker, around, name):
                return Plain(last, applicability=_UNSAFE, unread=True)
    return _collected(asker, chain)


def _collected(asker: Asker, chain: Sequence[cst.BaseExpression]) -> Plain | None:
    """The widest expression that makes a frame which nothing more is asked of: its rows."""
    for node in reversed(chain):
        if isinstance(node, cst.Call) and _is_last(asker, node) and _is_frame(asker, node):
            return Plain(node, applicability=_SHOWN, text="{}.collect()")
    return None


def _is_last(asker: Asker, node: cst.Call) -> bool:
    """Whether a value goes nowhere that could ask more of it, as far as the code shows."""
    around = asker.parents.get(node)
    if isinstance(around, cst.Arg):
        called = getattr(asker.parents.get(around), "func", None)
        values = asker.values(called) if isinstance(called, cst.Name) else ()
        return bool(values) and all(
            isinstance(one, Library) and one.name.startswith("builtins.") for one in values
        )
    return not isinstance(around, _GOES_ON)


def _is_frame(asker: Asker, node: cst.BaseExpression) -> bool:
    values = asker.values(node)
    return bool(values) and all(
        isinstance(value, Instance) and value.type in _ROWS for value in values
    )


def _calls(node: cst.CSTNode) -> bool:
    return any(isinstance(each, cst.Call) for each in inside(node))


def _is_conditional(asker: Asker, node: cst.CSTNode | None) -> bool:
    """Whether code runs only sometimes where its function does."""
    while node is not None and not isinstance(node, _SCOPES):
        if isinstance(node, cst.If | cst.Match | cst.ExceptHandler | cst.ExceptStarHandler):
            return True
        node = asker.parents.get(node)
    return False


def _is_idle(asker: Asker, node: cst.CSTNode | None, name: str) -> bool:
    """Whether a name that a node binds is the function's own, and nothing in there reads it."""
    while node is not None and not isinstance(node, _SCOPES):
        node = asker.parents.get(node)
    if isinstance(node, cst.ClassDef):
        return False
    scopes = [asker.module.facts.scopes[n] for n in numbers(asker.module, asker.function.scope)]
    declared = any(name in scope.globals | scope.nonlocals for scope in scopes)
    return not declared and all(read.id != name for scope in scopes for read in scope.reads)
