"""Tells, before a cluster does, that a Python function cannot travel to Spark's workers."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # the name suffices to type checkers, and `typing` need not be imported

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from sparkguard.diagnostic import Diagnostic
    from sparkguard.engine import check
    from sparkguard.guarding import ShipError, guard
    from sparkguard.probing import assert_shippable, probe

__version__ = "0.1.0"
__all__ = ["Diagnostic", "ShipError", "__version__", "assert_shippable", "check", "guard", "probe"]

_HOMES = {
    "Diagnostic": "sparkguard.diagnostic",
    "ShipError": "sparkguard.guarding",
    "assert_shippable": "sparkguard.probing",
    "check": "sparkguard.engine",
    "guard": "sparkguard.guarding",
    "probe": "sparkguard.probing",
}


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Adds the magics of `sparkguard.jupyter` to a notebook: `%load_ext sparkguard`."""
    from sparkguard.jupyter import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Takes them away again: `%unload_ext sparkguard`."""
    from sparkguard.jupyter import unload

    unload(shell)


def __getattr__(name: str) -> object:
    """Imports a public name when it is first asked for, so that the command line starts fast."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
