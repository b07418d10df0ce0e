"""The hook where Spark pickles: it is there while somebody listens, and gone afterwards."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest
from pyspark import cloudpickle
from pyspark.core import broadcast
from pyspark.serializers import CloudPickleSerializer

from sparkguard.live.hook import hooked

BEFORE = (cloudpickle.dump, cloudpickle.dumps, pickle)


def now() -> tuple[Any, ...]:
    return cloudpickle.dump, cloudpickle.dumps, vars(broadcast)["pickle"]


class Listener:
    def __init__(self) -> None:
        self.heard: list[object] = []

    def __call__(self, obj: object, go_on: Callable[[], Any], plain: bool) -> Any:
        self.heard.append(obj)
        return go_on()


def dumps(obj: object) -> bytes:
    pickled: bytes = CloudPickleSerializer().dumps(obj)  # type: ignore[no-untyped-call]
    return pickled


def test_all_that_spark_pickles_comes_by_and_is_pickled_the_same() -> None:
    plain = dumps([1, "a"])
    with hooked(listener := Listener()):
        assert dumps([1, "a"]) == plain

    assert listener.heard == [[1, "a"]]


def test_nothing_is_left_behind_whatever_ends_the_block() -> None:
    def breaks() -> None:
        with hooked(Listener()):
            assert now() != BEFORE
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        breaks()

    assert now() == BEFORE


def test_the_last_one_that_listens_has_it() -> None:
    first, second = Listener(), Listener()
    with hooked(first):
        dumps(1)
        with hooked(second):
            dumps(2)
        dumps(3)

    assert (first.heard, second.heard) == ([1, 3], [2])


def test_blocks_that_overlap_in_threads_leave_it_as_it_was() -> None:
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with hooked(Listener()):
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with hooked(Listener()):
        thread.start()
        assert entered.wait(10)
    assert now() != BEFORE
    leave.set()
    thread.join()

    assert now() == BEFORE


def test_a_pickle_error_passes_through_spark_unchanged() -> None:
    class Own(pickle.PickleError): ...

    def refuse(*_: object) -> Any:
        raise Own("mine")

    with hooked(refuse), pytest.raises(Own, match="mine"):
        dumps(1)
