"""Writes a baseline, whole or not at all."""

from __future__ import annotations

from sparkguard.baseline import Baseline, lines
from sparkguard.report.output import replaced


def write(baseline: Baseline) -> None:
    """Write the file of a baseline; raises `OSError` where that cannot be done."""
    with replaced(baseline.path) as out:
        out.writelines(f"{line}\n" for line in lines(baseline))
