"""Comments that silence findings, and the findings about such comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkguard import fixer
from sparkguard.checks import RULES
from sparkguard.diagnostic import Diagnostic, Label, Severity
from sparkguard.source.text import SourceText
from sparkguard.suppress import apply, find
from sparkguard.verdict import Reported
from tests.records import diagnostic, ship_point, span

ALL = frozenset(rule.code for rule in RULES)


def checked(
    text: str,
    *reported: Reported,
    active: frozenset[str] = ALL,
    require_reason: bool = False,
) -> tuple[list[str], int]:
    """`CODE line: message` of what is left, and how many findings were silenced."""
    source = SourceText(Path("job.py"), "job.py", text)
    found = list(find(source, RULES))
    left, silenced = apply(reported, found, lambda path: active, require_reason)
    return [_line(each) for each in left], silenced


def _line(each: Diagnostic) -> str:
    return f"{each.code} {each.primary.span.start.line}: {each.message}"


def finding(line: int, code: str = "SG103", ships: int | None = None) -> Reported:
    """A finding on a line, whose ship point is on the same or on another one."""
    primary = Label(span(f"{line}:5"), "here", primary=True)
    return Reported.at(diagnostic(primary, code=code), ship_point(span(f"{ships or line}:1")))


@pytest.mark.parametrize(
    ("comment", "bare", "expected"),
    [
        ("# noqa", True, ["noqa"]),
        ("# noqa", False, []),
        ("# noqa: SG103", False, ["noqa: SG103"]),
        ("# noqa: E501", True, []),
        ("# noqa  # sparkguard: ignore[SG103]", False, ["ignore[SG103]", "noqa"]),
    ],
)
def test_a_comment_of_other_tools_is_none(comment: str, bare: bool, expected: list[str]) -> None:
    source = SourceText(Path("job.py"), "job.py", f"x = 1  {comment}\n")

    assert [each.written for each in find(source, RULES, bare=bare)] == expected


@pytest.mark.parametrize(
    "comment",
    [
        "# sparkguard: ignore[SG103] the job is local",
        "#sparkguard:ignore[SG103]",
        "# sparkguard: ignore[SG103, SG104]",
        "# sparkguard: ignore[SG1]",
        "# sparkguard: ignore[sg103]",
        "# sparkguard: ignore[captured-self]",
        "# sparkguard: ignore[ALL]",
        "# type: ignore[misc]  # sparkguard: ignore[SG103]",
        "# noqa: SG103",
        "# noqa:E501,SG103 a reason",
        "# NOQA : sg103",
        "# noqa: SG1",
        "# noqa",
        "# a reason # noqa: E501 SG103",
    ],
)
def test_a_comment_on_the_line_silences(comment: str) -> None:
    left, silenced = checked(f"x = udf(f)  {comment}\n", finding(1))
    assert silenced == 1
    assert all("SG104" in line for line in left)


@pytest.mark.parametrize(
    "comment",
    [
        "# sparkguard: ignore[SG104]",
        "# noqa: E501",
        "# noqa: SG104",
        "# noqaSG103",
        "# we ignore[SG103]",
        "'# sparkguard: ignore[SG103]'",
    ],
)
def test_other_comments_do_not(comment: str) -> None:
    left, silenced = checked(f"x = udf(f), {comment}\n", finding(1))
    assert silenced == 0
    assert left[0] == "SG103 1: `self` is shipped"


def test_a_comment_on_another_line_does_not() -> None:
    left, silenced = checked("# sparkguard: ignore[SG103]\nx = udf(f)\n", finding(2))
    assert left == ["SG103 2: `self` is shipped", "SG001 1: `ignore[SG103]` silences nothing"]
    assert silenced == 0


def test_the_line_of_the_call_that_ships_counts() -> None:
    text = "def f(x):\n    return g(x)\n\nudf(f)  # sparkguard: ignore[SG103]\n"
    assert checked(text, finding(2, ships=4)) == ([], 1)


@pytest.mark.parametrize("line", [1, 2, 3, 5])
def test_a_call_over_several_lines_takes_it_at_its_ends_and_where_it_is_reported(line: int) -> None:
    lines = [
        "x = df.select(",
        "    udf(",
        "        lambda: self.f",
        "        , 'int'",
        ")",
        "y = 1",
    ]
    lines[line - 1] += "  # sparkguard: ignore[SG103]"
    primary = Label(span("3:17"), "here", primary=True)
    point = ship_point(span("2:5", "2:8"), statement=span("1:1", "5:2"))
    reported = Reported.at(diagnostic(primary), point)
    assert checked("\n".join(lines), reported) == ([], 1)


def test_ignore_file_counts_for_the_whole_file_from_its_top() -> None:
    text = '"""A job."""\n# sparkguard: ignore-file[SG1] local only\nimport os\n'
    assert checked(text, finding(7), finding(9, code="SG104")) == ([], 2)


def test_ignore_file_below_the_first_statement_says_so() -> None:
    left, silenced = checked("import os\n# sparkguard: ignore-file[SG1]\n", finding(7))
    assert silenced == 0
    assert left[1] == "SG001 2: `ignore-file[SG1]` silences nothing below the first statement"


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# sparkguard: ignore[SG104]", "`ignore[SG104]` silences nothing"),
        (
            "# sparkguard: ignore[SG103, SG104]",
            "`SG104` in `ignore[SG103, SG104]` silences nothing",
        ),
        ("# noqa: E501, SG104", "`noqa: SG104` silences nothing"),
        ("# noqa: SG999", "unknown rule `SG999`"),
        ("# sparkguard: ignore[SG1O3]", "unknown rule `SG1O3`, did you mean `SG103`?"),
        ("# sparkguard: ignore[capturd-self]", "did you mean `captured-self`?"),
        ("# sparkguard: ignore[SG001]", "`SG001` cannot be silenced by a comment"),
        ("# sparkguard: ignore", "`ignore` names no rule, write `# sparkguard: ignore[SG103] why`"),
        ("# sparkguard: ignore SG103", "`ignore` names no rule"),
        ("# sparkguard: ignore[]", "`ignore[]` names no rule"),
        ("# sparkguard: ignore[SG103", "`ignore[SG103` has no closing `]`"),
        ("# sparkguard: disable[SG103]", "unknown comment `disable`"),
    ],
)
def test_a_comment_that_silences_nothing_is_reported(comment: str, message: str) -> None:
    left, _ = checked(f"x = udf(f)  {comment}\n", finding(1))
    (reported,) = [line for line in left if line.startswith("SG001 1: ")]
    assert message in reported


@pytest.mark.parametrize(
    "comment", ["# noqa", "# noqa: E501", "# sparkguard: reads this file", "# nothing"]
)
def test_a_comment_that_is_not_ours_is_not(comment: str) -> None:
    assert checked(f"x = 1  {comment}\n") == ([], 0)


def test_a_comment_on_a_rule_that_is_off_is_not_unused() -> None:
    text = "x = 1  # sparkguard: ignore[SG103]\ny = 1  # sparkguard: ignore[SG1]\n"
    assert checked(text, active=frozenset({"SG001", "SG104"})) == ([], 0)


def test_unused_comments_are_only_reported_where_their_rule_is_on() -> None:
    assert checked("x = 1  # sparkguard: ignore[SG1]\n", active=ALL - {"SG001"}) == ([], 0)


def test_an_unused_comment_is_a_warning_at_the_comment() -> None:
    source = SourceText(Path("job.py"), "job.py", "x = 1  # why # sparkguard: ignore[SG1] why\n")
    ((unused,), _) = apply([], list(find(source, RULES)), lambda path: ALL)
    assert unused.severity is Severity.WARNING
    assert unused.primary.span == span("1:14", "1:39")


def test_a_finding_is_silenced_by_the_file_of_its_ship_point_too() -> None:
    primary = Label(span("1:1", path="helpers.py"), "here", primary=True)
    reported = Reported.at(diagnostic(primary), ship_point(span("1:1")))
    assert checked("udf(f)  # noqa: SG103\n", reported) == ([], 1)


# What is left of a comment that silences too little


def mended(text: str, *reported: Reported) -> str:
    """The text after the fixes of all its unused comments, one after the other."""
    source = SourceText(Path("job.py"), "job.py", text)
    left, _ = apply(reported, list(find(source, RULES)), lambda path: ALL)
    fixes = [each.fix for each in left if each.fix]
    return mended(fixer.apply(text, fixes[0].edits), *reported) if fixes else text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "x = f  # sparkguard: ignore[SG103, SG104] why\n",
            "x = f  # sparkguard: ignore[SG103] why\n",
        ),
        ("x = f  # sparkguard: ignore[SG104,SG103]\n", "x = f  # sparkguard: ignore[SG103]\n"),
        (
            "x = f  # sparkguard: ignore[SG104, SG103, SG102] a\n",
            "x = f  # sparkguard: ignore[SG103] a\n",
        ),
        ("x = f  # sparkguard: ignore[SG104] why\n", "x = f\n"),
        ("x = f  # noqa: E501, SG104, SG103 why\n", "x = f  # noqa: E501, SG103 why\n"),
        ("x = f  # noqa: SG103, SG104\n", "x = f  # noqa: SG103\n"),
        ("x = f  # noqa: SG104, SG102\n", "x = f\n"),
        ("x = f  # noqa: E501, SG104, SG102\n", "x = f  # noqa: E501\n"),
        ("x = f  # a word # noqa: SG104\n", "x = f  # a word # noqa: SG104\n"),
        (
            "# sparkguard: ignore-file[SG104, SG103] why\nx = f\n",
            "# sparkguard: ignore-file[SG103] why\nx = f\n",
        ),
    ],
)
def test_what_is_unused_in_a_list_is_taken_out(before: str, after: str) -> None:
    line = before.splitlines().index(next(x for x in before.splitlines() if "x = f" in x)) + 1
    assert mended(before, finding(line)) == after


# Reasons


@pytest.mark.parametrize(
    ("comment", "explained"),
    [
        ("# sparkguard: ignore[SG103]", False),
        ("# sparkguard: ignore[SG103] ", False),
        ("# sparkguard: ignore[SG103] - !", False),
        ("# sparkguard: ignore[SG103]  # type: ignore[misc]", False),
        ("# noqa: SG103", False),
        ("# noqa", False),
        ("# sparkguard: ignore[SG103] the job is local", True),
        ("# sparkguard: ignore[SG103] #12", True),
        ("# sparkguard: ignore[SG103]: \u5927\u4e08\u592b", True),
        ("# noqa: SG103 the job is local", True),
        ("# noqa  the job is local", True),
    ],
)
def test_a_comment_says_why_where_that_is_required(comment: str, explained: bool) -> None:
    text = f"x = udf(f)  {comment}\n"
    assert checked(text, finding(1)) == ([], 1)
    left, silenced = checked(text, finding(1), require_reason=True)
    assert silenced == 1
    assert [line[:8] for line in left] == ([] if explained else ["SG003 1:"])


def test_a_comment_that_silences_nothing_needs_no_reason() -> None:
    left, _ = checked("x = 1  # sparkguard: ignore[SG103]\n", require_reason=True)
    assert left == ["SG001 1: `ignore[SG103]` silences nothing"]


def test_reasons_are_only_asked_for_where_the_rule_is_on() -> None:
    text = "x = udf(f)  # sparkguard: ignore[SG103]\n"
    assert checked(text, finding(1), active=ALL - {"SG003"}, require_reason=True) == ([], 1)
