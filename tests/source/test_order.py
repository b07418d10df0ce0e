"""What is found depends on the texts alone: not on their order, nor on how Python hashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sparkguard.catalog import examples
from sparkguard.model import ShipPoint
from sparkguard.source.analysis import analyse
from sparkguard.source.text import SourceText

ROOT = Path(__file__).parents[2]
WAYS = [
    way
    for table in sorted((ROOT / "tests" / "ways").glob("*.md"))
    for way in examples(table.read_text(encoding="utf-8"))
    if len(way.files) > 1
]


def found(sources: list[SourceText]) -> dict[str, tuple[ShipPoint, ...]]:
    return {analysis.path: analysis.ship_points for analysis in analyse(sources)}


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_files_does_not_matter(data: st.DataObject) -> None:
    way = data.draw(st.sampled_from(WAYS))
    sources = [SourceText(Path(way.section, name), name, code) for name, code in way.files]

    assert found(data.draw(st.permutations(sources))) == found(sources)


def test_the_hash_seed_does_not_matter() -> None:
    command = [sys.executable, "-m", "sparkguard", "check", "--isolated", "--fail-on", "never"]
    said = [
        subprocess.run(
            [*command, "--output-format", "concise", "fixtures"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    ]

    assert said[0]
    assert len(set(said)) == 1
