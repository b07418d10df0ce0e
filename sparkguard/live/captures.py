"""What a dry run found, in the records that the rules read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from types import CellType, CodeType, FunctionType, MethodType

from sparkguard.diagnostic import Span
from sparkguard.live import places
from sparkguard.live.dryrun import DryRun, Refusal
from sparkguard.live.kinds import Kinds, dotted
from sparkguard.live.origin import is_users_class
from sparkguard.live.walk import Node
from sparkguard.model import Capture, Step

_WAYS = 10
"""So many ways to one thing that refuses are told."""
_DEPTH = 3
"""So many steps into what is nested too deep are told."""
_HOLDS_NOTHING = (FunctionType, MethodType, type, partial, dict, list, tuple, set, frozenset)

Line = list[tuple[Node, Step | None]]
"""The nodes on a way, each with the step that led to it."""


def name_of(obj: object) -> str:
    """A shipped thing in the user's words: `<lambda>`, a function's name, a type's."""
    if isinstance(obj, MethodType):
        return name_of(obj.__func__)
    if isinstance(obj, partial):
        return "partial(...)"
    if isinstance(obj, FunctionType | type):
        return obj.__qualname__.rpartition("<locals>.")[2].rpartition(".<lambda>")[2] or "<lambda>"
    return type(obj).__qualname__


def code_of(obj: object) -> CodeType | None:
    """The code that a user reads when a thing ships."""
    while isinstance(obj, partial | MethodType):
        obj = obj.func if isinstance(obj, partial) else obj.__func__
    return obj.__code__ if isinstance(obj, FunctionType) else None


class Captures:
    """Makes captures of what refuses.

    Args:
        run: The dry run.
        nodes: What it met, by `walk`.
        kinds: What is known of types.
        site: What a reader must change where no function of the user's names the captured thing.
    """

    def __init__(self, run: DryRun, nodes: Sequence[Node], kinds: Kinds, site: Span) -> None:
        self._run, self._nodes, self._kinds, self._site = run, nodes, kinds, site

    def below(self, root: Node) -> Iterator[Capture]:
        """All that refuses below a node: each thing, by each of the ways that lead to it."""
        found: dict[tuple[Step, ...], Capture] = {}
        for node in self._nodes:
            if node.refusal:
                for line in _lines(node, root):
                    capture = self._refused(root, *self._lifted(line, node.refusal))
                    found.setdefault(capture.path, capture)
        yield from found.values()
        if self._run.broken and not found:
            yield self._broken(root, self._run.broken)

    def heavy(self, root: Node) -> Iterator[Capture]:
        """All that is heavy below a node, though it travels: each thing once, with its weight."""
        told: set[int] = set()
        for node in self._nodes:
            cargo = self._kinds.cargo(node.obj, node.bytes) if _is_seen(node) else None
            line = _trimmed([(n, n.step) for n in node.line], root) if cargo else []
            if line and not any(id(above.obj) in told for above, _ in line):
                told.add(id(node.obj))
                found = self._capture(root, line, dotted(type(node.obj)))
                yield replace(found, cargo=cargo, bytes=node.bytes)

    def _lifted(self, line: Line, refusal: Refusal) -> tuple[Line, Refusal]:
        """Ends a way at the first thing on it that people know: a client, not its inner lock."""
        for number, (node, _) in enumerate(line[1:-1], 2):
            known = None if isinstance(node.obj, _HOLDS_NOTHING) else self._kinds.known(node.obj)
            if known:
                return line[:number], Refusal(known, refusal.words)
        return line, refusal

    def _refused(self, root: Node, line: Line, refusal: Refusal) -> Capture:
        found = self._capture(root, line, refusal.kind.type)
        return replace(found, refusal=refusal.words, refused=refusal.kind)

    def _capture(self, root: Node, line: Line, type: str) -> Capture:
        steps = [self._placed(step, line, number) for number, (_, step) in enumerate(line) if step]
        itself = Step("call", places.name_at(self._site) or name_of(root.obj))
        *before, last = steps or [itself]
        instances = [n for n, (node, _) in enumerate(line[:-1]) if _is_instance(node.obj)]
        outermost = line[: instances[0] + 1] if instances else None
        uses = self._uses(root.obj, (*before, last)[0])
        return Capture(
            path=(*before, Step(last.kind, last.text, type, last.span)),
            span=uses[0],
            holder=_class_name(line[instances[-1]][0].obj) if instances else None,
            entered=sum(step is not None for _, step in outermost[1:]) if outermost else None,
            uses=uses,
        )

    def _placed(self, step: Step, line: Line, number: int) -> Step:
        """A step with the place where an inner function takes it; the outermost is in `uses`."""
        above = line[number - 1][0].obj
        if number < 2 or not isinstance(above, FunctionType) or step.kind == "attribute":
            return step
        span = next(iter(places.uses(above.__code__, step.text)), None)
        return Step(step.kind, step.text, step.type, span)

    def _uses(self, root: object, first: Step) -> tuple[Span, ...]:
        code = code_of(root)
        named = isinstance(root, FunctionType) and first.kind in ("cell", "global", "default")
        return (places.uses(code, first.text) if code and named else ()) or (self._site,)

    def _broken(self, root: Node, error: Exception) -> Capture:
        """What stopped the pickler itself: the deepest thing, or the one that it met last."""
        deep = isinstance(error, RecursionError) or isinstance(error.__cause__, RecursionError)
        last = self._run.last
        node = next((n for n in self._nodes if last and n.obj is last.obj), root)
        line = _trimmed([(n, n.step) for n in (self._nodes[-1] if deep else node).line], root)
        if deep:
            steps = [number for number, (_, step) in enumerate(line) if step]
            line = line[: [*steps, len(line)][min(_DEPTH, len(steps)) - 1] + 1]
        kind = self._kinds.too_deep() if deep else self._kinds.of(node.obj)
        return self._refused(root, line, Refusal(kind, self._kinds.words(error)))


def _lines(node: Node, root: Node) -> Iterator[Line]:
    """The ways from a root to what refuses, the shortest first."""
    ways = [[*((n, n.step) for n in above.line), (node, step)] for above, step in node.ways]
    trimmed = [_trimmed(way, root) for way in ways or [[(node, None)]]]
    yield from sorted(filter(None, trimmed), key=len)[:_WAYS]


def _trimmed(line: Line, root: Node) -> Line:
    at = next((number for number, (node, _) in enumerate(line) if node is root), None)
    return [] if at is None else [(root, None), *line[at + 1 :]]


def _is_seen(node: Node) -> bool:
    """Whether a step of the user's leads to a thing, or to the cell that it is in."""
    above = node.above
    return node.step is not None or (
        above is not None and isinstance(above.obj, CellType) and above.step is not None
    )


def _class_name(obj: object) -> str:
    return type(obj).__name__


def _is_instance(obj: object) -> bool:
    return not isinstance(obj, _HOLDS_NOTHING) and is_users_class(type(obj))
