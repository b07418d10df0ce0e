"""The calls that ship, against what PySpark did and against its signatures."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from sparkguard.pyspark_api import DISTINCTIVE, SHIP_POINTS, ShipApi, canonical, is_type, member
from tests.pyspark_types.annotations import lineage
from tests.pyspark_types.source import definition, modules
from tests.pyspark_types.table import public_classes

FACTS = Path(__file__).parent / "ship_points.csv"
COMMON = (
    "aggregate apply broadcast filter flatMap fold foreach groupBy map max min reduce register "
    "replace run sortBy top transform udf"
)


class Fact(NamedTuple):
    """What PySpark 4.3.0 did with one argument; `left_out` is why the table does not have it."""

    api: str
    argument: str
    targets: str
    left_out: str


def facts() -> list[Fact]:
    with FACTS.open(encoding="utf-8", newline="") as file:
        return [Fact(**row) for row in csv.DictReader(file)]


def parameters(api: str) -> tuple[str, ...]:
    """What a caller can write, by PySpark's source."""
    owner, _, name = api.rpartition(".")
    if owner in public_classes():
        classes = (cls for cls, _ in lineage(public_classes()[owner]))
        return next(cls.members[name].parameters for cls in classes if name in cls.members)
    module, _, name = (definition(owner, name) or "").rpartition(".")
    return modules()[module].functions[name].parameters


def shipped(api: str) -> set[str]:
    return (
        {argument.name for argument in SHIP_POINTS[api].arguments} if api in SHIP_POINTS else set()
    )


@pytest.mark.parametrize("api", SHIP_POINTS.values(), ids=SHIP_POINTS)
def test_what_ships_is_a_parameter_of_that_name_at_that_place(api: ShipApi) -> None:
    known = parameters(api.name)
    for argument in api.arguments:
        assert argument.name in known
        if argument.position is not None:
            assert known.index(argument.name) == argument.position
        else:
            assert any(name.startswith("*") for name in known[: known.index(argument.name) + 1])


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: f"{fact.api}({fact.argument})")
def test_the_table_has_every_argument_that_ships_and_no_other(fact: Fact) -> None:
    if fact.targets and not fact.left_out:
        assert fact.argument in shipped(fact.api)
        assert " ".join(SHIP_POINTS[fact.api].targets) == fact.targets
    else:
        assert fact.argument not in shipped(fact.api)


@pytest.mark.parametrize("api", SHIP_POINTS)
def test_a_ship_point_is_found_under_its_own_name(api: str) -> None:
    owner, _, name = api.rpartition(".")
    assert canonical(api) == api
    if is_type(owner):
        found = member(owner, name)
        assert found is not None
        assert found.name == api
        assert not found.is_property


@pytest.mark.parametrize(("method", "api"), DISTINCTIVE.items())
def test_a_distinctive_name_ships_the_same_argument_wherever_it_stands(
    method: str, api: str
) -> None:
    namesakes = [p for p in SHIP_POINTS.values() if p.name.endswith(f".{method}")]
    first = SHIP_POINTS[api].arguments
    assert all(namesake.arguments[:1] == first[:1] for namesake in namesakes)


@pytest.mark.parametrize(
    "name",
    COMMON.split(),
)
def test_a_name_that_others_use_too_is_not_distinctive(name: str) -> None:
    assert name not in DISTINCTIVE


def test_only_what_stands_above_a_definition_is_a_decorator() -> None:
    decorators = {name.rpartition(".")[2] for name, api in SHIP_POINTS.items() if api.decorator}
    assert decorators == {"udf", "pandas_udf", "arrow_udf", "udtf", "arrow_udtf"}
