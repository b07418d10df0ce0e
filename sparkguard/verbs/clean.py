"""`sparkguard clean`: removes the cache of a project."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from sparkguard.arguments import ExitCode, Failure

if TYPE_CHECKING:
    from sparkguard.arguments import Verbs


def add(verbs: Verbs) -> None:
    """Add the verb and its words to the command line."""
    clean = verbs.add_parser("clean", help="remove the cache of a project", allow_abbrev=False)
    clean.add_argument("path", metavar="PATH", type=Path, nargs="?", default=Path())


def run(options: Namespace) -> ExitCode:
    """Remove the cache, if it is ours."""
    from sparkguard.cache import FOLDER, Cache
    from sparkguard.config import ConfigError, load
    from sparkguard.engine import common_folder
    from sparkguard.source.text import reason

    try:
        root = load(common_folder([options.path])).root
        removed = Cache(root).clean()
    except ConfigError as error:
        raise Failure(error) from None
    except OSError as error:
        raise Failure(f"{FOLDER}: {reason(error)}") from None
    print(f"Removed {root / FOLDER}." if removed else f"There is no {FOLDER} in {root}.")
    return ExitCode.CLEAN
