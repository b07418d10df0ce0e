"""The table of PySpark's API: which calls ship which argument, which types stay on the driver."""

from __future__ import annotations

from sparkguard.pyspark_api.driver_only import DRIVER_ONLY, DriverOnly, Family, driver_only
from sparkguard.pyspark_api.ships import (
    DISTINCTIVE,
    REBINDING,
    SHIP_POINTS,
    Argument,
    ArgumentKind,
    ShipApi,
)
from sparkguard.pyspark_api.types import (
    CONVENTIONAL,
    OF_MANY,
    Member,
    canonical,
    is_type,
    member,
    result_of,
)

__all__ = [
    "CONVENTIONAL",
    "DISTINCTIVE",
    "DRIVER_ONLY",
    "OF_MANY",
    "REBINDING",
    "SHIP_POINTS",
    "Argument",
    "ArgumentKind",
    "DriverOnly",
    "Family",
    "Member",
    "ShipApi",
    "canonical",
    "driver_only",
    "is_type",
    "member",
    "result_of",
]
