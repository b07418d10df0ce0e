"""What can be asked on the driver, and what plain Python has instead, against PySpark."""

from __future__ import annotations

import importlib
import inspect
import re
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from sparkguard.pyspark_api import PLAIN_PYTHON, looks_up
from sparkguard.pyspark_api.plain import _PLAIN_CALLS, JOBS, PLAIN_READS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HOMES = {"pyspark.sql.Catalog": "pyspark.sql.catalog"}
STAYS = re.compile(r"sql.*DataFrame\b|(?<!catalog\.)Column\b|RDD\b|Session\b|Context\b|Query\b")
ON_INSTANCES = ("appName", "is_cached", "master")
"""What a constructor binds: no class has it."""
GIVEN: dict[str, tuple[Any, ...]] = {
    "abs": (-3,),
    "array_contains": ([1, 2], 2),
    "concat": ("ab", "c"),
    "contains": ("abc", "b"),
    "endswith": ("abc", "c"),
    "greatest": (1, 2),
    "isnotnull": ("a",),
    "isnull": ("a",),
    "least": (1, 2),
    "pow": (2.0, 3.0),
    "size": ([1, 2, 3],),
    "startswith": ("abc", "a"),
}


@pytest.mark.parametrize("name", sorted(PLAIN_READS | _PLAIN_CALLS | JOBS))
def test_a_member_is_there_and_gives_what_travels(name: str) -> None:
    owner, _, attribute = name.rpartition(".")
    module, _, cls = owner.rpartition(".")
    held = getattr(importlib.import_module(HOMES.get(owner, module)), cls)
    if attribute in ON_INSTANCES:
        assert f"self.{attribute}" in inspect.getsource(held) or attribute in held.__annotations__
        return
    member = inspect.getattr_static(held, attribute)
    assert (name in PLAIN_READS) != inspect.isfunction(member)
    function = member.fget if isinstance(member, property) else getattr(member, "func", member)
    assert not STAYS.search(str(function.__annotations__["return"]))


def test_getters_of_stages_look_up() -> None:
    assert looks_up("pyspark.ml.feature.VectorAssembler.getOutputCol")
    assert not looks_up("pyspark.ml.feature.VectorAssembler.transform")
    assert not looks_up("pyspark.sql.DataFrame.getOutputCol")


@pytest.mark.spark
def test_plain_python_makes_the_same(spark: SparkSession) -> None:
    from pyspark.sql import functions

    wrong = {}
    for name, template in PLAIN_PYTHON.items():
        function = name.rpartition(".")[2]
        given = GIVEN.get(function, (" Ab ",))
        column = getattr(functions, function)(*_columns(functions, function, given))
        named = dict(zip("ab", given, strict=False))
        made = eval(template.format(*named), named)  # noqa: S307 - a table of ours
        (row,) = spark.range(1).select(column).collect()
        if row[0] != made:
            wrong[function] = (row[0], made)
    assert wrong == {}


def _columns(functions: ModuleType, name: str, given: tuple[Any, ...]) -> list[Any]:
    """The arguments as columns, but for one that Spark takes as it is."""
    plain = 1 if name == "array_contains" else None
    return [one if at == plain else functions.lit(one) for at, one in enumerate(given)]
