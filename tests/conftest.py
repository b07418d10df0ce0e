"""One real Spark session for all tests that ask for it, and what happens where there is no Java."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.spark_programs import QUIET

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so a shell starts what runs in background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what tests start inherits it
FIXTURES = Path(__file__).parents[1] / "fixtures"
os.environ["PYSPARK_PYTHON"] = sys.executable


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks what asks for the session, so that `-m "not spark"` leaves it out."""
    if "spark" in getattr(item, "fixturenames", ()):
        item.add_marker("spark")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs what uses Spark last: the fast tests have their say first."""
    items.sort(key=lambda item: item.get_closest_marker("spark") is not None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips a Spark test where Spark cannot run, or fails it where Spark must be there."""
    missing = _missing_for_spark() if item.get_closest_marker("spark") else ""
    if missing and os.environ.get("SPARKGUARD_REQUIRE_SPARK") == "1":
        pytest.fail(missing, pytrace=False)
    if missing:
        pytest.skip(missing)


def _missing_for_spark() -> str:
    if not find_spec("pyspark"):
        return "needs pyspark: pip install 'sparkguard[spark]'"
    if not os.environ.get("JAVA_HOME") and not shutil.which("java"):
        return "needs Java 17 or newer: neither JAVA_HOME is set nor java is on the path"
    return ""


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the workers import from, as they do from what `--py-files` names."""
    return tmp_path_factory.mktemp("workbench")


@pytest.fixture(scope="session")
def spark(workbench: Path) -> Iterator[SparkSession]:
    """A classic session on two cores; it also lets the workers import the fixtures' modules."""
    from pyspark.sql import SparkSession

    projects = [path.parent for path in FIXTURES.glob("*/expected.txt")]
    shared = os.pathsep.join(map(str, [workbench, *projects]))
    session = (
        SparkSession.builder.master("local[2]")
        .config(map={**QUIET, "spark.executorEnv.PYTHONPATH": shared})
        .getOrCreate()
    )
    yield session
    session.stop()
