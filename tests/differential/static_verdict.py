"""What the static analyzer says of a program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sparkguard.config import Config
from sparkguard.diagnostic import Diagnostic, Severity, Span
from sparkguard.engine import check
from tests.differential.draft import Written
from tests.differential.program import BrokenProgramError


@dataclass(frozen=True, slots=True)
class Finding:
    """An error of the analyzer: its code, its place, and the line of the call that ships."""

    code: str
    message: str
    place: tuple[str, int]
    shipped: tuple[str, int] | None


def findings(program: Written, folder: Path) -> list[Finding]:
    """The errors that a check of the program's files gives, for classic Spark.

    Args:
        program: The files.
        folder: An empty folder that they are written to.

    Raises:
        BrokenProgramError: The check broke down.
    """
    for name, text in program.files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    result = check([folder], Config(folder, target=("classic",)))
    if result.problems:
        raise BrokenProgramError(str(result.problems))
    errors = [found for found in result.diagnostics if found.severity is Severity.ERROR]
    return [_finding(each, folder) for each in errors if each.code.startswith(("SG1", "SG2"))]


def _finding(error: Diagnostic, folder: Path) -> Finding:
    shipped = _place(error.ship_point.span, folder) if error.ship_point else None
    return Finding(error.code, error.message, _place(error.primary.span, folder), shipped)


def _place(span: Span, folder: Path) -> tuple[str, int]:
    name = Path(span.path).resolve().relative_to(folder.resolve()).as_posix()
    return name, span.start.line
