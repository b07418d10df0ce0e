"""Compares the table of PySpark's types with the installed PySpark; `--write` writes it."""

from __future__ import annotations

import sys

from sparkguard.pyspark_api.types import TABLE
from tests.pyspark_types.table import generate


def main(arguments: list[str]) -> int:
    """Writes the table with `--write`; otherwise 1 if it is not up to date."""
    if "--write" in arguments:
        TABLE.write_text(generate(), encoding="utf-8")
        return 0
    return int(TABLE.read_text(encoding="utf-8") != generate())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
