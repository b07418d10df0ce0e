"""Terminals, pipes and files, and the line of progress."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from sparkguard.report import progress
from sparkguard.report.output import has_colour, is_terminal, paired, replaced
from sparkguard.report.progress import ProgressLine


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "colour"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {}, True, False),
    ],
)
def test_colours_are_for_those_who_see_them(
    choice: str,
    environment: dict[str, str],
    terminal: bool,
    colour: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_colour(choice, terminal) is colour


def test_force_color_makes_a_pipe_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_terminal(Terminal())
    assert not is_terminal(io.StringIO())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert is_terminal(io.StringIO())


def test_a_file_is_replaced_when_its_text_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("old", encoding="utf-8")
    with replaced(path) as out:
        out.write("new é")
        assert path.read_text(encoding="utf-8") == "old"
    assert path.read_text(encoding="utf-8") == "new é"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(RuntimeError), replaced(path):
        raise RuntimeError
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_keeps_pointing_where_it_did(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("report.txt")
    with replaced(tmp_path / "link") as out:
        out.write("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == "new"


def test_a_device_is_written_and_not_replaced() -> None:
    with replaced(Path("/dev/null")) as out:
        out.write("new")
    assert Path("/dev/null").is_char_device()


def test_progress_is_shown_on_long_work_and_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    out = Terminal()
    with ProgressLine(out, 40) as line:
        line(1, 9, "jobs/\x1b[2Ja.py")
        line(2, 9, "too soon after the first")
        time.sleep(progress.PAUSE)
        line(3, 9, "x" * 100)
    first, second, end = out.getvalue().split("\r\x1b[2K")[1:]
    assert first == "checking 1/9 jobs/␛[2Ja.py"
    assert second == "checking 3/9 " + "x" * 26
    assert end == ""


def test_progress_is_silent_on_short_work_and_in_pipes(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    with ProgressLine(out, 40) as line:
        line(1, 1, "a.py")
    assert out.getvalue() == ""
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    pipe = io.StringIO()
    with ProgressLine(pipe, 40) as line:
        line(1, 1, "a.py")
    assert pipe.getvalue() == ""


A, B = Path("a"), Path("b")


@pytest.mark.parametrize(
    ("words", "outputs"),
    [
        ((), [("", None)]),
        (("json",), [("json", None)]),
        ((A,), [("", A)]),
        (("json", A), [("json", A)]),
        ((A, "json"), [("json", A)]),
        (("json", A, "html", B), [("json", A), ("html", B)]),
        ((A, "json", B, "html"), [("json", A), ("html", B)]),
        (("text", "json", A), [("text", None), ("json", A)]),
        (("json", A, "text"), [("json", A), ("text", None)]),
        ((A, B), [("", A), ("", B)]),
        (("text", "json"), [("text", None), ("json", None)]),
    ],
)
def test_formats_and_files_side_by_side_belong_together(
    words: tuple[str | Path, ...], outputs: list[tuple[str, Path | None]]
) -> None:
    assert paired(words) == outputs
