"""What happens where a worker imports modules of the project: each is followed once for all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from sparkguard.pyspark_api import Own
from sparkguard.source import worker
from sparkguard.source.aliases import Aliases
from sparkguard.source.index import ProjectIndex
from sparkguard.source.module import Module
from sparkguard.source.needed import Assumed
from sparkguard.source.needs import Doing, Needs
from sparkguard.source.notes import Known
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Value

_Reached: TypeAlias = tuple[tuple[worker.Way, ...], worker.Done]
"""The way to a module, and what it does."""


class Imports:
    """What happens on a worker when it imports a module of the project.

    It is the same for all that ships: each module is followed once, and by an evaluator of its own.
    """

    def __init__(
        self, index: ProjectIndex, own: Own | None = None, aliases: Aliases | None = None
    ) -> None:
        self._index, self._own, self._aliases = index, own, aliases
        self._known: Known[tuple[Module, Assumed], tuple[worker.Ran, ...]] = {}
        self._done: dict[tuple[Module, Assumed], tuple[worker.Done, Needs]] = {}

    def refused(self, module: Module, assumed: Assumed) -> tuple[worker.Ran, ...]:
        """The calls that importing a module makes and a worker refuses, nearest first.

        Args:
            module: What is imported.
            assumed: The arms that are known to run there.
        """
        key = (module, assumed)
        return self._index.kept(self._known, key, lambda: self._imported(module, assumed))

    def _imported(self, module: Module, assumed: Assumed) -> tuple[worker.Ran, ...]:
        entered = worker.Done((), tuple(worker.with_packages(self._index, module, ())))
        return self._refused(entered, assumed)

    def refused_calls(self, evaluator: Evaluator, shipped: Value) -> tuple[worker.Ran, ...]:
        """The calls that running a shipped value makes and a worker refuses, nearest first."""
        runs = (worker.Run(frame, direct=True) for frame in worker.entries(evaluator, shipped))
        return self._refused(worker.followed(evaluator, runs), frozenset())

    def doing(self, module: Module) -> Doing | None:
        """What importing a module does; `None` where a worker refuses something of it."""
        return _told(*self._done_by(module, frozenset()))

    def _refused(self, first: worker.Done, assumed: Assumed) -> tuple[worker.Ran, ...]:
        if not first.refused and self._is_harmless(first, assumed):
            return ()
        nearest: dict[tuple[Module, int], worker.Ran] = {}
        for through, done in self._reached(first, assumed):
            for ran in done.refused:
                last, way = ran.way[-1], (*through, *ran.way)
                known = nearest.get((last.module, last.at))
                if known is None or len(way) < len(known.way):
                    nearest[last.module, last.at] = worker.Ran(ran.refused, way)
        return tuple(sorted(nearest.values(), key=lambda ran: len(ran.way)))

    def _is_harmless(self, first: worker.Done, assumed: Assumed) -> bool:
        """Whether a worker refuses nothing of all that is imported, as `_reached` goes through."""
        pending = deque((module.source.path, len(way)) for module, way in first.imported)
        met, runs = set[Path](), first.runs
        while pending and runs < worker.RUNS:
            path, steps = pending.popleft()
            if path not in met and steps <= worker.DEPTH:
                met.add(path)
                module = self._index.at(path)
                doing = None if module is None else self._doing(module, assumed)
                if doing is None:
                    return False
                runs += doing.runs
                pending += ((target, steps + more) for target, more in doing.imported)
        return True

    def _doing(self, module: Module, assumed: Assumed) -> Doing | None:
        """What importing a module does, remembered if it can be, where that is nothing refused."""
        if any(arm[0] is module for arm in assumed):
            done, needs = self._done_by(module, assumed)
            self._index.hangs_on(needs)
            return _told(done, needs)
        path = module.source.path
        doing = self._index.memory.doing(path) or self.doing(module)
        if doing is not None:
            self._index.hangs_on(Needs(run={path}))
        return doing

    def _reached(self, first: worker.Done, assumed: Assumed) -> Iterator[_Reached]:
        """What is done first, and in all modules that are imported then, with the way to each."""
        yield (), first
        pending, met = deque(first.imported), set[Module]()
        runs = first.runs
        while pending and runs < worker.RUNS:
            module, through = pending.popleft()
            if module not in met and len(through) <= worker.DEPTH:
                met.add(module)
                done, needs = self._done_by(module, assumed)
                self._index.hangs_on(needs)
                runs += done.runs
                yield through, done
                pending += ((target, (*through, *way)) for target, way in done.imported)

    def _done_by(self, module: Module, assumed: Assumed) -> tuple[worker.Done, Needs]:
        """What a module does itself when it is imported, and what that hangs on."""
        here = frozenset(arm for arm in assumed if arm[0] is module)
        key = (module, here)
        if key not in self._done:
            with self._index.noting() as needs:
                self._index.hangs_on(Needs({module.source.path}))
                self._done[key] = (self._run(module, here), needs)
        return self._done[key]

    def _run(self, module: Module, assumed: Assumed) -> worker.Done:
        evaluator = Evaluator(self._index, self._own, self._aliases)
        run = worker.Run(evaluator.frame(module), imported=module, assumed=assumed)
        return worker.followed(evaluator, (run,))


def _told(done: worker.Done, needs: Needs) -> Doing | None:
    """What importing a module does, where nothing of that is refused."""
    if done.refused:
        return None
    imported = tuple((target.source.path, len(way)) for target, way in done.imported)
    return Doing(imported, done.runs, needs)
