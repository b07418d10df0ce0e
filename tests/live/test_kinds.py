"""What live types are to the tables."""

from __future__ import annotations

import contextvars
import csv
import ctypes
import io
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from sparkguard.live.kinds import _ALIASES, Kinds, dotted
from sparkguard.model import Refused
from sparkguard.pyspark_api import refused


def some() -> Iterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("obj", "family", "noun"),
    [
        (threading.Lock(), "lock", "a lock"),
        (threading.RLock(), "lock", "a lock"),
        (some(), "stream", "a generator"),
        (io.open("/dev/null", "rb"), "stream", "an open file"),  # noqa: SIM115, UP020
    ],
)
def test_a_type_has_its_family_and_noun(obj: object, family: str, noun: str) -> None:
    kind = Kinds().of(obj)

    assert kind.family == family
    assert kind.noun == noun


@pytest.mark.parametrize(("live", "written"), _ALIASES.items())
def test_every_alias_leads_to_a_row_of_the_tables(live: str, written: str) -> None:
    assert refused(live) is None
    assert refused(written) is not None


@pytest.mark.parametrize(
    ("obj", "type_"),
    [
        (csv.writer(io.StringIO()), "csv.writer"),
        (queue.SimpleQueue(), "queue.SimpleQueue"),
        (contextvars.ContextVar("a"), "contextvars.ContextVar"),
        (Future(), "concurrent.futures.Future"),
        ((ctypes.c_char * 3)(), "ctypes.Array"),
    ],
)
def test_what_a_library_keeps_to_itself_is_no_part_of_the_name(obj: object, type_: str) -> None:
    assert Kinds().of(obj).type == type_


def test_a_type_that_nobody_knows_is_said_by_its_name() -> None:
    class Mine: ...

    kind = Kinds().of(Mine())

    assert "Mine" in kind.noun
    assert kind.family == "native"


def test_what_the_user_keeps_on_the_driver_stays_there() -> None:
    class Client: ...

    own = Refused(dotted(Client), "own", "a Client", {"classic": "kept", "connect": "kept"})
    kept = Kinds({own.type: own})

    assert kept.kept_back(Client()) is own
    assert kept.kept_back(1) is None


def test_a_class_that_says_itself_what_travels_is_believed() -> None:
    from pyspark.conf import SparkConf

    class Portable(SparkConf):
        def __reduce__(self) -> tuple[type, tuple[()]]:
            return (dict, ())

    class Plain(SparkConf): ...

    assert Kinds().kept_back(Portable.__new__(Portable)) is None
    assert Kinds().kept_back(Plain.__new__(Plain)) is not None
