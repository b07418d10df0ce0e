"""A small run: real Spark and the analyzer before programs that together have every part."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.differential.report import Matrix, told
from tests.differential.trial import Trial, sample, trial

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Programs leave files and sockets open; when Python closes them is Python's affair.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SEED = 20
AGREED = 0.9
"""Recall and precision that a few dozen refused programs must reach; thousands are a recipe."""


@pytest.fixture(scope="module")
def trials(workbench: Path, spark: SparkSession) -> Iterator[list[Trial]]:
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # programs leave files and sockets open
        patch.setenv("PYTHONPATH", f"{workbench}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
        yield [trial(*numbered, workbench, spark) for numbered in enumerate(sample(SEED))]
        gc.collect()


@pytest.mark.spark
def test_no_program_fails_for_a_reason_of_its_own(trials: list[Trial]) -> None:
    assert not [f"{told(one)}\n{one.broken}" for one in trials if one.broken]


@pytest.mark.spark
def test_spark_and_the_analyzer_agree(trials: list[Trial]) -> None:
    matrix = Matrix.of(trials)

    disagreed = "\n\n".join(told(one) for one in trials if not one.agreed)
    assert min(matrix.recall, matrix.precision) >= AGREED, disagreed


@pytest.mark.spark
def test_the_sample_has_programs_that_are_refused_and_that_answer(trials: list[Trial]) -> None:
    matrix = Matrix.of(trials)

    assert min(matrix.hit, matrix.silent) > len(trials) / 5
