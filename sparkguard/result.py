"""What a check answers: the findings, what could not be checked, and the count of both."""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field

from sparkguard.diagnostic import Diagnostic, ShippedBy

DEBUG = "SPARKGUARD_DEBUG"
"""The environment variable that asks for the traceback when sparkguard itself breaks down."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that kept part of the work from being done.

    Args:
        where: The file or folder.
        message: One clear line.
        detail: More lines, for the makers of sparkguard.
    """

    where: str
    message: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts under a report.

    Args:
        files: How many files were checked, the ones that do not parse included.
        ship_points: How many calls in them ship something.
        errors: Findings of severity error.
        warnings: Findings of severity warning.
        suppressed: Findings that a comment silenced.
        seconds: Wall-clock time of the check.
    """

    files: int = 0
    ship_points: int = 0
    errors: int = 0
    warnings: int = 0
    suppressed: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer of one check.

    Args:
        diagnostics: The findings in order.
        problems: What could not be checked.
        summary: The counts.
        texts: Every file or cell that a label of a finding points into, by its `Span.where`.
        names: The files that were checked.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    problems: tuple[Problem, ...] = ()
    summary: Summary = Summary()
    texts: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Weight:
    """What a thing that travels adds to a payload, and what of it by which of its parts.

    Args:
        text: The step that leads to it, in the user's words: `self`, `.model`.
        type: Dotted name of its type.
        bytes: Its pickled size with all that is reached through it first; what is shared counts
            once, where the way to it is the shortest.
        held: Its larger parts, the heaviest first.
    """

    text: str
    type: str
    bytes: int
    held: tuple[Weight, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """A module that does not travel: what is sent by its name is imported on the worker.

    Args:
        module: Its dotted name; the package's, where it was installed.
        version: The version here, where it says one.
        own: Whether it is the user's own file.
        here: Whether the worker's stand-in could import it; `None` where it was not asked.
    """

    module: str
    version: str = ""
    own: bool = False
    here: bool | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a payload in a clean interpreter that stands in for a worker.

    Args:
        python: The version of that interpreter.
        failed: At what it failed: `start`, `unpickle`, `call`; empty where all went well.
        said: The error, in one line.
        missing: The module that could not be imported, if that was the reason.
        events: What the imports did there: `writes a file: jobs/session.py:3`.
        returned: The `repr` of what the call returned, if one was asked for.
        seconds: What unpickling took there, imports included.
    """

    python: str = ""
    failed: str = ""
    said: str = ""
    missing: str = ""
    events: tuple[str, ...] = ()
    returned: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Payload:
    """What one call ships.

    Args:
        shipped: The call and the function.
        bytes: What Spark's pickler writes; of a refused payload, what is left without the refused.
        weight: What holds them.
        needs: What the worker must have.
        worker: What became of it in the worker's stand-in, if it was sent there.
    """

    shipped: ShippedBy
    bytes: int
    weight: Weight
    needs: tuple[Need, ...] = ()
    worker: Trial | None = None

    @property
    def fails(self) -> bool:
        """Whether the worker's stand-in could not use it; the user's own files may yet be sent."""
        own = {need.module.partition(".")[0] for need in self.needs if need.own}
        worker = self.worker or Trial()
        return bool(worker.failed) and worker.missing.partition(".")[0] not in own


@dataclass(frozen=True, slots=True)
class ProbeResult(CheckResult):
    """The answer of a probe.

    Args:
        payloads: What was pickled, in the order in which it shipped.
        remarks: What a reader must know of the run: answers that were made up, where it stopped.
        max_bytes: The weight from which on a payload is too heavy, as the user said.
    """

    payloads: tuple[Payload, ...] = ()
    remarks: tuple[str, ...] = ()
    max_bytes: int | None = None

    @property
    def heavy(self) -> tuple[Payload, ...]:
        """The payloads that are heavier than the user allows."""
        limit = self.max_bytes
        return tuple(one for one in self.payloads if limit is not None and one.bytes > limit)


def breakdown(where: str, error: Exception) -> Problem:
    """The one line about an error of our own, with the traceback for those who ask for it."""
    said = " ".join(f"{type(error).__name__}: {error}".split())
    message = f"sparkguard broke down ({said}); please report it with what {DEBUG}=1 shows"
    detail = "".join(traceback.format_exception(error)) if os.environ.get(DEBUG) else ""
    return Problem(where, message, detail)
