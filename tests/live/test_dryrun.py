"""The dry run: what the real pickler meets, all that refuses, and the bytes that it would write."""

from __future__ import annotations

import functools
import pickle
import sqlite3
import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pyspark import cloudpickle
from pyspark.sql.types import ArrayType, StructType

from sparkguard.live.dryrun import DryRun, dry_run
from sparkguard.live.kinds import Kinds


def refusals(run: DryRun) -> list[object]:
    return [part.obj for part in run.parts.values() if part.refusal]


def dumps(obj: object) -> bytes:
    pickled: bytes = cloudpickle.dumps(obj)  # type: ignore[no-untyped-call]
    return pickled


class Refuses:
    def __reduce__(self) -> str:
        raise ValueError("not this one")


class Malformed:
    def __init__(self, reduced: Any) -> None:
        self.reduced = reduced

    def __reduce__(self) -> Any:
        return self.reduced


class Counting:
    asked = 0

    def __reduce__(self) -> Any:
        type(self).asked += 1
        return (dict, ())


TRAVELLERS: list[Any] = [
    (None, True, 1.5, 2j, "text", b"bytes", ...),
    {"a": [1, {2, 3}, frozenset({4})]},
    [deque([1]), deque(), defaultdict(list), defaultdict(list, a=[1]), OrderedDict(b=2)],
    np.arange(10.0),
    SimpleNamespace(a=Decimal("1.5")),
    functools.partial(int, base=2),
    ArrayType(StructType()),
    Path("a"),
    lambda x: np.sum(x) + 1,
    type("Local", (), {"method": lambda self: self}),
    pickle.PickleBuffer(b"abc"),
]


@pytest.mark.parametrize("traveller", TRAVELLERS, ids=lambda one: type(one).__name__)
def test_what_spark_takes_is_taken_and_weighs_as_much(traveller: object) -> None:
    run = dry_run(traveller, Kinds())

    assert not run.broken
    assert not refusals(run)
    assert run.bytes == len(dumps(traveller))


@pytest.mark.parametrize(
    "refused",
    [threading.Lock(), sqlite3.connect(":memory:"), (n for n in "a"), Refuses()],
    ids=lambda one: type(one).__name__,
)
def test_what_spark_refuses_is_refused_in_the_same_words(refused: object) -> None:
    with pytest.raises(Exception, match=r"\w") as error:
        dumps(refused)

    (part,) = (part for part in dry_run(refused, Kinds()).parts.values() if part.refusal)

    assert part.obj is refused
    assert part.refusal is not None
    assert str(error.value) in str(part.refusal.words)


def test_every_offender_is_seen_in_one_pass() -> None:
    locks = [threading.Lock() for _ in range(5)]
    held = {"a": [locks[0], (locks[1],)], "b": SimpleNamespace(c=locks[2], d={locks[3], locks[4]})}

    assert {id(one) for one in refusals(dry_run(held, Kinds()))} == set(map(id, locks))


@pytest.mark.parametrize("reduced", [1, (), (int,), (int, 5), (int, (), None, 3), "nowhere.at_all"])
def test_a_malformed_reduce_is_a_refusal_and_no_crash(reduced: object) -> None:
    bad = Malformed(reduced)
    with pytest.raises(Exception, match=r"\w"):
        dumps(bad)

    run = dry_run([bad, threading.Lock()], Kinds())

    assert run.broken or bad in refusals(run)


def test_the_users_reduce_runs_once() -> None:
    Counting.asked = 0

    dry_run([Counting()], Kinds())

    assert Counting.asked == 1


def test_a_buffer_is_counted_and_not_copied() -> None:
    import tracemalloc

    array = np.zeros(4_000_000)
    tracemalloc.start()
    try:
        run = dry_run(lambda: array, Kinds())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert run.bytes > array.nbytes
    assert peak < array.nbytes / 10


def test_a_broadcast_is_pickled_plainly() -> None:
    function: Callable[[], int] = lambda: 1  # noqa: E731

    assert not refusals(dry_run(function, Kinds()))
    assert refusals(dry_run(function, Kinds(), plain=True)) == [function]
    assert not refusals(dry_run([len, int, type(None), OrderedDict], Kinds(), plain=True))


def test_what_is_nested_too_deep_breaks_the_run_as_it_breaks_spark() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    run = dry_run(deep, Kinds())

    assert isinstance(run.broken, pickle.PicklingError)
    assert "deep" in str(run.broken)
