"""What an extraction came to: a line on the result, and one for each reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TextIO

from sparkguard.report.cells import visible


class Outcome(Protocol):
    """What is told; the extractor stands apart, and so its record is known by its form."""

    @property
    def pictures(self) -> int:
        """How many there were."""

    @property
    def failures(self) -> Mapping[str, int]:
        """How many have no features, by reason."""

    @property
    def seconds(self) -> float:
        """Wall-clock time."""


def write_outcome(outcome: Outcome, path: str, out: TextIO) -> None:
    """Write the summary of an extraction.

    Args:
        outcome: What came of it.
        path: Where the result is.
        out: Where to write.
    """
    failed = sum(outcome.failures.values())
    pace = outcome.pictures / outcome.seconds
    out.write(f"Wrote features of {outcome.pictures - failed} of {outcome.pictures} files")
    out.write(f" to {visible(path)} in {outcome.seconds:.1f} s ({pace:.1f} per second)\n")
    if failed:
        width = max(map(len, outcome.failures))
        out.write(f"{failed} without features:\n")
    for reason, count in outcome.failures.items():
        out.write(f"  {visible(reason):{width}}  {count}\n")
