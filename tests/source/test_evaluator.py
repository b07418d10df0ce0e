"""What the evaluator remembers."""

from __future__ import annotations

from pathlib import Path

from sparkguard.source.facts import Name
from sparkguard.source.index import ProjectIndex
from sparkguard.source.text import SourceText
from sparkguard.source.types import Evaluator


def test_an_expression_that_nobody_keeps_is_not_taken_for_another() -> None:
    text = "import threading\na, b = threading.Lock(), open('b')\n"
    source = SourceText(Path("job.py"), "job.py", text)
    evaluator = Evaluator(ProjectIndex([source]))
    frame = evaluator.frame(evaluator.index.parse(source))

    found = [evaluator.values(Name(1_000 + n, "ab"[n % 2]), frame) for n in range(50)]

    assert found[0] != found[1]
    assert found == found[:2] * 25
