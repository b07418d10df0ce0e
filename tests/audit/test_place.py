"""Where the walk stands after the findings were found anew."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sparkguard.audit.place import moved
from sparkguard.diagnostic import Diagnostic, Label
from tests.records import diagnostic, span


def findings(names: str) -> list[Diagnostic]:
    """A finding for each letter, a line for each; equal letters are findings that are alike."""
    return [
        diagnostic(Label(span(f"{line}:1"), "here", primary=True), message=name)
        for line, name in enumerate(names, 1)
    ]


def test_findings_are_known_wherever_their_lines_are() -> None:
    assert moved(findings("ab"), findings("abcd")) == 2
    assert moved(findings("ab"), findings("bcd")) == 1
    assert moved(findings("ab"), findings("cd")) == 0
    assert moved(findings(""), findings("ab")) == 0
    assert moved(findings("ab"), findings("")) == 0


def test_of_findings_that_are_alike_as_many_were_passed_as_there_were() -> None:
    assert moved(findings("aa"), findings("aaa")) == 2
    assert moved(findings("b"), findings("a")) == 0


def test_a_new_finding_is_not_walked_past() -> None:
    assert moved(findings("ab"), findings("axbc")) == 1


NAMES = st.text(st.sampled_from("abc"), max_size=6)


@given(NAMES, NAMES, st.sets(st.integers(0, 5)))
def test_what_comes_after_is_never_lost(passed: str, rest: str, gone: set[int]) -> None:
    left = "".join(name for at, name in enumerate(passed) if at not in gone)
    at = moved(findings(passed), findings(left + rest))
    assert at >= len(left)
    assert Counter((left + rest)[:at]) <= Counter(passed)
