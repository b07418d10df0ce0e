"""The question that is asked before anything is parsed."""

from __future__ import annotations

import pytest

from sparkguard import pyspark_api as api
from sparkguard.source.gate import may_ship


@pytest.mark.parametrize(
    "text",
    [
        "from pyspark.sql.functions import udf",
        "from functions import my_udf as f",
        "SPARK.range(1)",
        "frame.rdd.map(f)",
        "events.mapInPandas(f, schema)",
        "pairs.reduceByKey(add)",
        *api.DISTINCTIVE,
    ],
)
def test_a_text_that_names_what_shipping_needs_passes(text: str) -> None:
    assert may_ship(text)


@pytest.mark.parametrize(
    "text", ["", "import pandas as pd\nframe.apply(f)", "self.map(f)", "def f(): pass"]
)
def test_a_text_that_names_nothing_of_it_does_not(text: str) -> None:
    assert not may_ship(text)


@pytest.mark.parametrize("name", api.SHIP_POINTS)
def test_every_ship_point_is_reached_through_a_name_that_passes(name: str) -> None:
    assert may_ship(f"import {name.rpartition('.')[0]}")
