"""Code frames: what stands where, whatever the text and the labels are."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sparkguard.diagnostic import Diagnostic, Label, Position, Severity, Span
from sparkguard.report.frame import frame
from tests.records import diagnostic, span

WIDE = 200


def shown(found: Diagnostic, columns: int = WIDE, **sources: str) -> str:
    """The frame as plain text; `job` is the text of `job.py`."""
    return drawn(found, {f"{name}.py": text for name, text in sources.items()}, columns)


def drawn(found: Diagnostic, texts: dict[str, str], columns: int = WIDE) -> str:
    """The frame over texts by what they are called."""
    lines = frame(found, texts.get, columns)
    return "\n".join("".join(piece.text for piece in line).rstrip() for line in lines)


def labelled(*labels: tuple[str, str, str], **fields: Any) -> Diagnostic:
    """A finding with labels as (begin, end, words), the first one primary."""
    made = [
        Label(span(begin, end), text, primary=not number)
        for number, (begin, end, text) in enumerate(labels)
    ]
    return diagnostic(*made, **fields)


def below(source: str, *labels: tuple[str, str, str], columns: int = WIDE) -> list[str]:
    """What stands under the code line of a text of one line, without the gutter."""
    rows = shown(labelled(*labels), columns, job=source).split("\n")[3:]
    return [row.removeprefix("1 |").removeprefix("  |").removeprefix(" ") for row in rows]


def test_three_places_the_path_the_words_and_the_cure() -> None:
    text = "\n" * 11 + "        self.spark = SparkSession.builder.getOrCreate()\n" + "\n" * 20
    text += "        extract = udf(lambda x: self.extract_features(x), ArrayType(FloatType()))\n"
    found = labelled(
        ("33:33", "33:37", "`self` is captured here"),
        ("33:19", "33:22", "shipped by this call"),
        ("12:9", "12:19", "a SparkSession, held by every instance"),
        message="the lambda ships all of `self`, and `self.spark` cannot leave the driver",
        notes=("path: <lambda> -> self -> .spark (SparkSession)", "Spark will say: SPARK-5063"),
        help="hand the function what it needs; `sparkguard explain SG103`",
    )
    assert shown(found, job=text) == "\n".join(
        [
            "error[SG103]: the lambda ships all of `self`, "
            "and `self.spark` cannot leave the driver",
            "  --> job.py:33:33",
            "   |",
            "12 |         self.spark = SparkSession.builder.getOrCreate()",
            "   |         ---------- a SparkSession, held by every instance",
            "...",
            "33 |         extract = udf(lambda x: self.extract_features(x), "
            "ArrayType(FloatType()))",
            "   |                   ---           ^^^^ `self` is captured here",
            "   |                   shipped by this call",
            "   = path: <lambda> -> self -> .spark (SparkSession)",
            "   = Spark will say: SPARK-5063",
            "   = help: hand the function what it needs; `sparkguard explain SG103`",
        ]
    )


def test_labels_in_other_files_have_their_own_section() -> None:
    found = diagnostic(
        Label(span("2:1", path="holder.py"), "held"),
        Label(span("10:1"), "captured", primary=True),
        severity=Severity.WARNING,
        message="two files",
    )
    assert shown(found, job="\n" * 9 + "x\n", holder="a\nb\n").split("\n") == [
        "warning[SG103]: two files",
        "  --> job.py:10:1",
        "   |",
        "10 | x",
        "   | ^ captured",
        "  ::: holder.py:2:1",
        "   |",
        " 2 | b",
        "   | - held",
    ]


def test_every_cell_has_its_own_section() -> None:
    found = diagnostic(
        Label(span("2:1", path="a.ipynb", cell=12), "captured", primary=True),
        Label(span("1:1", path="a.ipynb", cell=3), "bound"),
        Label(span("1:5", path="a.ipynb", cell=12), "shipped"),
        message="two cells",
    )
    texts = {"a.ipynb:cell 3": "x = 1", "a.ipynb:cell 12": "udf(f)\nx"}
    assert drawn(found, texts).split("\n") == [
        "error[SG103]: two cells",
        " --> a.ipynb:cell 12:2:1",
        "  |",
        "1 | udf(f)",
        "  |     - shipped",
        "2 | x",
        "  | ^ captured",
        " ::: a.ipynb:cell 3:1:1",
        "  |",
        "1 | x = 1",
        "  | - bound",
    ]


def test_one_line_between_is_shown_and_more_are_left_out() -> None:
    found = labelled(("1:1", "", "one"), ("3:1", "", "three"), ("7:1", "", "seven"))
    assert shown(found, job="a\nb\nc\nd\ne\nf\ng\n").split("\n")[3:] == [
        "1 | a",
        "  | ^ one",
        "2 | b",
        "3 | c",
        "  | - three",
        "...",
        "7 | g",
        "  | - seven",
    ]


def test_labels_on_one_line_do_not_overlap() -> None:
    rows = below(
        "aaa bbb ccc", ("1:5", "1:8", "second"), ("1:1", "1:4", "first"), ("1:9", "1:12", "third")
    )
    assert rows == ["aaa bbb ccc", "--- ^^^ --- third", "|   second", "first"]


def test_a_label_within_another_stands_over_it() -> None:
    rows = below("udf(lambda: self)", ("1:13", "1:17", "inner"), ("1:5", "1:17", "outer"))
    assert rows == ["udf(lambda: self)", "    --------^^^^", "    |       inner", "    outer"]


def test_labels_at_one_place_follow_each_other() -> None:
    rows = below("self", ("1:1", "1:5", "one"), ("1:1", "1:5", "two"))
    assert rows == ["self", "^^^^", "two", "one"]


def test_words_that_do_not_fit_beside_their_mark_hang_below_it() -> None:
    rows = below("x" * 50, ("1:41", "1:46", "words that need room"), columns=50)
    assert rows == ["x" * 50, " " * 40 + "^^^^^", " " * 30 + "words that need room"]


def test_an_empty_span_is_still_pointed_at() -> None:
    assert below("ab", ("1:3", "1:3", "here")) == ["ab", "  ^ here"]


def test_a_span_over_lines_is_marked_at_its_ends() -> None:
    found = labelled(("1:5", "4:2", "all this"))
    assert shown(found, job="x = udf(\n    f,\n    g,\n)\n").split("\n")[3:] == [
        "1 | x = udf(",
        "  |     ^^^^",
        "...",
        "4 | )",
        "  | ^ all this",
    ]


@pytest.mark.parametrize(
    ("source", "column", "code", "marks"),
    [
        ("\tx", 2, "    x", "    ^ here"),
        ("a\tx", 3, "a    x", "     ^ here"),
        ("'日本' x", 6, "'日本' x", "       ^ here"),
        ("'e\u0301' x", 6, "'e\u0301' x", "    ^ here"),
        ("\x1b[31m x", 7, "␛[31m x", "      ^ here"),
        ("\u202e x", 3, r"\u202e x", "       ^ here"),
        ("\x7f\x9b x", 4, r"\u007f\u009b x", "             ^ here"),
        ("\x0cx", 2, "␌x", " ^ here"),
    ],
)
def test_marks_stand_below_what_they_mark(source: str, column: int, code: str, marks: str) -> None:
    assert below(source, (f"1:{column}", "", "here")) == [code, marks]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_are_not_shown(end: str) -> None:
    found = labelled(("2:1", "", "here"))
    assert shown(found, job=f"a{end}b\x0bc{end}").split("\n")[3:] == ["2 | b␋c", "  | ^ here"]


def test_a_long_line_is_cut_around_its_labels() -> None:
    source = "a" * 500 + "self" + "b" * 500
    code, marks = below(source, ("1:501", "1:505", "here"), columns=60)
    assert len(code) <= 60
    assert code.startswith("...a")
    assert code.endswith("b...")
    assert code[marks.index("^") : marks.index("^") + 4] == "self"
    assert marks.strip() == "^^^^ here"


def test_labels_too_far_apart_for_the_line_are_all_there() -> None:
    source = "udf" + "a" * 500 + "self" + "b" * 500
    rows = below(source, ("1:504", "1:508", "here"), ("1:1", "1:4", "there"), columns=60)
    assert all(len(row) <= 80 for row in rows)
    assert rows[0].count("self") == 1
    assert rows[1].strip().endswith("^^^^ here")
    assert rows[2] == "there"


def test_a_line_of_megabytes_is_laid_out() -> None:
    source = "x" * 5_000_000
    rows = below(source, ("1:2500001", "1:5000001", "half"), columns=100)
    assert max(map(len, rows)) <= 100
    assert rows[-1].strip() == "half"


def test_a_text_that_cannot_be_had_leaves_the_words() -> None:
    assert "here" in shown(labelled(("9:3", "9:5", "here")))


def test_words_of_hostile_files_are_made_visible() -> None:
    found = diagnostic(
        Label(span("1:1", path="a\x1b[2Jb\n.py"), "\x1b]0;owned\x07", primary=True),
        message="see \u202e",
        notes=("path: \x1b[1m",),
        help="\x9b",
    )
    said = shown(found)
    assert all(char == "\n" or unicodedata.category(char) not in ("Cc", "Cf") for char in said)
    assert "a␛[2Jb␊.py:1:1" in said


def test_long_notes_are_folded_below_their_words() -> None:
    found = diagnostic(notes=("why: " + "word " * 20,), help="a b")
    rows = shown(found, columns=40).split("\n")
    assert rows[5].startswith("  = why: word word")
    assert rows[6].startswith("         word")
    assert all(len(row) <= 45 for row in rows)


TEXTS = st.text(alphabet="ab \t日\u0301\x1b\u202e\n\r\x0c#", max_size=150)
POSITIONS = st.builds(Position, st.integers(1, 6), st.integers(1, 30))


@given(
    TEXTS, st.lists(st.tuples(POSITIONS, POSITIONS), min_size=1, max_size=4), st.integers(40, 90)
)
def test_any_labels_on_any_text_can_be_laid_out(
    text: str, places: list[tuple[Position, Position]], columns: int
) -> None:
    labels = [
        Label(Span("job.py", min(place), max(place)), f"label {number}", primary=not number)
        for number, place in enumerate(places)
    ]
    said = shown(diagnostic(*labels), columns, job=text)
    assert all(said.count(label.text) == 1 for label in labels)
    assert not any(char in said for char in "\x1b\u202e\t\r\x0c")
    code = [row for row in said.split("\n") if re.match(r" *\d+ \| ", row)]
    assert all(cell_len(row) <= columns + len("1 | ") for row in code)
