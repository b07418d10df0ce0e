"""One program before both judges: what was drawn, what Spark did, what the analyzer said."""

from __future__ import annotations

import math
import random
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.differential.draft import write
from tests.differential.parts import Ship
from tests.differential.program import BrokenProgramError, Program
from tests.differential.spark_verdict import REFUSALS, refusal
from tests.differential.static_verdict import Finding, findings
from tests.differential.strategies import SHIPS, Choice, any_of, programs

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

T = TypeVar("T")

_PATIENCE = 90
"""Seconds that a program may take on Spark."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a program.

    Args:
        number: Its number in the run.
        program: What was drawn.
        refused: How Spark named its refusal; empty where it answered.
        found: The analyzer's errors.
        broken: Why the program says nothing: it failed for a reason of its own.
    """

    number: int
    program: Program
    refused: str
    found: tuple[Finding, ...]
    broken: str = ""

    @property
    def agreed(self) -> bool:
        """Whether both say the same."""
        return bool(self.refused) == bool(self.found)


def drawn(number: int, ship: Ship, start: int, choice: Choice = any_of) -> Program:
    """The program of a number: the same for the same seed, whatever else is drawn.

    Args:
        number: Its number in the run.
        ship: The ship point that it is drawn around.
        start: The seed of the run.
        choice: Narrows the parts that are drawn from.
    """
    found: list[Program] = []

    @seed(start * 1_000_003 + number)
    @settings(
        max_examples=2,  # the first is always the simplest program there is
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(programs([ship], choice))
    def collect(program: Program) -> None:
        found.append(program)

    collect()
    return found[-1]


def schedule(count: int, start: int) -> list[Ship]:
    """The ship point of each program: all of them, by their weights, in a random order."""
    unit = count / sum(ship.weight for ship in SHIPS)
    ships = [ship for ship in SHIPS for _ in range(math.ceil(unit * ship.weight))]
    random.Random(start).shuffle(ships)
    return ships


def trial(number: int, program: Program, root: Path, spark: SparkSession) -> Trial:
    """A program before both judges.

    Args:
        number: Its own in this session.
        program: What was drawn.
        root: The folder that driver and workers import from.
        spark: The session.
    """
    written = write(program, number)
    folder = root / "checked" / f"p{number}"
    found: tuple[Finding, ...] = ()
    try:
        found = tuple(findings(written, folder))
        with patience():
            said = refusal(written, number, root, spark)
    except BrokenProgramError as error:
        return Trial(number, program, "", found, str(error))
    finally:
        shutil.rmtree(folder)
    family = REFUSALS.search(said)
    return Trial(number, program, family.group() if family else "", found)


@contextmanager
def patience() -> Iterator[None]:
    """A program that takes too long is given up."""

    def lost(*_: object) -> None:
        raise TimeoutError(f"a program took more than {_PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, lost)
    signal.alarm(_PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def sample(start: int) -> list[Program]:
    """A program for each ship point, which together have every way.

    Args:
        start: The seed.
    """
    seen: set[object] = set()

    def new(fit: Sequence[T]) -> Sequence[T]:
        return [one for one in fit if one not in seen] or fit

    programs = []
    for number, ship in enumerate({ship.api: ship for ship in SHIPS}.values()):
        program = drawn(number, ship, start, new)
        programs.append(program)
        seen.update(program.parts)
    return programs
