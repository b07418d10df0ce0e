"""The order of the checks: what was edited last comes first, the rest when one rests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

GATHER = 0.02
"""Seconds in which edits that come together are one."""
REST = 0.5
"""Seconds without an edit after which the other open texts are checked again."""


class Queue:
    """Texts that wait to be checked, by their addresses; one is checked at a time.

    Args:
        check: Checks one text.
    """

    def __init__(self, check: Callable[[str], Awaitable[None]]) -> None:
        self._check = check
        self._first: dict[str, None] = {}
        self._later: dict[str, None] = {}
        self._current = ""
        self._put, self._done = asyncio.Event(), asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits, and nothing is checked."""
        return self._work is None or self._work.done()

    def put(self, uri: str, others: Iterable[str] = ()) -> None:
        """A text that waits, and others that may have to be checked anew because of it."""
        self._first.pop(uri, None)  # what is put last comes first
        self._first[uri] = None
        self._later |= dict.fromkeys(others)
        self._put.set()
        if self.is_idle:
            self._work = asyncio.get_running_loop().create_task(self._run())

    def drop(self, uri: str) -> None:
        """A text that is closed."""
        self._first.pop(uri, None)
        self._later.pop(uri, None)
        self._wake()

    async def settled(self, uri: str) -> None:
        """Waits until the last edit of this text has been checked, or it is closed."""
        while uri == self._current or uri in self._first:
            await self._done.wait()

    async def _run(self) -> None:
        rested = False
        while self._first or self._later:
            self._put.clear()
            if self._first:
                rested = False
                await asyncio.sleep(GATHER)
            elif not rested:
                rested = await self._rest()
                continue
            await self._one(self._first or self._later)

    async def _rest(self) -> bool:
        """Whether nothing came for a while."""
        try:
            await asyncio.wait_for(self._put.wait(), REST)
        except asyncio.TimeoutError:
            return True
        return False

    async def _one(self, waiting: dict[str, None]) -> None:
        if not waiting:  # closed meanwhile
            return
        uri = next(reversed(waiting))
        self._first.pop(uri, None)
        self._later.pop(uri, None)
        self._current = uri
        try:
            await self._check(uri)
        finally:
            self._current = ""
            self._wake()

    def _wake(self) -> None:
        """Lets all look again who wait for a text."""
        self._done.set()
        self._done = asyncio.Event()
