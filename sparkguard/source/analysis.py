"""The source witness as a whole: texts in, the ship points of each file out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sparkguard.model import TARGETS, ShipPoint, Target
from sparkguard.source import capture, gate
from sparkguard.source.index import Module, ProjectIndex
from sparkguard.source.ship import Shipment, shipments
from sparkguard.source.syntax import ParseError, refused
from sparkguard.source.text import SourceText
from sparkguard.source.types import Evaluator


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
) -> Iterator[FileAnalysis]:
    """Reads files and follows what each ships.

    Args:
        checked: The files to report on.
        around: Other Python files of the project, read where they define or call what is checked.
        targets: The kinds of Spark that the code must run on.

    Yields:
        One result per checked file, in order.
    """
    index = ProjectIndex(checked, around)
    evaluator = Evaluator(index)
    for source in checked:
        try:
            yield FileAnalysis(source.name, tuple(_ship_points(evaluator, source, targets)))
        except ParseError as error:
            problem = SyntaxProblem(error.line, error.column, error.reason)
            yield FileAnalysis(source.name, problem=problem)


def _ship_points(
    evaluator: Evaluator, source: SourceText, targets: tuple[Target, ...]
) -> Iterator[ShipPoint]:
    if not gate.may_ship(source.text) and refused(source.text) is None:
        return
    module = evaluator.index.parse(source)
    for shipment in shipments(evaluator, module):
        evaluator.refuel()
        at_hand = tuple(target for target in targets if target in shipment.point.targets)
        if at_hand:
            yield _ship_point(evaluator, module, shipment, at_hand)


def _ship_point(
    evaluator: Evaluator, module: Module, shipment: Shipment, targets: tuple[Target, ...]
) -> ShipPoint:
    return ShipPoint(
        api=shipment.point.name,
        function=capture.shipped_text(shipment),
        span=module.anchors.span(shipment.at),
        statement=module.anchors.span(shipment.statement),
        captures=tuple(capture.Walk(evaluator, shipment).captures()),
        targets=targets,
    )
