"""The source witness as a whole: texts in, the ship points of each file out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from msgspec import Struct

from sparkguard.model import Act, Capture, ShipPoint
from sparkguard.pyspark_api import Own
from sparkguard.source import accumulators, capture, changed, draws, gate, late, returned, wording
from sparkguard.source.acts import Acts, builds, told_once
from sparkguard.source.aliases import Aliases
from sparkguard.source.importing import Imports
from sparkguard.source.index import ProjectIndex
from sparkguard.source.module import Module
from sparkguard.source.needs import Doing, Learnt, Memory, Needs
from sparkguard.source.profile import Link, Profile
from sparkguard.source.ship import Shipment, shipments
from sparkguard.source.syntax import ParseError, check_python
from sparkguard.source.text import SourceText
from sparkguard.source.types import Evaluator
from sparkguard.targets import TARGETS, Target

_RECURSION = 8_000


class SyntaxProblem(Struct, frozen=True):
    """Why a file cannot be read as Python: 1-based line and column, and a sentence."""

    line: int
    column: int
    message: str


class FileAnalysis(Struct, frozen=True):
    """What one file ships, or why it cannot be told.

    Args:
        path: The file, as findings name it.
        ship_points: What ships.
        problem: Why it cannot be told.
        needs: What was looked up in the project; `None` where the project did not matter.
        learnt: What was learnt of other files on the way, and not told with a file before.
    """

    path: str
    ship_points: tuple[ShipPoint, ...] = ()
    problem: SyntaxProblem | None = None
    needs: Needs | None = None
    learnt: Learnt | None = None


class Analyser:
    """Reads files and follows what each ships.

    Each file is followed anew: what is said of it depends on no file that was checked before it.

    Args:
        checked: The files to report on.
        around: Gives the other Python files of the project, where it is asked for: they are read
            where they define or call what is checked.
        targets: The kinds of Spark that the code must run on.
        own: What the project's settings add to the tables.
        memory: What was learnt before of files on the way; with one, what is new is told.
    """

    def __init__(
        self,
        checked: Sequence[SourceText],
        around: Callable[[], Iterable[Path]] = tuple,
        targets: tuple[Target, ...] = TARGETS,
        own: Own | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._index = ProjectIndex(checked, around, memory)
        self._targets, self._own = targets, own
        self._aliases = Aliases(self._index, own or Own())
        self._imports = Imports(self._index, own, self._aliases)
        self._memory, self._told = memory, Learnt()

    def of(self, source: SourceText) -> FileAnalysis:
        """What one of the files ships."""
        needs: Needs | None = None
        try:
            with _room():
                if not gate.may_ship(source.text, self._own):
                    check_python(source.text)
                    return FileAnalysis(source.name)
                with self._index.noting() as needs:
                    points = tuple(told_once(self._ship_points(source)))
                learnt = self._learnt(needs, self._memory) if self._memory else None
                return FileAnalysis(source.name, points, needs=needs, learnt=learnt)
        except ParseError as error:
            problem = SyntaxProblem(error.line, error.column, error.reason)
            return FileAnalysis(source.name, problem=problem, needs=needs)

    def take(self, sources: Sequence[SourceText]) -> None:
        """Takes texts of the project that were read."""
        self._index.take(sources)

    def profile(self, path: Path) -> Profile | None:
        """What a file says to those that only pass it; `None` if more of it counts."""
        with _room():
            return self._index.profile(path)

    def may_link(self, path: Path, link: Link) -> bool:
        """Whether an import in a file that has a profile may give a module of the project."""
        return self._index.may_link(path, *link)

    def doing(self, path: Path) -> Doing | None:
        """What importing a file does; `None` if a worker refuses something of it."""
        with _room():
            module = self._index.at(path)
            return None if module is None else self._imports.doing(module)

    def _learnt(self, needs: Needs, memory: Memory) -> Learnt:
        """What an answer hangs on besides texts, as far as nobody was told of it."""
        learnt, told = Learnt(), self._told
        for path in sorted(path for path in needs.run if path not in told.doings):
            doing = None if memory.doing(path) else self.doing(path)
            if doing is not None:
                learnt.doings[path] = doing
        passed = needs.profiled.union(*(doing.needs.profiled for doing in learnt.doings.values()))
        for path in sorted(path for path in passed if path not in told.profiles):
            profile = None if memory.profile(path) else self.profile(path)
            if profile is not None:
                learnt.profiles[path] = profile
        told.doings |= learnt.doings
        told.profiles |= learnt.profiles
        return learnt

    def _ship_points(self, source: SourceText) -> Iterator[ShipPoint]:
        module = self._index.parse(source)
        evaluator = Evaluator(self._index, self._own, self._aliases)
        built: tuple[Act, ...] | None = None
        for shipment in shipments(evaluator, module):
            evaluator.refuel()
            at_hand = tuple(one for one in self._targets if one in shipment.point.targets)
            if at_hand:
                built = tuple(builds(evaluator, module)) if built is None else built
                walk = capture.Walk(evaluator, self._imports, shipment)
                point = _ship_point(walk, module, shipment, at_hand)
                evaluator.refuel()
                yield replace(point, acts=(*Acts(evaluator, shipment).found(), *built))


def analyse(
    checked: Sequence[SourceText],
    around: Callable[[], Iterable[Path]] = tuple,
    targets: tuple[Target, ...] = TARGETS,
    own: Own | None = None,
) -> Iterator[FileAnalysis]:
    """What each file ships, in order; for the arguments see `Analyser`."""
    return map(Analyser(checked, around, targets, own).of, checked)


@contextmanager
def _room() -> Iterator[None]:
    """Room for trees as deep as `syntax` lets through: some frames are open for each level."""
    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(max(depth, _RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(depth)


def _ship_point(
    walk: capture.Walk, module: Module, shipment: Shipment, targets: tuple[Target, ...]
) -> ShipPoint:
    evaluator = walk.evaluator
    return ShipPoint(
        api=shipment.point.name,
        function=wording.of_shipped(shipment),
        span=module.anchors.span(shipment.at),
        statement=module.anchors.span(shipment.statement),
        captures=(*walk.captures(), *_misread(walk, shipment)),
        targets=targets,
        declared=returned.declared(evaluator, shipment),
        returned=tuple(returned.returned(evaluator, shipment)),
        arrow=returned.arrow(evaluator, shipment),
        draws=tuple(draws.draws(evaluator, shipment)),
    )


def _misread(walk: capture.Walk, shipment: Shipment) -> Iterator[Capture]:
    """What travels, and is something else on the other side by the time that it is read."""
    evaluator, frames = walk.evaluator, walk.elsewhere.frames
    yield from late.rebound(shipment)
    yield from changed.changed(evaluator, shipment, frames)
    yield from accumulators.read(evaluator, shipment, frames)
