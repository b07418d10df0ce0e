"""The shortest ways through what a dry run met, and what each thing on them weighs."""

from __future__ import annotations

import heapq
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from sparkguard.live.cloud import PROTOCOL
from sparkguard.live.dryrun import Counter, DryRun, Refusal
from sparkguard.live.edges import Edge, of_container, of_part
from sparkguard.model import Step

_VALUES = frozenset({type(None), bool, int, float, complex, str, bytes, bytearray})
_CONTAINERS = frozenset({dict, list, tuple, set, frozenset})
_CLASS = Step("attribute", ".__class__")
_NUMBER = 9
"""Bytes of a number, and of what holds an object together."""
_LARGE = 1024
"""Bytes from which on a text is a thing of its own, and items from which on one looks twice."""


@dataclass(slots=True, eq=False)
class Node:
    """An object on the shortest way to it.

    Args:
        obj: The object.
        above: What holds it there.
        step: The step from that, if a user sees one.
        refusal: Why it does not travel.
        bytes: Its own weight and that of all that is reached through it first.
        held: What is reached through it first.
        ways: For what refuses: every step that leads to it, and from where.
    """

    obj: object
    above: Node | None = None
    step: Step | None = None
    refusal: Refusal | None = None
    bytes: int = 0
    held: list[Node] = field(default_factory=list)
    ways: list[tuple[Node, Step | None]] = field(default_factory=list)

    @property
    def line(self) -> list[Node]:
        """The nodes from the root to this one."""
        nodes, node = [self], self
        while node.above is not None:
            node = node.above
            nodes.append(node)
        return nodes[::-1]


def walk(run: DryRun) -> list[Node]:
    """Every object that a dry run met, the nearest first; the root is the first of all."""
    return _Walk(run).nodes()


class _Walk:
    """Dijkstra's algorithm over the edges; no recursion, however deep the structure."""

    def __init__(self, run: DryRun) -> None:
        self._run = run
        self._done: dict[int, Node] = {}
        self._order = count()
        self._waiting: list[tuple[int, int, Node]] = []
        self._ways: dict[int, list[tuple[Node, Step | None]]] = {}

    def nodes(self) -> list[Node]:
        heapq.heappush(self._waiting, (0, 0, Node(self._run.root)))
        while self._waiting:
            cost, _, node = heapq.heappop(self._waiting)
            if id(node.obj) in self._done:
                continue
            self._done[id(node.obj)] = node
            if node.above is not None:
                node.above.held.append(node)
            self._expand(cost, node)
        nodes = list(self._done.values())
        self._weigh(nodes)
        return nodes

    def _expand(self, cost: int, node: Node) -> None:
        part = self._run.parts.get(id(node.obj))
        node.bytes = _NUMBER if part or type(node.obj) in _CONTAINERS else _size(node.obj)
        if part and part.refusal:
            node.refusal, node.ways = part.refusal, self._ways.setdefault(id(node.obj), [])
            return
        for edge in self._edges(node):
            if type(edge.obj) in _VALUES and (size := _size(edge.obj)) < _LARGE:
                node.bytes += size
            else:
                self._follow(cost, node, edge)

    def _edges(self, node: Node) -> Iterator[Edge]:
        obj = node.obj
        part = self._run.parts.get(id(obj))
        if part:
            above = node.above
            entered = above is not None and type(above.obj) is obj
            return of_part(part, entered)
        if type(obj) in _CONTAINERS and len(obj) >= _LARGE:  # type: ignore[arg-type]
            size = _plain_size(obj)
            if size is not None:
                node.bytes = size
                return iter(())
        return of_container(obj)

    def _follow(self, cost: int, node: Node, edge: Edge) -> None:
        part = self._run.parts.get(id(edge.obj))
        if part and part.refusal:
            step = edge.step or (_CLASS if isinstance(edge.obj, type) else None)
            self._ways.setdefault(id(edge.obj), []).append((node, step))
        if id(edge.obj) not in self._done:
            below = Node(edge.obj, node, edge.step)
            heapq.heappush(self._waiting, (cost + edge.cost, next(self._order), below))

    def _weigh(self, nodes: list[Node]) -> None:
        for node in reversed(nodes):
            if node.above is not None:
                node.above.bytes += node.bytes


def _size(obj: object) -> int:
    """Bytes of a plain value in a pickle, about; buffers are counted and not copied."""
    if isinstance(obj, str | bytes | bytearray):
        return len(obj) + 2
    if isinstance(obj, pickle.PickleBuffer):
        with obj.raw() as memory:
            return memory.nbytes
    return _NUMBER


class _Only(pickle.Pickler):
    """Takes plain values and their containers, and nothing else."""

    def reducer_override(self, obj: object) -> str:
        raise LookupError


def _plain_size(obj: object) -> int | None:
    """Bytes of a container that holds nothing but plain values, at the speed of C."""
    sink = Counter()
    try:
        _Only(sink, protocol=PROTOCOL).dump(obj)
    except Exception:
        return None
    return sink.bytes
