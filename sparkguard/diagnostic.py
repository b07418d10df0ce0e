"""What a finding is: places, labels, edits and the sentence that joins them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum


class Severity(Enum):
    """How bad it is: `error`, Spark refuses or answers wrong; `warning`, it works at a price."""

    ERROR = "error"
    WARNING = "warning"

    def __ge__(self, other: Severity) -> bool:
        return self is other or self is Severity.ERROR


class Applicability(IntEnum):
    """How far a fix can be trusted; ordered, so that "at least this safe" is `>=`."""

    DISPLAY = 0
    UNSAFE = 1
    SAFE = 2


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A point in a text: 1-based line, 1-based column in Unicode code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file, or of one cell of a notebook.

    Args:
        path: The file, relative to the working directory.
        start: Where it begins; lines are those of the file or of the cell.
        end: Where it ends, exclusive.
        cell: The cell, counted from 1 over cells of every kind, as Jupyter stores them.
    """

    path: str
    start: Position
    end: Position
    cell: int | None = None

    @property
    def where(self) -> str:
        """What the lines are counted in: `job.py`, `analysis.ipynb:cell 3`."""
        return self.path if self.cell is None else f"{self.path}:cell {self.cell}"


@dataclass(frozen=True, slots=True)
class Label:
    """A place and the words under it."""

    span: Span
    text: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what stands at `span` by `text`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that mend one finding together."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability


@dataclass(frozen=True, slots=True)
class ShippedBy:
    """Which call ships which function: a ship point as far as a reader of the finding needs it."""

    api: str
    function: str
    span: Span


@dataclass(frozen=True, slots=True)
class Captured:
    """What travels and by which steps, the function first: `("<lambda>", "self", ".spark")`."""

    path: tuple[str, ...]
    type: str | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Args:
        code: The rule's code, `SG103`.
        name: The rule's name, `captured-self`.
        severity: Whether Spark refuses (error) or it costs (warning).
        message: One sentence, lower case, no full stop, code in backticks.
        labels: At least one, exactly one of them primary: the place that is reported.
        notes: Lines after the code frame, each `key: words`.
        help: The cure in one line, or an empty string.
        fix: Edits that mend it, where they are known.
        ship_point: The call that ships, for rules about closures.
        capture: What travels, for rules about closures.
        origin: Which witness saw it, `source` or `live`.
    """

    code: str
    name: str
    severity: Severity
    message: str
    labels: tuple[Label, ...]
    notes: tuple[str, ...] = ()
    help: str = ""
    fix: Fix | None = None
    ship_point: ShippedBy | None = None
    capture: Captured | None = None
    origin: str = "source"

    @property
    def primary(self) -> Label:
        """The label that the finding is reported at."""
        return next(label for label in self.labels if label.primary)

    @property
    def cause(self) -> Span:
        """The call that ships; what is reported, where nothing ships."""
        return self.ship_point.span if self.ship_point else self.primary.span

    @property
    def sort_key(self) -> tuple[str, int, Position, Position, str, str]:
        """Path, cell, line, column, then code: the order of every report."""
        span = self.primary.span
        return (span.path, span.cell or 0, span.start, span.end, self.code, self.message)
