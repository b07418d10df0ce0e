"""Real failures, from the traceback that a person pastes to the finding at the place."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from sparkguard.explain import findings
from sparkguard.failures import recognise
from tests.failures.shared import FOLDER, MECHANISMS

# What PySpark 4.3.0 said when the programs were run; they themselves are beside the checkout.
SAID = {path.stem: path.read_text("utf-8") for path in Path(__file__).with_name("corpus").iterdir()}
# A pool of processes is none of Spark's calls, and the check looks at those alone.
NOT_SHIPPED_BY_SPARK = {"multiprocessing"}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="needs the corpus beside the checkout")


def mechanisms() -> dict[str, str]:
    """What made each failing program fail, by the program's name."""
    with (FOLDER / "corpus" / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["verdict"] == "fail"]
    return {Path(row["file"]).stem: row["mechanism"] for row in rows}


def test_every_failure_of_the_corpus_is_here() -> None:
    assert SAID.keys() == mechanisms().keys()


@pytest.mark.parametrize("name", sorted(SAID))
def test_the_traceback_leads_to_the_finding(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mechanism = mechanisms()[name]
    rule = MECHANISMS[mechanism]
    (tmp_path / "corpus" / "fails").mkdir(parents=True)
    shutil.copy(FOLDER / "corpus" / "fails" / f"{name}.py", tmp_path / "corpus" / "fails")
    monkeypatch.chdir(tmp_path)

    recognised = recognise(SAID[name])

    assert recognised is not None
    assert rule in recognised.rules
    found = [each.code for each in findings(recognised).diagnostics][:1]
    assert found == ([] if mechanism in NOT_SHIPPED_BY_SPARK else [rule])
