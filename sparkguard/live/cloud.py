"""The cloudpickle that Spark pickles with; without Spark, the package of that name."""

from __future__ import annotations

import pickle
import sys
from types import ModuleType
from typing import IO

try:
    from pyspark.cloudpickle import CloudPickler
except ImportError:
    from cloudpickle import CloudPickler  # type: ignore[no-redef, import-untyped]

__all__ = ["PROTOCOL", "CloudPickler", "by_value", "dump"]

PROTOCOL = pickle.HIGHEST_PROTOCOL  # which Spark asks for, too


def dump(obj: object, file: IO[bytes]) -> None:
    """Writes an object as Spark does."""
    CloudPickler(file, protocol=PROTOCOL).dump(obj)  # type: ignore[no-untyped-call]


def by_value(module: ModuleType) -> None:
    """Has all that a module defines travel itself, as what a script defines does."""
    package = CloudPickler.__module__.rpartition(".")[0]
    sys.modules[package].register_pickle_by_value(module)
