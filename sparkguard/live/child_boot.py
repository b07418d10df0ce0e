"""Starts `child` by path, in an interpreter that need not have sparkguard installed.

It is given our package and nothing else of our environment.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).parent
HOME = HERE.parent


def main(order: str, answer: str) -> None:
    """Carries out an order; see `child.main`."""
    sys.path[:] = [folder for folder in sys.path if folder != str(HERE)]
    spec = importlib.util.spec_from_file_location(
        "sparkguard", HOME / "__init__.py", submodule_search_locations=[str(HOME)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{HOME} is no package")
    sys.modules["sparkguard"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    from sparkguard.live import child

    child.main(order, answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
