"""A small run of three columns: the live witness says of a program what Spark says."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.differential.live_verdict import Judged, judge, page, told
from tests.differential.trial import sample

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SEED = 21
EVERY = 3
NUMBERS = 10_000
"""Where the numbers of these programs begin: those of the other small run have theirs."""


@pytest.fixture(scope="module")
def judgements(workbench: Path, spark: SparkSession) -> Iterator[list[Judged]]:
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # programs leave files and sockets open
        patch.setenv("PYTHONPATH", f"{workbench}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
        programs = sample(SEED)[::EVERY]
        yield [judge(*one, workbench, spark) for one in enumerate(programs, NUMBERS)]
        gc.collect()


@pytest.mark.spark
def test_the_live_witness_says_what_spark_says(judgements: list[Judged]) -> None:
    asked = [one for one in judgements if one.is_asked]

    assert len(asked) > len(judgements) / 2
    assert [told(one) for one in asked if not one.agreed] == []


@pytest.mark.spark
def test_the_way_ends_at_the_thing_that_the_generator_put_there(judgements: list[Judged]) -> None:
    said = [one for one in judgements if one.is_path_right is not None]

    assert len(said) > len(judgements) / 10
    assert [told(one) for one in said if not one.is_path_right] == []


@pytest.mark.spark
def test_the_page_tells_of_both_witnesses(judgements: list[Judged]) -> None:
    asked = sum(one.is_asked for one in judgements)

    assert f"| the live witness | {asked} | {asked} | 1.0000 |" in page(judgements, SEED, 60.0)
