"""Work that is shared between processes: what is given back is what one process would give."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:  # most checks need no other process
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

T = TypeVar("T")
R = TypeVar("R")

_START = "fork" if sys.platform == "linux" else "spawn"
"""A forked process has at once what this one has read; elsewhere than on Linux it is not safe."""
_OFTEN = 0.1
"""Seconds after which a process tells what it has done: to tell each thing takes its own time."""
_FILES = 1_000
"""Files for each process, where the number of them is not given: what two need, both must read."""


def worthwhile(items: int) -> int:
    """How many processes are worth their start for so many files: at most one for each CPU.

    By `benchmarks/results.md` two take a tenth more CPU time than one over 10,000 files and end in
    three fifths of the time; over the 514 of PySpark's package, most of which look into the same
    few, they end hardly sooner.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    processors = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(processors, items // _FILES))


def shares(items: Sequence[T], weight: Callable[[T], int], number: int) -> list[Sequence[T]]:
    """Cuts items into stretches of about the same weight.

    Args:
        items: The items; neighbours stay together, since they often need the same.
        weight: How much work an item is.
        number: How many stretches are wanted; none is empty.
    """
    sums = list(accumulate(map(weight, items)))
    total = sums[-1] if sums else 0
    found: list[list[T]] = [[] for _ in range(number)]
    for item, upto in zip(items, sums, strict=True):
        found[max(0, upto - 1) * number // max(total, 1)].append(item)
    return [share for share in found if share]


def in_order(work: Callable[[T], R], shared: Sequence[Sequence[T]]) -> Iterator[R]:
    """Does the same to all items, each share in a process of its own; the results come in order.

    What a process leaves undone, since it was killed, is done here. No process outlives the
    iterator.

    Args:
        work: What is done to an item.
        shared: The shares.
    """
    sys.stdout.flush()  # or each process would write it again
    workers: list[_Worker[T, R]] = []
    try:
        for share in shared:
            workers.append(_Worker.start(work, share))
        for worker in workers:
            for item in worker.share:
                while not worker.done and worker.works:
                    _listen(workers)
                yield worker.done.popleft() if worker.done else work(item)
    finally:
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join()
            worker.results.close()


@dataclass(slots=True)
class _Worker(Generic[T, R]):
    """A process, its share, and what it has done of it that was not yet taken."""

    process: BaseProcess
    results: Connection[Any, Any]
    share: Sequence[T]
    done: deque[R] = field(default_factory=deque)
    works: bool = True

    @classmethod
    def start(cls, work: Callable[[T], R], share: Sequence[T]) -> _Worker[T, R]:
        """Starts a process."""
        from multiprocessing import get_context

        context: Any = get_context(_START)
        results, ours = context.Pipe(duplex=False)
        process = context.Process(target=_do, args=(work, share, ours), daemon=True)
        with _unheard_interrupts():
            process.start()
        ours.close()
        return cls(process, results, share)


@contextlib.contextmanager
def _unheard_interrupts() -> Iterator[None]:
    """Ctrl-C waits until a process has been started, which never hears of it."""
    if sys.platform == "win32":
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _listen(workers: Sequence[_Worker[Any, Any]]) -> None:
    """Waits until a process that works has given something back, or has ended."""
    from multiprocessing.connection import wait

    working = {worker.results: worker for worker in workers if worker.works}
    for ready in wait([*working]):
        worker = working[ready]  # type: ignore[index]
        try:
            worker.done.extend(worker.results.recv())
        except (EOFError, OSError):
            worker.works = False


def _do(work: Callable[[T], R], share: Sequence[T], results: Connection[Any, Any]) -> None:
    """What a process does: Ctrl-C ends it by way of the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    done, since = [], -inf  # what is done first is told at once
    with contextlib.suppress(Exception):
        for item in share:
            done.append(work(item))
            if monotonic() - since > _OFTEN:
                results.send(done)
                done, since = [], monotonic()
        results.send(done)
