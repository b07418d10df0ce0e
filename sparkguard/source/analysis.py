"""The source witness as a whole: texts in, the ship points of each file out."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sparkguard.model import TARGETS, Act, Capture, ShipPoint, Target
from sparkguard.pyspark_api import Own
from sparkguard.source import accumulators, capture, changed, draws, gate, late, returned, wording
from sparkguard.source.acts import Acts, builds, told_once
from sparkguard.source.index import ProjectIndex
from sparkguard.source.module import Module
from sparkguard.source.ship import Shipment, shipments
from sparkguard.source.syntax import ParseError, check_python
from sparkguard.source.text import SourceText
from sparkguard.source.types import Evaluator
from sparkguard.source.worker import Imports

_RECURSION = 8_000
_COLLECT = (100_000, 50, 500)
"""After how many new objects, and how many rounds, the garbage collector looks for cycles."""


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a file cannot be read as Python: 1-based line and column, and a sentence."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class FileAnalysis:
    """What one file ships, or why it cannot be told."""

    path: str
    ship_points: tuple[ShipPoint, ...] = ()
    problem: SyntaxProblem | None = None


def analyse(
    checked: Sequence[SourceText],
    around: Sequence[Path] = (),
    targets: tuple[Target, ...] = TARGETS,
    own: Own | None = None,
) -> Iterator[FileAnalysis]:
    """Reads files and follows what each ships.

    Each file is followed anew: what is said of it depends on no file that was checked before it.

    Args:
        checked: The files to report on.
        around: Other Python files of the project, read where they define or call what is checked.
        targets: The kinds of Spark that the code must run on.
        own: What the project's settings add to the tables.

    Yields:
        One result per checked file, in order.
    """
    index = ProjectIndex(checked, around)
    with _room():
        for source in checked:
            yield _analysis(Evaluator(index, own), source, targets)


def _analysis(
    evaluator: Evaluator, source: SourceText, targets: tuple[Target, ...]
) -> FileAnalysis:
    try:
        return FileAnalysis(source.name, tuple(_ship_points(evaluator, source, targets)))
    except ParseError as error:
        problem = SyntaxProblem(error.line, error.column, error.reason)
        return FileAnalysis(source.name, problem=problem)


@contextmanager
def _room() -> Iterator[None]:
    """Room for trees as deep as `syntax` lets through, and for their nodes.

    Some frames are open for each level. Trees and facts hold no cycles: looking for some in them
    as often as Python does takes two fifths of the time, and so does one look after each file.
    """
    depth, thresholds = sys.getrecursionlimit(), gc.get_threshold()
    sys.setrecursionlimit(max(depth, _RECURSION))
    gc.set_threshold(*_COLLECT)
    try:
        yield
    finally:
        sys.setrecursionlimit(depth)
        gc.set_threshold(*thresholds)


def _ship_points(
    evaluator: Evaluator, source: SourceText, targets: tuple[Target, ...]
) -> Iterator[ShipPoint]:
    if not gate.may_ship(source.text, evaluator.own):
        check_python(source.text)
        return
    module = evaluator.index.parse(source)
    yield from told_once(_of_module(evaluator, module, targets))


def _of_module(
    evaluator: Evaluator, module: Module, targets: tuple[Target, ...]
) -> Iterator[ShipPoint]:
    imports = Imports(evaluator)
    built: tuple[Act, ...] | None = None
    for shipment in shipments(evaluator, module):
        evaluator.refuel()
        at_hand = tuple(target for target in targets if target in shipment.point.targets)
        if at_hand:
            built = tuple(builds(evaluator, module)) if built is None else built
            walk = capture.Walk(evaluator, imports, shipment)
            point = _ship_point(walk, module, shipment, at_hand)
            evaluator.refuel()
            yield replace(point, acts=(*Acts(evaluator, shipment).found(), *built))


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
