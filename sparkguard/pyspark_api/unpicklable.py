"""Which types of Python and of other libraries cannot be pickled, and what cloudpickle says.

Source: each was made, and given to the cloudpickle that PySpark 4.3.0 vendors; the table is written
by `python -m tests.unpicklable --write`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sparkguard.model import TARGETS, Refused
from sparkguard.pyspark_api.driver_only import driver_only
from sparkguard.pyspark_api.types import OTHERS, ancestors


@cache
def _unpicklable() -> Mapping[str, Refused]:
    rows = json.loads(Path(OTHERS).read_text(encoding="utf-8"))["unpicklable"]
    return MappingProxyType(
        {
            type: Refused(
                type,
                row["family"],
                row["noun"],
                dict.fromkeys(TARGETS, f"Could not serialize object: {row['says']}"),
            )
            for type, row in rows.items()
        }
    )


def unpicklable(type: str) -> Refused | None:
    """What is known of a type, or of the nearest of its base classes, that cannot be pickled.

    Args:
        type: Canonical dotted name.
    """
    rows = _unpicklable()
    return next((rows[name] for name in ancestors(type) if name in rows), None)


def refused(type: str) -> Refused | None:
    """What Spark says of a type that travels with a function; `None` for one that may.

    Args:
        type: Canonical dotted name.
    """
    return driver_only(type) or unpicklable(type)
