"""Can this text ship anything at all? Asked before anything is parsed."""

from __future__ import annotations

import re

from sparkguard import pyspark_api as api

_TELLS = re.compile(
    "|".join(["spark", "udf", "rdd", *map(re.escape, api.DISTINCTIVE)]), re.IGNORECASE
)


def may_ship(text: str) -> bool:
    """Whether a text names anything that a file needs to ship a function to Spark."""
    return _TELLS.search(text) is not None
