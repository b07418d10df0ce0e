"""How each editor is told where to go, and what it may be called."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from sparkguard.audit.editor import EditorError, open_at


def script(folder: Path, name: str) -> Path:
    """A program that writes its words into the file `words` beside it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    code = f"import sys\nopen({str(folder / 'words')!r}, 'w').write('|'.join(sys.argv[1:]))"
    path.write_text(f"#!{sys.executable}\n{code}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("vim", "", "+12|a b.py"),
        ("emacsclient", "-t", "-t|+12|a b.py"),
        ("code", "", "--wait|--goto|a b.py:12"),
        ("code", "--wait", "--wait|--goto|a b.py:12"),
        ("subl", "-w", "-w|a b.py:12"),
        ("hx", "", "a b.py:12"),
        ("my own editor", "", "+12|a b.py"),
    ],
)
def test_an_editor_is_told_the_line_in_its_way(
    tmp_path: Path, name: str, arguments: str, words: str
) -> None:
    named = str(script(tmp_path, f"bin/{name}"))
    command = f"{named} {arguments}" if arguments else named
    open_at("a b.py", 12, {"EDITOR": command})
    assert (tmp_path / "words").read_text() == words


def test_visual_comes_before_editor(tmp_path: Path) -> None:
    open_at("a.py", 1, {"VISUAL": str(script(tmp_path, "vi")), "EDITOR": "false"})
    assert (tmp_path / "words").exists()


def test_a_blank_variable_names_no_editor(tmp_path: Path) -> None:
    open_at("a.py", 1, {"VISUAL": " ", "EDITOR": str(script(tmp_path, "vi"))})
    assert (tmp_path / "words").exists()


@pytest.mark.parametrize("name", ["-x.py", "+1"])
def test_a_file_is_no_option(tmp_path: Path, name: str) -> None:
    open_at(name, 3, {"EDITOR": str(script(tmp_path, "vi"))})
    assert (tmp_path / "words").read_text() == f"+3|./{name}"


def test_what_is_no_program_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("x")
    with pytest.raises(EditorError, match="cannot be started: permission denied"):
        open_at("a.py", 1, {"EDITOR": f"{tmp_path / 'notes'} -n"})


def test_ctrl_c_is_the_editors_while_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "vi"
    path.write_text("#!/bin/sh\nkill -INT $PPID\nsleep 0.1\n")
    path.chmod(0o755)
    before = signal.getsignal(signal.SIGINT)
    open_at("a.py", 1, {"EDITOR": str(path)})
    assert signal.getsignal(signal.SIGINT) is before
