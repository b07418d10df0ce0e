"""Text to facts, and numbers back to places: spans are exact, whatever the text looks like."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import pytest

from sparkguard.diagnostic import Position
from sparkguard.source.facts import MODULE
from sparkguard.source.parse import parse
from sparkguard.source.syntax import ParseError
from tests.source.witness import HEAD, captures, ship_points, source, under

LARGEST = 30_000


def place(text: str) -> tuple[Position, Position]:
    """Where the last name that the module reads stands."""
    facts, anchors = parse(source(text))
    span = anchors.span(facts.scopes[MODULE].reads[-1].at)
    return span.start, span.end


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("name", (1, 1), (1, 5)),
        ("a = name", (1, 5), (1, 9)),
        ("\n\n  # words\na(name)", (4, 3), (4, 7)),
        ("if a:\n\tb(name)", (2, 4), (2, 8)),
        ("a\r\nb = name\r\n", (2, 5), (2, 9)),
        ("a\rb = name", (2, 5), (2, 9)),
        ("a('é', '🎉', name)", (1, 13), (1, 17)),
        ("größe(naïve)", (1, 7), (1, 12)),
        ("'''\n\n'''; name", (3, 6), (3, 10)),
        ("a(\\\n  name)", (2, 3), (2, 7)),
        ("a(\n  b,\n  (name),\n)", (3, 4), (3, 8)),
        ("f'é{name}'", (1, 5), (1, 9)),
        ("a\n\x0cb = name", (2, 6), (2, 10)),
        ("a; b; name", (1, 7), (1, 11)),
        ("(  name  )", (1, 4), (1, 8)),
    ],
)
def test_a_place_is_exact(text: str, start: tuple[int, int], end: tuple[int, int]) -> None:
    assert place(text) == (Position(*start), Position(*end))


PROGRAM = (
    HEAD
    + """
def main(spark):
    größe = "🎉"; frame = (
        spark.range(1)
        .filter("id > 0")
    )

    @F.udf(returnType="string")
    def label(number):
        return größe + frame.columns[0]

    shout = udf(
        lambda number: (
            frame
            .columns
        ),
        "string",
    )
    return frame.select(label("id"), shout("id"))
"""
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_what_a_ship_point_says_stands_where_it_says(line_end: str) -> None:
    text = PROGRAM.replace("\n", line_end)

    by_call, decorated = sorted(ship_points(text), key=lambda point: -point.span.start.line)

    assert [under(text, point.span) for point in (decorated, by_call)] == ["udf", "udf"]
    assert under(text, decorated.statement) == 'F.udf(returnType="string")'
    assert under(text, by_call.statement).startswith("shout = udf(")
    assert under(text, by_call.statement).rstrip().endswith(")")
    for capture in (*decorated.captures, *by_call.captures):
        assert under(text, capture.span) == "frame"
        assert capture.bound_at is not None
        assert under(text, capture.bound_at) == "frame"
        assert capture.bound_at.start.line == 7


def test_the_uses_of_a_capture_are_all_its_reads() -> None:
    text = (
        HEAD + "def main(spark):\n"
        "    return udf(lambda n: [spark, spark.version] + [spark for _ in n])\n"
    )

    [capture] = captures(text)

    assert [under(text, use) for use in capture.uses] == ["spark"] * 3
    assert capture.span == capture.uses[0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def f(:\n    pass\n", 1),
        ("x = 1\nprint 'python 2'\n", 2),
        ("x = 1\n  y = 2\n", 2),
        ("y = 1\nx = (1,\n\n", 2),
        ("x = 'open\n", 1),
        ("exec 'x' in y\n", 1),
        ("a\n\tb\n        c\n", 2),
    ],
)
def test_what_is_not_python_is_refused_at_its_line(text: str, line: int) -> None:
    with pytest.raises(ParseError) as refused:
        parse(source(text))

    assert refused.value.line == line
    assert refused.value.column >= 1
    assert "\n" not in refused.value.reason


def test_no_file_breaks_the_reading() -> None:
    folders = [Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    small = [file for file in files if file.is_file() and file.stat().st_size < LARGEST]

    for file in random.Random(1).sample(small, min(60, len(small))):
        try:
            facts, anchors = parse(source(file.read_text(encoding="utf-8"), file.name))
        except (ParseError, UnicodeDecodeError):
            continue
        assert facts.scopes[MODULE].kind == "module"
        assert all(scope.at < len(anchors.nodes) for scope in facts.scopes)
