"""A line on a terminal that says how far long work has come, and leaves nothing behind."""

from __future__ import annotations

from time import monotonic
from types import TracebackType
from typing import TextIO

from sparkguard.report.cells import visible

PATIENCE = 0.5
"""Seconds of work before a word about it."""
PAUSE = 0.1
"""Seconds between two states of the line."""
_ERASE = "\r\x1b[2K"


class ProgressLine:
    """Shows progress on a stream, if that is a terminal, and erases it when its context ends."""

    def __init__(self, out: TextIO, columns: int, doing: str = "checking") -> None:
        self._out = out
        self._columns = columns
        self._doing = doing
        self._enabled = out.isatty()
        self._next = monotonic() + PATIENCE
        self._shown = False

    def __call__(self, done: int, total: int, name: str) -> None:
        """Say that `done` of `total` are done, the last of them `name`, or at that pace."""
        if not self._enabled or (now := monotonic()) < self._next:
            return
        self._next, self._shown = now + PAUSE, True
        line = f"{self._doing} {done}/{total} {visible(name)}"
        self._out.write(_ERASE + line[: self._columns - 1])
        self._out.flush()

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown:
            self._out.write(_ERASE)
            self._out.flush()
