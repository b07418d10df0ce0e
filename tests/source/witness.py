"""What the source witness says of small texts."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from sparkguard.diagnostic import Span
from sparkguard.model import Capture, ShipPoint
from sparkguard.source.analysis import analyse
from sparkguard.source.text import SourceText, split_lines
from sparkguard.targets import TARGETS, Target

HEAD = """\
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.functions import udf
from pyspark.sql.types import *
"""


def dedented(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def source(text: str, name: str = "job.py") -> SourceText:
    return SourceText(Path(name), name, text)


def ship_points(
    files: Mapping[str, str] | str, targets: tuple[Target, ...] = TARGETS
) -> list[ShipPoint]:
    """Every ship point of one text or of several files, which must all be Python."""
    texts = {"job.py": files} if isinstance(files, str) else files
    sources = [SourceText(Path(name), name, dedented(text)) for name, text in texts.items()]
    analyses = list(analyse(sources, targets=targets))
    assert [analysis.problem for analysis in analyses] == [None] * len(sources)
    return [point for analysis in analyses for point in analysis.ship_points]


def captures(files: Mapping[str, str] | str) -> list[Capture]:
    return [capture for point in ship_points(files) for capture in point.captures]


def paths(files: Mapping[str, str] | str) -> list[str]:
    """Each capture's path as one string, and the type at its end: `self.spark: SparkSession`."""
    return [
        "".join(f" {step.text}" if step.text[0] not in ".[" else step.text for step in one.path)[1:]
        + f": {(one.type or '?').rpartition('.')[2]}"
        for one in captures(files)
    ]


def under(text: str, span: Span) -> str:
    """What stands at a span, lines joined by a newline."""
    lines = split_lines(dedented(text))[span.start.line - 1 : span.end.line]
    lines[-1] = lines[-1][: span.end.column - 1]
    lines[0] = lines[0][span.start.column - 1 :]
    return "\n".join(lines)
