"""Times the language server: from its start to its first answer, from an edit to the findings.

A real client speaks with it over its pipes, as an editor does. `python -m benchmarks.server`.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from lsprotocol import types as lsp

from tests.server.editor import Editor, editor

STARTS, EDITS = 7, 20
CLASS = '''

class Step{number}:
    """Cleans one column, and scales another."""

    def __init__(self, rate, name="x"):
        self.rate = rate
        self.name = name
        self.items = [item * rate for item in range(10)]

    def clean(self, text):
        if text is None:
            return ""
        return text.strip().lower()[: self.rate]

    def apply(self, df):
        rate = self.rate
        scale = udf(lambda price: price * rate, "double")
        return df.withColumn("scaled", scale(F.col("price"))).where(F.col("name") == self.name)
'''
HEAD = """\
from pyspark.sql import SparkSession, functions as F
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
"""
CLEAN = "\n\ncounted = udf(lambda number: number + 1)\n"
SHIPS = "\n\ncounted = udf(lambda number: spark.range(number).count())\n"


def text_of(classes: int, tail: str) -> str:
    """A file whose classes ship a function each."""
    return HEAD + "".join(CLASS.format(number=number) for number in range(classes)) + tail


def start(folder: Path) -> float:
    """Seconds from the start of the process to its answer to the editor's hello."""
    began = perf_counter()
    with editor(folder):
        return perf_counter() - began


def edits(one: Editor, text: str) -> Iterator[float]:
    """Seconds from each of some edits, a key at the file's end, to the findings after it."""
    one.open("job.py", text)
    lines = text.count("\n")
    for number in range(EDITS):
        place = lsp.Position(lines, number)
        change = lsp.TextDocumentContentChangePartial(lsp.Range(place, place), "#")
        began = perf_counter()
        one.edit("job.py", change)
        yield perf_counter() - began


def rows() -> Iterator[str]:
    """The table: what was measured, the median and the worst."""
    yield "| from ... to ... | median | worst |"
    yield "|---|---|---|"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        yield _row("the start, the answer to `initialize`", [start(folder) for _ in range(STARTS)])
        for classes, tail in ((5, CLEAN), (53, CLEAN), (53, SHIPS)):
            text = text_of(classes, tail)
            found = "a finding" if tail is SHIPS else "nothing to find"
            what = f"an edit, the findings: {text.count(chr(10)):,} lines, {found}"
            with editor(folder) as one:
                yield _row(what, [*edits(one, text)])


def _row(what: str, seconds: list[float]) -> str:
    return f"| {what} | {statistics.median(seconds) * 1000:.0f} ms | {max(seconds) * 1000:.0f} ms |"


PAGE = """\
# The language server

`python -m benchmarks.server --write benchmarks/server.md` wrote this page. A real client speaks
with the server over its pipes: {starts} starts, and {edits} edits of each file. Each edit is sent
as soon as the findings of the one before are there; 20 ms of each go to waiting for the next edit.

{rows}

Python {python}, {versions}; {cores} cores with a load of {load:.1f} when it began, {machine}.
"""


def page() -> str:
    """The page with the figures of this machine."""
    load = os.getloadavg()[0]
    parts = ("sparkguard", "pygls", "lsprotocol", "libcst")
    return PAGE.format(
        starts=STARTS,
        edits=EDITS,
        rows="\n".join(rows()),
        python=platform.python_version(),
        versions=", ".join(f"{part} {version(part)}" for part in parts),
        cores=os.cpu_count(),
        load=load,
        machine=platform.platform(),
    )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", type=Path, help="the page to write")
    given = options.parse_args()
    written = page()
    if given.write:
        given.write.write_text(written, encoding="utf-8")
    sys.stdout.write(written)
