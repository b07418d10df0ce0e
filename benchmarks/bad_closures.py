"""Fifteen functions that take along what they should not, and by which way."""

from __future__ import annotations

import functools
import logging
import sqlite3
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

HEAVY = 200_000_000
"""Bytes of the array."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A function that is to be shipped.

    Args:
        name: What is bad about it.
        function: The function.
        ways: The way to each thing that does not travel, the shortest that there is.
        heavy: For what travels and is heavy: the name that holds the bytes.
    """

    name: str
    function: Callable[..., Any]
    ways: tuple[tuple[str, ...], ...] = ()
    heavy: str = ""


def _deep_dict() -> Closure:
    settings = {"jobs": [{"name": "a", "targets": {"db": (1, sqlite3.connect(":memory:"))}}]}
    way = ("settings", "['jobs']", "[0]", "['targets']", "['db']", "[1]")
    return Closure("deep dict holding a connection", lambda x: (settings, x), (way,))


def _cycle() -> Closure:
    class Node:
        def __init__(self, name: str) -> None:
            self.name, self.others = name, [self]
            self.lock: Any = None

    first, second = Node("first"), Node("second")
    first.others.append(second)
    second.others.append(first)
    second.lock = threading.Lock()
    way = ("first", ".others", "[1]", ".lock")
    return Closure("cyclic structure", lambda x: (first.name, x), (way,))


def _torch_module() -> Closure:
    import torch

    class Scorer(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)
            self.guard = threading.Lock()

    scorer = Scorer()
    return Closure("torch module holding a lock", lambda x: scorer(x), (("scorer", ".guard"),))


def _partial() -> Closure:
    def write(connection: sqlite3.Connection, retries: Any, row: Any) -> Any:
        return connection, retries, row

    function = functools.partial(write, sqlite3.connect(":memory:"), retries=threading.Lock())
    return Closure("partial", function, (("connection=",), ("retries=",)))


def _default() -> Closure:
    def clean(x: Any, lock: Any = threading.Lock(), *, pool: Any = threading.RLock()) -> Any:  # noqa: B008
        return x, lock, pool

    return Closure("default", clean, (("lock=",), ("pool=",)))


def _class_attribute() -> Closure:
    class Store:
        shared = threading.Lock()

        def get(self, x: Any) -> Any:
            return x

    store = Store()
    return Closure("class attribute", lambda x: store.get(x), (("store", ".shared"),))


def _closure_of_closure() -> Closure:
    lock = threading.Lock()

    def inner(x: Any) -> Any:
        return lock, x

    def outer(x: Any) -> Any:
        return inner(x)

    return Closure("closure of closure", outer, (("inner", "lock"),))


def _generator() -> Closure:
    rows = (number for number in range(3))
    return Closure("generator", lambda x: (next(rows), x), (("rows",),))


def _array() -> Closure:
    import numpy as np

    table = np.zeros(HEAVY // 8)
    return Closure("200 MB array", lambda x: table[x], heavy="table")


def _log_handler() -> Closure:
    class Audit:
        def __init__(self) -> None:
            self.logger = logging.getLogger("audit")
            self.handler = logging.StreamHandler()
            self.logger.addHandler(self.handler)

    audit = Audit()
    return Closure("logger with a handler", lambda x: (audit.logger, x), (("audit", ".handler"),))


def _open_file() -> Closure:
    log = open(sys.executable, "rb")  # noqa: SIM115, PTH123
    return Closure("open file", lambda x: (log, x), (("log",),))


def _thread_pool() -> Closure:
    pools = {"io": ThreadPoolExecutor(1)}
    return Closure("thread pool", lambda x: pools["io"].submit(x), (("pools", "['io']"),))


def _callable_object() -> Closure:
    class Scorer:
        def __init__(self) -> None:
            self.client = sqlite3.connect(":memory:")

        def __call__(self, x: Any) -> Any:
            return self.client, x

    return Closure("callable object", Scorer(), ((".client",),))


def _decorated() -> Closure:
    lock = threading.Lock()

    def logged(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        @functools.wraps(function)
        def wrapper(x: Any) -> Any:
            return function(x)

        return wrapper

    @logged
    def score(x: Any) -> Any:
        return lock, x

    return Closure("decorated function", score, (("function", "lock"),))


def _property() -> Closure:
    connection = sqlite3.connect(":memory:")

    class Repository:
        @property
        def rows(self) -> Any:
            return connection

    repository = Repository()
    way = ("repository", "Repository.rows", "connection")
    return Closure("property", lambda x: (repository.rows, x), (way,))


MAKERS: tuple[Callable[[], Closure], ...] = (
    *(_deep_dict, _cycle, _torch_module, _partial, _default, _class_attribute),
    *(_closure_of_closure, _generator, _array, _log_handler, _open_file, _thread_pool),
    *(_callable_object, _decorated, _property),
)
"""What makes each of them anew; all are defined in functions, so that they travel by value."""
