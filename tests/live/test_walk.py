"""The ways to what refuses: the shortest, in the user's words, and the weight of each thing."""

from __future__ import annotations

import functools
import threading
from collections import namedtuple
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.bad_closures import HEAVY, MAKERS, Closure
from sparkguard.live.probe import Probe, probe
from sparkguard.live.walk import walk

LOCK = threading.Lock()
Pair = namedtuple("Pair", "left right")


class Slotted:
    __slots__ = ("held",)

    def __init__(self, held: object) -> None:
        self.held = held


class Custom:
    def __init__(self, held: object) -> None:
        self.held = held

    def __getstate__(self) -> object:
        return [self.held]

    def __setstate__(self, state: object) -> None: ...


class Dropping:
    def __init__(self) -> None:
        self.lock = LOCK

    def __getstate__(self) -> object:
        return {}


def ways(obj: object) -> list[tuple[str, ...]]:
    return [
        tuple(step.text for step in one.path) for one in probe(obj).point.captures if one.refused
    ]


def capturing(it: Any) -> Callable[[], Any]:
    return lambda: it


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__.strip("_"))
def test_the_way_is_right_in_fifteen_bad_closures(make: Callable[[], Closure]) -> None:
    closure = make()
    found = probe(closure.function)

    assert set(closure.ways) == set(ways(closure.function))
    if closure.heavy:
        heaviest = found.payload.weight.held[0]
        assert heaviest.text == closure.heavy
        assert HEAVY <= heaviest.bytes <= found.payload.bytes < HEAVY + 2000


@pytest.mark.parametrize(
    ("held", "way"),
    [
        (Pair(1, LOCK), ("it", ".right")),
        (Slotted(LOCK), ("it", ".held")),
        (Custom(LOCK), ("it", ".__getstate__()", "[0]")),
        ({1: {"x": LOCK}}, ("it", "[1]", "['x']")),
        ({LOCK}, ("it", "[...]")),
        (SimpleNamespace(a=[LOCK]), ("it", ".a", "[0]")),
        (Custom(LOCK).__getstate__, ("it", "self", ".__getstate__()", "[0]")),
        (functools.partial(print, LOCK), ("it", ".args[0]")),
        (ValueError(LOCK), ("it", ".args[0]")),
    ],
    ids=lambda one: type(one).__name__,
)
def test_each_kind_of_holder_has_its_step(held: object, way: tuple[str, ...]) -> None:
    assert ways(capturing(held)) == [way]


def test_the_shortest_way_counts_not_the_first() -> None:
    far = {"a": {"b": {"c": SimpleNamespace(lock=LOCK)}}}

    def function(x: object) -> object:
        return far, LOCK2, x

    LOCK2 = far["a"]["b"]["c"]  # noqa: N806

    assert ways(function) == [("LOCK2", ".lock")]


def test_each_way_to_the_same_thing_is_told() -> None:
    first, second = SimpleNamespace(a=LOCK), {"b": LOCK}

    assert set(ways(lambda: (first, second))) == {("first", ".a"), ("second", "['b']")}


def test_what_is_left_out_of_the_state_is_no_finding() -> None:
    assert ways(capturing(Dropping())) == []


def test_a_client_is_named_and_not_its_inner_lock() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        (capture,) = probe(capturing(pool)).point.captures

    assert [step.text for step in capture.path] == ["it"]
    assert capture.type == "concurrent.futures.ThreadPoolExecutor"
    assert "cannot pickle" in str(capture.refusal)


def test_an_instance_is_entered_and_its_class_said() -> None:
    (capture,) = probe(capturing([Slotted(LOCK)])).point.captures

    assert (capture.holder, capture.entered) == ("Slotted", 2)


def test_what_is_shared_is_weighed_once_where_the_way_is_the_shortest() -> None:
    shared = np.zeros(100_000)
    near, far = shared, SimpleNamespace(inner=[shared])

    weight = probe(lambda: (far, near)).payload.weight

    assert [part.text for part in weight.held] == ["near"]
    assert 800_000 < weight.bytes < 802_000


def test_the_tree_adds_up_and_stops_at_a_librarys_object() -> None:
    import torch

    model = torch.nn.Sequential(torch.nn.Linear(500, 500), torch.nn.Linear(500, 100))
    holder = SimpleNamespace(model=model, table=np.zeros(20_000))

    found = probe(lambda: holder).payload
    (held,) = found.weight.held
    parts = {part.text: part for part in held.held}

    assert parts[".model"].held == ()
    assert parts[".model"].bytes == pytest.approx(1_202_400, rel=0.01)
    assert parts[".table"].bytes == pytest.approx(160_000, rel=0.01)
    assert found.bytes == pytest.approx(found.weight.bytes, rel=0.01)


def test_a_large_plain_container_is_weighed_at_once() -> None:
    rows = {number: [number, str(number)] for number in range(50_000)}
    asked = Probe(lambda: rows)

    assert len(asked.nodes) < 100
    assert asked.nodes[0].bytes == pytest.approx(asked.run.bytes, rel=0.1)


def test_a_lock_in_a_large_container_is_found() -> None:
    rows: list[Any] = list(range(50_000))
    rows[30_000] = LOCK

    assert ways(capturing(rows)) == [("it", "[30000]")]


def test_a_walk_is_not_recursive() -> None:
    deep: list[Any] = [LOCK]
    for _ in range(100_000):
        deep = [deep]

    found = probe(capturing(deep)).point.captures

    assert [step.text for step in found[0].path][:2] == ["it", "[0]"]
    assert len(found[0].path) <= 3
    assert found[0].refused is not None
    assert "too deep" in found[0].refused.noun


def test_the_root_comes_first() -> None:
    def root() -> None: ...

    assert walk(Probe(root).run)[0].obj is root
