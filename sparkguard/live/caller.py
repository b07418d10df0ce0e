"""Which call of the user's made Spark pickle, and what of a payload is the user's."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from types import CellType, FrameType, FunctionType, MethodType
from typing import Any

from sparkguard.live.kinds import dotted
from sparkguard.live.origin import is_users_class, is_users_file
from sparkguard.live.places import Site
from sparkguard.live.walk import Node
from sparkguard.pyspark_api import SHIP_POINTS, canonical, member

_FUNCTIONS = "pyspark.sql.functions."
_EVAL_TYPES = ((300, "udtf"), (250, "arrow_udf"), (200, "pandas_udf"), (0, "udf"))
_CONTAINERS = (tuple, list, dict, set, frozenset)
_WAYS = (*_CONTAINERS, CellType)


def caller(frame: FrameType | None) -> tuple[str, Site | None]:
    """The public call of PySpark that the nearest user's line makes, and that line.

    Args:
        frame: Where Spark pickles.
    """
    called: FrameType | None = None
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith("pyspark."):
            called = frame
        elif called is not None and is_users_file(frame.f_code.co_filename):
            return _api(called), Site.of(frame)
        frame = frame.f_back
    return (_api(called) if called else ""), None


def _api(frame: FrameType) -> str:
    """The name in the tables of a function of PySpark that runs."""
    name, own = frame.f_code.co_name, frame.f_locals.get("self")
    if own is None:
        return canonical(f"{frame.f_globals.get('__name__', '')}.{name}")
    kind = getattr(own, "__dict__", {}).get("evalType")
    if isinstance(kind, int):
        return _FUNCTIONS + next(word for least, word in _EVAL_TYPES if kind >= least)
    owner = canonical(dotted(type(own)))
    found = member(owner, name)
    return found.name if found else f"{owner}.{name}"


def handed_over(nodes: Sequence[Node]) -> Iterator[tuple[Node, str]]:
    """What of a payload the user gave to Spark, each with the call that Spark wrapped it for.

    Args:
        nodes: A walk through what is pickled: functions of PySpark may be around the user's.
    """
    outermost: dict[int, Node] = {}
    for node in nodes:  # what holds a thing comes before it
        above = outermost.get(id(node.above))
        if above is not None:
            outermost[id(node)] = above
        elif node.refusal or not _is_wrapper(node.obj):
            outermost[id(node)] = node
    bad = {id(outermost[id(node)]) for node in nodes if node.refusal}
    tops = [node for node in nodes if outermost.get(id(node)) is node]
    given = (_whole(node) for node in tops if id(node) in bad or _ships(node.obj))
    for node in dict.fromkeys(given):
        yield node, _wrapped_by(node.line[:-1])


def _whole(node: Node) -> Node:
    """Data with the containers that it was given in; those of Spark hold functions, too."""
    above = node.above
    while above is not None and not callable(node.obj) and type(above.obj) in _CONTAINERS:
        if any(callable(held.obj) for held in above.held):
            break
        node, above = above, above.above
    return node


def _is_wrapper(obj: Any) -> bool:
    if isinstance(obj, FunctionType):
        return _of_spark(obj) and "<locals>" in obj.__qualname__
    if isinstance(obj, MethodType):
        return _of_spark(obj.__func__)
    return isinstance(obj, _WAYS) or (not isinstance(obj, type) and _of_spark(type(obj)))


def _of_spark(obj: Any) -> bool:
    return str(obj.__module__).startswith("pyspark.")


def _ships(obj: Any) -> bool:
    """Whether a thing is what the user meant to ship, and not what comes with any function."""
    if isinstance(obj, partial):
        return True
    obj = obj.__func__ if isinstance(obj, MethodType) else obj
    own: Any = obj if isinstance(obj, FunctionType | type) else type(obj)
    return (callable(obj) or is_users_class(own)) and not _of_spark(own) and not _is_standard(own)


def _is_standard(obj: Any) -> bool:
    return str(obj.__module__).partition(".")[0] in sys.stdlib_module_names - {"__main__"}


def _wrapped_by(line: Sequence[Node]) -> str:
    """The call whose function of its own holds the user's: `RDD.map.<locals>.func`."""
    for node in reversed(line):
        if isinstance(node.obj, FunctionType):
            owner = node.obj.__qualname__.partition(".<locals>")[0]
            name = canonical(f"{node.obj.__module__}.{owner}")
            if name in SHIP_POINTS:
                return name
    return ""
