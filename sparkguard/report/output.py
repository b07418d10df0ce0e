"""Where reports go: the terminal and what it can show, a pipe, or a file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


def is_terminal(out: TextIO) -> bool:
    """Whether people read it as it comes; `FORCE_COLOR` says so of a pipe, as CI systems do."""
    return out.isatty() or bool(os.environ.get("FORCE_COLOR"))


def has_colour(choice: str, terminal: bool) -> bool:
    """Whether to write colours.

    Args:
        choice: `always`, `never`, or `auto`: on a terminal, unless `NO_COLOR` or `TERM` object.
        terminal: Whether the output is one.
    """
    if choice != "auto":
        return choice == "always"
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


@contextmanager
def replaced(path: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """A file to write that takes the place of `path` when it is complete, and not before.

    Line ends are written as they are given; the mode of a file that is replaced stays.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():  # /dev/stdout and its like cannot be replaced
        with path.open("w", encoding=encoding, newline="") as out:
            yield out
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("x", encoding=encoding, newline="") as out:
            yield out
        if path.exists():
            shutil.copymode(path, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
