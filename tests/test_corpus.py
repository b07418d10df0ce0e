"""What is said of code that others wrote: real failures from public threads, and PySpark itself."""

from __future__ import annotations

from pathlib import Path

import pyspark
import pytest

from sparkguard.config import Config
from sparkguard.diagnostic import Severity
from sparkguard.engine import check
from tests.corpus import CORPUS, with_corpus

FOUND = 21
"""Of the 22 failures all but one: it sends DataFrames to processes of its own, not to workers."""


@with_corpus
@pytest.mark.parametrize(("folder", "found"), [("fails", FOUND), ("works", 0)])
def test_as_many_real_failures_are_found_as_are_recorded(folder: str, found: int) -> None:
    result = check([CORPUS / folder], Config(root=Path.cwd()))
    errors = [each for each in result.diagnostics if each.severity is Severity.ERROR]
    assert not result.problems
    assert len({each.primary.span.path for each in errors}) == found


@with_corpus
def test_a_real_failure_is_reported_where_it_was_marked_or_at_what_is_captured() -> None:
    for each in check([CORPUS / "fails"], Config(root=Path.cwd())).diagnostics:
        if each.severity is Severity.WARNING:
            continue
        assert each.ship_point is not None
        lines = Path(each.ship_point.span.path).read_text(encoding="utf-8").splitlines()
        assert "# BAD" in lines[each.ship_point.span.start.line - 1]


def test_pyspark_itself_is_read_to_the_end_and_found_clean() -> None:
    result = check([Path(pyspark.__file__).parent], Config(root=Path.cwd()))
    assert not result.problems
    assert result.summary.files > 300
    assert result.summary.ship_points > 100
    assert result.diagnostics == ()
