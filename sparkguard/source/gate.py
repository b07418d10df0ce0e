"""Can this text ship anything at all? Asked before anything is parsed."""

from __future__ import annotations

import re

from sparkguard import pyspark_api as api

_TELLS = re.compile(
    "|".join(["spark", "udf", "rdd", *map(re.escape, api.DISTINCTIVE)]), re.IGNORECASE
)


def may_ship(text: str, own: api.Own | None = None) -> bool:
    """Whether a text names anything that a file needs to ship a function to Spark."""
    names = own.ship_points if own else ()
    return _TELLS.search(text) is not None or any(name.rpartition(".")[2] in text for name in names)
