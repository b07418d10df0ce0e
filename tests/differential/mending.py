"""One program and its fixes: what they are, what is left after them, what real Spark says then."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sparkguard.config import Config
from sparkguard.diagnostic import Applicability, Diagnostic, Severity
from sparkguard.engine import check
from sparkguard.fixer import Fixed, fix, write
from tests.differential import draft
from tests.differential.draft import Written
from tests.differential.program import BrokenProgramError, Program
from tests.differential.spark_verdict import refusal
from tests.differential.trial import patience

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LEVELS = tuple(reversed(Applicability))
_QUOTED = re.compile(r"(?:`[^`]*`(?:, | and )?)+")


@dataclass(frozen=True, slots=True)
class Repair:
    """A finding and its fix: the rule, and how safe and of what kind the fix is, if there is one.

    The kind is the title of the fix without what it names.
    """

    code: str
    applicability: Applicability | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Mended:
    """A program after its fixes of one applicability, and of those above it.

    Args:
        number: Of the program.
        least: The applicability.
        files: The program then.
        wrong: What no fix may do, and one did.
        clean: Whether nothing is left to report.
        said: What Spark said where it did not answer; empty where it did, or was not asked.
        asked: Whether Spark was asked.
    """

    number: int
    least: Applicability
    files: tuple[tuple[str, str], ...]
    wrong: str
    clean: bool
    said: str = ""
    asked: bool = False


def repairs(number: int, program: Program, root: Path) -> list[Repair]:
    """The findings of a program that Spark refuses it for, and their fixes.

    Args:
        number: Of the program.
        program: What was drawn.
        root: A folder to write it to.
    """
    folder = _laid(draft.write(program, number), root / f"found{number}")
    found = check([folder], _config(folder)).diagnostics
    shutil.rmtree(folder)
    return [_repair(one) for one in found if one.code >= "SG1"]


def _repair(found: Diagnostic) -> Repair:
    if found.fix is None:
        return Repair(found.code)
    kind = _QUOTED.sub("... ", found.fix.title).strip().replace(" ,", ",")
    return Repair(found.code, found.fix.applicability, kind)


def mended(
    number: int,
    program: Program,
    found: list[Repair],
    root: Path,
    spark: SparkSession | None,
    *,
    levels: Sequence[Applicability] = LEVELS,
) -> Iterator[Mended]:
    """A program after its safe fixes, its unsafe ones, and those that are only shown.

    Args:
        number: Of the program.
        program: What was drawn.
        found: Its findings.
        root: The folder that driver and workers import from.
        spark: A session; without one Spark is not asked.
        levels: What is made; all that is above one is made with it.
    """
    for level, least in enumerate(levels):
        if any(one.applicability is least for one in found):
            own = number * len(LEVELS) + level
            after = _mended(own, program, root, least)
            run = after.clean and not after.wrong and spark is not None
            yield _asked(after, own, root, spark) if run and spark else after


def _mended(number: int, program: Program, root: Path, least: Applicability) -> Mended:
    written = draft.write(program, number)
    folder = _laid(written, root / f"mended{number}")
    before = check([folder], _config(folder)).diagnostics
    outcome = fix([folder], _config(folder), least)
    problems = list(write(outcome.changes))
    wrong = _wrong(before, outcome, least) or str(problems or "")
    if fix([folder], _config(folder), least).changes:
        wrong = "fixing twice changes something"
    files = tuple((name, (folder / name).read_text(encoding="utf-8")) for name, _ in written.files)
    shutil.rmtree(folder)
    left = [one for one in outcome.result.diagnostics if one.severity is Severity.ERROR]
    return Mended(number, least, files, wrong, clean=not left)


def _wrong(before: tuple[Diagnostic, ...], outcome: Fixed, least: Applicability) -> str:
    known = {(one.code, one.message) for one in before}
    fixable = {
        (one.code, one.message) for one in before if one.fix and one.fix.applicability >= least
    }
    after = outcome.result.diagnostics
    if least < Applicability.SAFE:  # what such a fix leaves behind may weigh
        after = tuple(one for one in after if one.severity is Severity.ERROR)
    left = {(one.code, one.message) for one in after}
    if left & fixable:
        return f"not fixed: {left & fixable}"
    return f"new: {left - known}" if left - known else ""


def _asked(after: Mended, number: int, root: Path, spark: SparkSession) -> Mended:
    try:
        with patience():
            said = refusal(Written(after.files, frozenset(), frozenset()), number, root, spark)
    except BrokenProgramError as error:
        said = f"fails: {error}"
    return replace(after, said=said, asked=True)


def _laid(written: Written, folder: Path) -> Path:
    for name, text in written.files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _config(folder: Path) -> Config:
    return Config(folder, target=("classic",))
