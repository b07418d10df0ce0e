"""What a check answers: the findings, what could not be checked, and the count of both."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sparkguard.diagnostic import Diagnostic

if TYPE_CHECKING:  # each class takes its time to be made, and a check needs none of these
    from sparkguard.fingerprint import Identity
    from sparkguard.payload import Payload

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
        baselined: Findings that the baseline holds.
        seconds: Wall-clock time of the check.
    """

    files: int = 0
    ship_points: int = 0
    errors: int = 0
    warnings: int = 0
    suppressed: int = 0
    baselined: int = 0
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
        stale: Entries of the baseline that are not found any more, and how often they are short.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    problems: tuple[Problem, ...] = ()
    summary: Summary = Summary()
    texts: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    stale: Mapping[Identity, int] = field(default_factory=dict)


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
    return Problem(where, message, _traceback(error) if os.environ.get(DEBUG) else "")


def _traceback(error: Exception) -> str:
    import traceback

    return "".join(traceback.format_exception(error))
