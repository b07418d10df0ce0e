"""The tree of what holds the bytes of a payload, in the user's words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from types import CellType, CodeType, FunctionType, MethodType

from sparkguard.live.kinds import dotted
from sparkguard.live.origin import is_users_class
from sparkguard.live.walk import Node
from sparkguard.payload import Weight

_SHARE = 0.01
"""Parts that are lighter than this share of the whole are not told."""
_PARTS = 8
_DEPTH = 8
_LIGHT = 512
"""Bytes: nobody asks for what is lighter."""
_OPEN = (FunctionType, MethodType, CellType, type, partial, dict, list, tuple, set, frozenset)
_PLAIN = ("builtins", "collections", "types")


def weight(root: Node, name: str, most: int) -> Weight:
    """The tree below a node.

    Args:
        root: What ships.
        name: What it is called.
        most: The bytes of the whole payload, counted exactly. What a part weighs is an estimate;
            none counts for more than the whole.
    """
    return _weight(root, name, max(_LIGHT, int(root.bytes * _SHARE)), most, _DEPTH)


def _weight(node: Node, text: str, least: int, most: int, depth: int) -> Weight:
    parts = sorted(_parts(node, least), key=lambda part: -part[0].bytes)[:_PARTS]
    held = tuple(_weight(part, said, least, most, depth - 1) for part, said in parts if depth)
    return Weight(text, dotted(type(node.obj)), min(node.bytes, most), held)


def _parts(node: Node, least: int) -> Iterator[tuple[Node, str]]:
    """What people see in it: of a library's object, nothing."""
    kind = type(node.obj)
    if not (isinstance(node.obj, _OPEN) or kind.__module__ in _PLAIN or is_users_class(kind)):
        return
    for below in node.held:
        if below.bytes >= least and not isinstance(below.obj, CodeType):
            if below.step:
                yield _through(below)
            else:
                yield from _parts(below, least)


def _through(node: Node) -> tuple[Node, str]:
    """What a step leads to; a cell and its like are only the way."""
    step, text = node.step, node.step.text if node.step else ""
    while step and isinstance(node.obj, CellType) and node.held:
        node = max(node.held, key=lambda held: held.bytes)
    return node, text
