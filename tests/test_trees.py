"""Several threads ask for trees at once, as those of a guarded driver do."""

from __future__ import annotations

import ast
import gc
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sparkguard.trees import tree_of

TEXT = Path(threading.__file__).read_text(encoding="utf-8")
WANTED = ast.dump(ast.parse(TEXT))


class _Circle:
    """Garbage, of which the collector runs code: so one thread is left for another in a tree."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        sum(range(50))


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns, and garbage is looked for, as often as can be."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("restless")
def test_threads_get_their_trees_at_once() -> None:
    found: list[ast.Module] = []
    failed: list[str] = []

    def work() -> None:
        for _ in range(40):
            _ = [_Circle() for _ in range(20)]
            try:
                tree = tree_of(TEXT)
            except SystemError as error:
                failed.append(str(error))
        found.append(tree)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [ast.dump(tree) for tree in found] == [WANTED] * 4
