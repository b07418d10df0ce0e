"""What real Spark says of a program: it answers, or it refuses what was shipped."""

from __future__ import annotations

import os
import re
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from tests.differential.draft import Written
from tests.differential.program import BrokenProgramError
from tests.spark_programs import QUIET, run

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

REFUSALS = re.compile(
    r"CONTEXT_ONLY_VALID_ON_DRIVER"
    r"|RDD_TRANSFORM_ONLY_VALID_ON_DRIVER"
    r"|NO_ACTIVE_SESSION"
    r"|SESSION_OR_CONTEXT_NOT_EXISTS"
    r"|UDTF_SERIALIZATION_ERROR"
    r"|annot pickle "
    r"|Can't pickle "
    r"|objects containing pointers cannot be pickled"
    r"|Can't get attribute "
    r"|_active_spark_context is not None|assert sc is not None"
    r"|TorchDistributor failed during training"
)
"""How Spark says that what was shipped cannot travel, or cannot be used where it arrives."""


def start(root: Path) -> SparkSession:
    """A session on one core, whose workers import from `root` as the driver does."""
    from pyspark.sql import SparkSession

    path = f"{root}{os.pathsep}{Path(__file__).parents[2]}"
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "PYTHONPATH": path}
    quick = {
        **QUIET,
        "spark.executorEnv.PYTHONPATH": path,
        "spark.python.daemon.module": "tests.differential.daemon",
        "spark.sql.warehouse.dir": str(root / "warehouse"),
        "spark.default.parallelism": "1",
        "spark.rdd.compress": "false",
    }
    return SparkSession.builder.master("local[1]").config(map=quick).getOrCreate()


def refusal(program: Written, number: int, root: Path, spark: SparkSession) -> str:
    """Spark's words where it refuses, empty where it answers.

    Args:
        program: Its files are written beside those of others.
        number: Its own in this session.
        root: The folder that driver and workers import from.
        spark: The session.

    Raises:
        BrokenProgramError: It fails, and not because of what it ships.
    """
    *modules, (_, script) = program.files
    for name, text in [*modules, (f"main_{number}.py", script)]:
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome = run(path, root, spark)
    if outcome.returned is not None:
        return ""
    found = REFUSALS.search(outcome.said)
    if not found:
        raise BrokenProgramError(outcome.said)
    return outcome.said
