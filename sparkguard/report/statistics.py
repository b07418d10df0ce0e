"""How often each rule found something, instead of what it found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import NamedTuple, TextIO

from sparkguard import __version__
from sparkguard.config import OutputFormat
from sparkguard.report import View
from sparkguard.report.summary import closing_line
from sparkguard.result import CheckResult

FORMATS: tuple[OutputFormat, ...] = ("text", "concise", "json")
"""The formats that counts are written in."""


class Count(NamedTuple):
    """How often a rule found something."""

    times: int
    code: str
    severity: str
    name: str


def write(kind: OutputFormat, result: CheckResult, out: TextIO, view: View) -> None:
    """Write the counts, the largest first; see `sparkguard.report.write`."""
    if kind == "json":
        _write_json(result, out)
        return
    rows = [[str(field) for field in each] for each in counts(result)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for times, *words in rows:
        cells = [times.rjust(widths[0]), *map(str.ljust, words, widths[1:])]
        out.write("  ".join(cells).rstrip() + "\n")
    if not view.quiet:
        out.write(f"{closing_line(result)}\n")


def counts(result: CheckResult) -> Iterator[Count]:
    """What was found of each rule, the most frequent first."""
    found = Counter((each.code, each.severity.value, each.name) for each in result.diagnostics)
    for rule, times in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        yield Count(times, *rule)


def _write_json(result: CheckResult, out: TextIO) -> None:
    report = {
        "version": 1,
        "sparkguard": __version__,
        "statistics": [each._asdict() for each in counts(result)],
        "summary": {**asdict(result.summary), "seconds": round(result.summary.seconds, 3)},
    }
    json.dump(report, out, indent=2)
    out.write("\n")
