"""How a function can do without something that is made of constants: it makes it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from sparkguard.diagnostic import Span
from sparkguard.repair import Inside
from sparkguard.source.facts import MODULE, Constant, Import
from sparkguard.source.module import Module
from sparkguard.source.repairs.asking import inside
from sparkguard.source.repairs.layout import above, code
from sparkguard.source.taken import Taken

if TYPE_CHECKING:
    from sparkguard.source.values import Function


def made_inside(taken: Taken) -> Inside | None:
    """The statement by which a function can make what it takes, at its beginning.

    Args:
        taken: The function, and the name that it takes.

    Returns:
        `None` where the thing is not made by one call of constants and imported names.
    """
    module, scope = taken.function.frame.module, taken.function.frame.scope
    owner = module.facts.owner(scope, taken.name)
    bindings = () if owner is None else module.facts.scopes[owner].bindings.get(taken.name, ())
    if owner is None or len(bindings) != 1 or taken.name in taken.function.facts.globals:
        return None
    made = _made(module, module.anchors.nodes[bindings[0].at], taken.name)
    first = _first(taken.function)
    place = None if first is None else above(module, first)
    if made is None or place is None or not _is_known_everywhere(module, owner, made):
        return None
    return Inside(taken.name, f"{taken.name} = {code(module, made, place.indent)}", place)


def _made(module: Module, node: cst.CSTNode | None, name: str) -> cst.Call | None:
    """The call whose value a statement gives to a name and to nothing else."""
    while node is not None and not isinstance(node, cst.BaseSmallStatement):
        node = module.anchors.parents.get(node)
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=bound))], value=value):
            return value if bound == name and isinstance(value, cst.Call) else None
    return None


def _first(function: Function) -> Span | None:
    """The first statement of a `def`, behind its docstring."""
    module = function.frame.module
    node = module.anchors.nodes[function.facts.statement]
    match node:
        case cst.FunctionDef(body=cst.IndentedBlock(body=[*body])):
            with_words = node.get_docstring() is not None and len(body) > 1
            return module.anchors.span_of(body[1 if with_words else 0])
    return None


def _is_known_everywhere(module: Module, scope: int, made: cst.Call) -> bool:
    """Whether an expression is made of constants, builtins, and what the file imports."""
    parts = set(inside(made))
    names = [
        read.id
        for read in module.facts.scopes[scope].reads
        if module.anchors.nodes[read.at] in parts
    ]
    closed = not any(isinstance(part, cst.Lambda | cst.BaseComp | cst.NamedExpr) for part in parts)
    return closed and all(_is_fixed(module, scope, n) for n in names)


def _is_fixed(module: Module, scope: int, name: str) -> bool:
    owner = module.facts.owner(scope, name)
    bindings = module.facts.scopes[MODULE].bindings.get(name, ())
    fixed = all(isinstance(binding.value, Import | Constant) for binding in bindings)
    return owner is None or (owner == MODULE and fixed)
