"""Where reports go: the terminal and what it can show, a pipe, or a file."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class Output(NamedTuple):
    """Where one report goes.

    Args:
        kind: Its format; empty where the settings and the terminal decide.
        path: Its file; `None` is standard output.
    """

    kind: str = ""
    path: Path | None = None


def paired(words: Iterable[str | Path]) -> list[Output]:
    """Brings together the formats and the files of a command line, in the order they stand there.

    A format and a file that stand side by side belong together; a format without a file is for
    standard output.

    Args:
        words: Each `--output-format` as text, each `--output-file` as a path.
    """
    outputs: list[Output] = []
    for word in words:
        last = outputs.pop() if outputs else Output()
        match word, last:
            case Path(), Output(_, None):
                outputs.append(last._replace(path=word))
            case str(), Output("", _):
                outputs.append(last._replace(kind=word))
            case Path(), _:
                outputs += [last, Output("", word)]
            case str(), _:
                outputs += [last, Output(word)]
    return outputs or [Output()]


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

    Line ends are written as they are given; the mode of a file that is replaced stays, and one
    that nobody may write is not replaced, either.

    Raises:
        OSError: It cannot be written.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not (os.access(path, os.W_OK) and path.stat().st_mode & _WRITABLE):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
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
