"""What a worker must have: the modules that a payload names and does not hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import metadata
from types import ModuleType

from sparkguard.live.dryrun import DryRun
from sparkguard.live.origin import is_users_module
from sparkguard.payload import Need

_EVERYWHERE = (
    frozenset({"__main__", "pyspark", "py4j", "cloudpickle", "sparkguard"})
    | sys.stdlib_module_names
)


def needs(run: DryRun) -> tuple[Need, ...]:
    """The modules, the user's own first; Python's and Spark's are on every worker."""
    found = {need.module: need for module in _modules(run) if (need := _need(module))}
    return tuple(sorted(found.values(), key=lambda need: (not need.own, need.module)))


def _modules(run: DryRun) -> Iterator[str]:
    for part in run.parts.values():
        if part.refusal is None:
            if part.named:
                yield part.named[0]
            elif type(part.obj) is ModuleType:
                yield part.obj.__name__


def _need(name: str) -> Need | None:
    top = name.partition(".")[0]
    if top in _EVERYWHERE:
        return None
    if is_users_module(sys.modules.get(name)):
        return Need(name, own=True)
    return Need(top, _version(top))


def _version(top: str) -> str:
    said = getattr(sys.modules.get(top), "__version__", None)
    if isinstance(said, str):
        return said
    try:
        return metadata.version(top)
    except metadata.PackageNotFoundError:
        return ""
