"""The person at the terminal: what is shown to them, and what they type."""

from __future__ import annotations

import os
import select
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sparkguard.engine import Progress
from sparkguard.report import View
from sparkguard.report.frame import Line
from sparkguard.report.progress import ProgressLine
from sparkguard.report.text import write_lines

NARROWEST = 30
_ESCAPE = "\x1b"
_PAUSE = 0.05
"""Seconds within which the rest of an arrow key's characters come."""


class Terminal:
    """Shows lines one below the other, so that a screen reader and a log can follow them.

    Args:
        colour: Whether colours are understood.
        plain: Whether a line is typed where otherwise a key suffices.
    """

    def __init__(self, colour: bool, plain: bool) -> None:
        self.colour = colour
        self.plain = plain

    @property
    def columns(self) -> int:
        """The width by now, in cells."""
        return max(NARROWEST, shutil.get_terminal_size().columns)

    def show(self, lines: Iterable[Line]) -> None:
        """Show lines of styled pieces."""
        write_lines(iter(lines), sys.stdout, View(self.columns, self.colour))
        sys.stdout.flush()

    def progress(self) -> AbstractContextManager[Progress | None]:
        """Says how far a check has come, in a line that is gone when it is over."""
        return nullcontext() if self.plain else ProgressLine(sys.stderr, self.columns)

    def key(self) -> str:
        """What is typed: a key, or a line where the terminal is plain.

        Raises:
            EOFError: Nothing will be typed any more.
        """
        if self.plain:
            return input("> ")
        with _key_by_key(sys.stdin.fileno()):  # before the prompt, or a fast key is shown twice
            sys.stdout.write("> ")
            sys.stdout.flush()
            return _pressed(sys.stdin.fileno())

    def answer(self, question: str) -> str | None:
        """The line that answers a question; `None` where Ctrl-D says that there is no answer."""
        try:
            return input(f"{question} ")
        except EOFError:
            sys.stdout.write("\n")
            return None


def is_plain() -> bool:
    """Whether keys cannot be read one by one: a dumb terminal, or a system without `termios`."""
    try:
        import termios  # noqa: F401
    except ImportError:
        return True
    return os.environ.get("TERM", "dumb") in ("", "dumb")


@contextmanager
def _key_by_key(descriptor: int) -> Iterator[None]:
    import termios
    import tty

    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSADRAIN)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _pressed(descriptor: int) -> str:
    key = _read(descriptor)
    if key != _ESCAPE:
        return key
    while len(key) < 3 and select.select([descriptor], [], [], _PAUSE)[0]:
        key += _read(descriptor)
    return key


def _read(descriptor: int) -> str:
    data = os.read(descriptor, 1)
    if not data:
        raise EOFError
    return data.decode("latin-1")
