"""What a live function takes along and weighs much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sparkguard import assert_shippable, probe
from sparkguard.diagnostic import Diagnostic, Severity

HEAVY = {number: str(number) for number in range(100_000)}
LIGHT = {number: str(number) for number in range(100)}


class Holder:
    def __init__(self, table: object) -> None:
        self.table, self.rate = table, 3


def found(function: Callable[..., object]) -> list[Diagnostic]:
    return list(probe(function).diagnostics)


def test_a_heavy_container_is_warned_of_with_its_weight() -> None:
    [diagnostic] = found(lambda number: HEAVY[number])

    assert (diagnostic.code, diagnostic.severity) == ("SG404", Severity.WARNING)
    assert diagnostic.message.startswith("the lambda ships `HEAVY`, a dict, ")
    assert diagnostic.capture is not None
    assert diagnostic.capture.path == ("<lambda>", "HEAVY")
    assert (diagnostic.capture.bytes or 0) > 1 << 20
    assert diagnostic.notes[-1] == f"weighs: {diagnostic.capture.bytes:,} bytes"


def test_a_light_one_is_not() -> None:
    assert not found(lambda number: LIGHT[number])


def test_of_things_in_each_other_the_outermost_is_told() -> None:
    nested = [[HEAVY, 1], 2]

    [diagnostic] = found(lambda: nested)

    assert diagnostic.capture is not None
    assert diagnostic.capture.path == ("<lambda>", "nested")


@pytest.mark.parametrize("table", [HEAVY, np.zeros(1 << 18)], ids=["a dict", "an array"])
def test_what_an_object_holds_is_reached_through_it(table: object) -> None:
    holder = Holder(table)

    [diagnostic] = found(lambda number: number * holder.rate)

    assert diagnostic.capture is not None
    assert diagnostic.capture.path == ("<lambda>", "holder", ".table")


def test_a_model_is_told_from_a_table() -> None:
    base: Any = pytest.importorskip(
        "sklearn.neighbors", reason="needs scikit-learn"
    ).KNeighborsRegressor
    model = base(1).fit(np.zeros((1 << 16, 2)), np.zeros(1 << 16))

    [diagnostic] = found(lambda: model)

    assert diagnostic.code == "SG402"
    assert "`model`, a model of sklearn" in diagnostic.message


def test_what_is_heavy_is_shippable() -> None:
    report = probe(lambda number: HEAVY[number])

    assert report.is_shippable
    assert_shippable(lambda number: HEAVY[number])
