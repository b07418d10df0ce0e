"""Where the comment that silences a finding is written, and how."""

from __future__ import annotations

import pytest

from sparkguard.diagnostic import Diagnostic, Label, ShippedBy
from sparkguard.fixer import apply
from sparkguard.silence import can_be_silenced, silencing
from tests.records import diagnostic, span


def finding(start: str, end: str = "", ships: str = "", path: str = "job.py") -> Diagnostic:
    at = span(start, end)
    shipped = ShippedBy("udf", "f", span(ships or start, path=path))
    return diagnostic(Label(at, "here", primary=True), ship_point=shipped)


def written(text: str, found: Diagnostic, reason: str = "why") -> list[str]:
    return [apply(text, [edit]) for edit in silencing(found, text, reason)]


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("x = f", "x = f  # sparkguard: ignore[SG103] why"),
        ("x = f  ", "x = f  # sparkguard: ignore[SG103] why"),
        ("x = f  # a word", "x = f  # a word  # sparkguard: ignore[SG103] why"),
        ("x = '#'", "x = '#'  # sparkguard: ignore[SG103] why"),
        ("x = f  # sparkguard: ignore[SG101]", "x = f  # sparkguard: ignore[SG101, SG103] why"),
        (
            "x = f  # sparkguard: ignore[SG101 ] local",
            "x = f  # sparkguard: ignore[SG101, SG103] local; why",
        ),
        (
            "x = f  # sparkguard: ignore[SG101] why",
            "x = f  # sparkguard: ignore[SG101, SG103] why",
        ),
        (
            "x = f  # noqa: E501  # sparkguard: ignore[SG101] #12  # pragma: no cover",
            "x = f  # noqa: E501  # sparkguard: ignore[SG101, SG103] #12; why  # pragma: no cover",
        ),
        (
            "x = '# sparkguard: ignore[SG101]'",
            "x = '# sparkguard: ignore[SG101]'  # sparkguard: ignore[SG103] why",
        ),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
def test_the_comment_joins_what_stands_there(line: str, becomes: str, end: str) -> None:
    assert written(line + end, finding("1:5"))[0] == becomes + end


def test_a_reason_is_one_line() -> None:
    assert written("x = f\n", finding("1:5"), " a\n\tb ") == [
        "x = f  # sparkguard: ignore[SG103] a b\n"
    ]
    assert written("x = f\n", finding("1:5"), "") == ["x = f  # sparkguard: ignore[SG103]\n"]


def lines(text: str, found: Diagnostic) -> list[int]:
    """The lines that can hold the comment, the best first."""
    return [
        next(at for at, line in enumerate(new.splitlines(), 1) if "sparkguard" in line)
        for new in written(text, found)
    ]


def test_the_reported_line_comes_first_then_that_of_the_call() -> None:
    text = "x = udf(\n    f,\n    g,\n)\n"
    assert lines(text, finding("2:5", ships="1:5")) == [2, 1, 4]
    assert lines(text, finding("2:5", ships="1:5", path="other.py")) == [2, 4]


def test_no_line_ends_within_a_string_or_goes_on_behind_it() -> None:
    assert lines("x = udf(f, '''a\nb''')\n", finding("1:5")) == [2]
    assert lines("x = 1 + \\\n    f\n", finding("1:5")) == [2]
    assert lines("x = 1 + \\\n    f + '''\n'''\n", finding("2:5", ships="1:5")) == [3]


def test_of_a_text_that_is_no_python_nothing_is_written() -> None:
    assert written("x = (\n", finding("1:5")) == []


def test_rules_about_the_check_itself_cannot_be_silenced() -> None:
    assert can_be_silenced("SG103")
    assert not any(map(can_be_silenced, ("SG001", "SG002", "SG003")))
