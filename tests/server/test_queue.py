from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from sparkguard.server import queue
from sparkguard.server.queue import Queue


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "GATHER", 0)
    monkeypatch.setattr(queue, "REST", 0.01)


def checked(work: Callable[[Queue, asyncio.Event], Coroutine[Any, Any, None]]) -> list[str]:
    """What a queue checks, in order; the first check waits until an event is set."""
    order: list[str] = []

    async def main() -> None:
        go_on = asyncio.Event()

        async def check(uri: str) -> None:
            order.append(uri)
            await go_on.wait()

        waiting = Queue(check)
        await asyncio.wait_for(work(waiting, go_on), 10)

    asyncio.run(main())
    return order


def test_what_was_edited_last_comes_first_and_the_others_when_one_rests() -> None:
    async def work(waiting: Queue, go_on: asyncio.Event) -> None:
        waiting.put("a", ["b", "c"])
        await asyncio.sleep(0.01)  # it is being checked
        for uri in ("b", "d", "b"):
            waiting.put(uri)
        go_on.set()
        await asyncio.gather(*map(waiting.settled, "abd"))
        assert not waiting.is_idle
        while not waiting.is_idle:
            await asyncio.sleep(0.001)

    assert checked(work) == ["a", "b", "d", "c"]


def test_an_edit_while_a_text_is_checked_checks_it_again() -> None:
    async def work(waiting: Queue, go_on: asyncio.Event) -> None:
        waiting.put("a")
        await asyncio.sleep(0.01)
        waiting.put("a")
        go_on.set()
        await waiting.settled("a")

    assert checked(work) == ["a", "a"]


def test_edits_that_come_together_are_one() -> None:
    async def work(waiting: Queue, go_on: asyncio.Event) -> None:
        go_on.set()
        for _ in range(5):
            waiting.put("a")
        await waiting.settled("a")

    assert checked(work) == ["a"]


def test_who_waits_for_a_text_that_is_closed_is_let_go() -> None:
    async def work(waiting: Queue, go_on: asyncio.Event) -> None:
        waiting.put("a")
        await asyncio.sleep(0.01)
        waiting.put("b")
        settled = asyncio.create_task(waiting.settled("b"))
        await asyncio.sleep(0)
        waiting.drop("b")
        await settled
        go_on.set()
        await waiting.settled("a")

    assert checked(work) == ["a"]
