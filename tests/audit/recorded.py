"""The audit that `docs/audit.md` shows, as it is recorded; run, it renews the page."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from tests.audit.pseudo_terminal import PseudoTerminal

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"
JOB = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf


class Prices:
    def __init__(self):
        self.spark = SparkSession.builder.getOrCreate()
        self.rate = 1.2

    def add(self, df):
        taxed = udf(lambda price: price * self.rate, "double")
        return df.select(taxed("price"))


spark = SparkSession.builder.getOrCreate()
count = udf(lambda number: spark.range(number).count(), "int")
"""
_SESSION = re.compile(r"(?<=<!-- session -->\n\n```text\n).*?(?=```\n)", re.DOTALL)


def recorded(folder: Path) -> str:
    """What a person sees who fixes one finding and ignores the other.

    Args:
        folder: Where the program is put; it is the working directory for a while.
    """
    (folder / "job.py").write_text(JOB, encoding="utf-8")
    before = Path.cwd()
    os.chdir(folder)
    try:
        audit = PseudoTerminal("--interactive", columns=96)
        audit.press("a", "i")
        audit.answer("runs on the driver only, see #12")
        audit.end()
    finally:
        os.chdir(before)
    return f"$ sparkguard check --interactive\n{audit.screen}\n"


def renewed(page: str, session: str) -> str:
    """The page with this session."""
    return _SESSION.sub(lambda _: session, page, count=1)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        shown = recorded(Path(name))
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), shown), encoding="utf-8")
