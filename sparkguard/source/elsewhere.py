"""Which functions run on workers alone: what they bind is not there yet when a function ships."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from sparkguard.source import classes, worker
from sparkguard.source.facts import MODULE
from sparkguard.source.module import Module
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Found, Frame, Value

_SCOPES = 400
_Scope = tuple[Module, int]


class Elsewhere:
    """What only the workers do of all that a shipped value does."""

    def __init__(self, evaluator: Evaluator, shipped: Iterable[Value]) -> None:
        entries = [frame for value in shipped for frame in worker.entries(evaluator, value)]
        self._evaluator = evaluator
        self._methods = {frame.facts.name for frame in entries if _is_method(frame)} - {"__init__"}
        self.frames = {(frame.module, frame.scope): frame for frame in _reached(evaluator, entries)}
        """What runs on the workers, the shipped function first: a frame for each scope."""
        self._known: dict[_Scope, bool] = {}

    def binds(self, found: Found) -> bool:
        """Whether a value gets its name, or becomes an attribute, only where the function runs."""
        if found.module is None:
            return False
        number = found.module.binders.get(found.at, MODULE)
        return number != MODULE and self._runs(found.module, number)

    def _runs(self, module: Module, number: int) -> bool:
        scope = (module, number)
        if scope not in self._known:
            self._known[scope] = True  # where it calls itself
            there = scope in self.frames or self._overrides(module, number)
            callers = self._callers(module, number)
            self._known[scope] = there and all(self._runs(*caller) for caller in callers)
        return self._known[scope]

    def _overrides(self, module: Module, number: int) -> bool:
        """Whether a method is another class's version of one that ships."""
        frame = self._evaluator.frame(module, number)
        return _is_method(frame) and frame.facts.name in self._methods

    def _callers(self, module: Module, number: int) -> Iterator[_Scope]:
        """The scopes that call a function."""
        frame = self._evaluator.frame(module, number)
        names = classes.called_as(frame)
        for caller, scope, call in self._evaluator.index.calls_to(names, module) if names else ():
            where = self._evaluator.frame(caller, scope)
            called = self._evaluator.values(call.function, where)
            functions = (f for value in called for f, _ in classes.callees(self._evaluator, value))
            if any(function.facts is frame.facts for function in functions):
                yield caller, scope


def _is_method(frame: Frame) -> bool:
    return frame.parent is not None and frame.parent.facts.kind == "class"


def _reached(evaluator: Evaluator, entries: Iterable[Frame]) -> Iterator[Frame]:
    pending = deque(entries)
    seen: set[_Scope] = set()
    while pending and len(seen) < _SCOPES:
        frame = pending.popleft()
        scope = (frame.module, frame.scope)
        if scope in seen:
            continue
        seen.add(scope)
        yield frame
        pending.extend(frame.child(number) for number in frame.facts.children)
        for call in frame.facts.calls:
            for value in evaluator.values(call.function, frame):
                pending.extend(evaluator.runs(value, call, frame))
