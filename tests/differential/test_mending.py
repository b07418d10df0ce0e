"""A small run of fixes: what they promise of programs that together have every part."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sparkguard.diagnostic import Applicability
from tests.differential.mending import LEVELS, Mended, Repair, mended, repairs
from tests.differential.trial import sample

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SEED = 20
FIRST = 5_000
"""The number of the first program: the modules of other runs in the session have smaller ones."""
FIXED = 0.4
"""The share of findings with a fix that some dozens must reach; thousands are a recipe."""
_OF_DRIVER = ("SG101", "SG102", "SG103", "SG104", "SG105", "SG106")

Run = list[tuple[list[Repair], list[Mended]]]


def run(root: Path, spark: SparkSession | None, levels: Sequence[Applicability] = LEVELS) -> Run:
    found = [(n, one, repairs(n, one, root)) for n, one in enumerate(sample(SEED), FIRST)]
    return [
        (some, list(mended(n, one, some, root, spark, levels=levels))) for n, one, some in found
    ]


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("mended"), None)


def test_a_fix_mends_its_finding_and_brings_no_other(static: Run) -> None:
    after = [one for _, several in static for one in several]
    assert [one for one in after if one.wrong] == []
    assert {one.least for one in after} == {*Applicability}


def test_many_findings_have_a_fix(static: Run) -> None:
    ours = [one for some, _ in static for one in some if one.code in _OF_DRIVER]
    assert sum(one.applicability is not None for one in ours) >= FIXED * len(ours)


def test_spark_takes_a_program_after_its_safe_fixes(workbench: Path, spark: SparkSession) -> None:
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # programs leave files and sockets open
        patch.setenv("PYTHONPATH", f"{workbench}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
        trials = run(workbench, spark, (Applicability.SAFE,))
        after = [one for _, several in trials for one in several if one.asked]
        gc.collect()
    assert after
    assert [one for one in after if one.said] == []
