"""Bytes to text, as Python reads them."""

from __future__ import annotations

import codecs
import os
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard.source.text import (
    LIMIT,
    UnreadableSource,
    decode,
    display_name,
    encoding_of,
    read_bytes,
    read_source,
    split_lines,
)


def text_of(data: bytes) -> str:
    return decode(data, Path("job.py"), "job.py").text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"x = 1\n", "x = 1\n"),
        ("x = 'é'\n".encode(), "x = 'é'\n"),
        (codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"#!/bin/sh\n# coding=cp1252\n# \x80\n", "#!/bin/sh\n# coding=cp1252\n# €\n"),
        (b"# coding: latin-1\r\n# \xe9\r\n", "# coding: latin-1\r\n# é\r\n"),
        (b"#!/bin/sh\r# coding: latin-1\r# \xe9\r", "#!/bin/sh\r# coding: latin-1\r# é\r"),
        (b"a\r\n\x0cb\n", "a\r\n\x0cb\n"),
    ],
)
def test_bytes_are_decoded_as_python_does(data: bytes, text: str) -> None:
    assert text_of(data) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x = 1\n\0", "holds null bytes, so it is no Python source"),
        ("x = 1\n".encode("utf-16"), "holds null bytes, so it is no Python source"),
        (
            b"x = 1\n\n# caf\xe9\n",
            "byte 0xe9 on line 3 is not utf-8, and no coding line names another encoding",
        ),
        (
            b"# caf\xe9\n",
            "byte 0xe9 on line 1 is not utf-8, and no coding line names another encoding",
        ),
        (b"# coding: ascii\nx = '\xe9'\n", "byte 0xe9 on line 2 is not ascii"),
        (b"# coding: klingon\n", "unknown encoding: klingon"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", "encoding problem: utf-8"),
        (b"# coding: punycode\n", "`punycode` is not a coding for source code"),
    ],
)
def test_bytes_that_are_no_text_say_why_in_one_line(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource) as caught:
        text_of(data)
    assert str(caught.value) == reason


def test_a_coding_that_turns_bytes_into_bytes_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="'zlib' is not a text encoding"):
        text_of(b"# coding: zlib\n")


def test_a_byte_order_mark_is_remembered() -> None:
    assert decode(codecs.BOM_UTF8 + b"x", Path("a.py"), "a.py").bom
    assert not decode(b"x", Path("a.py"), "a.py").bom


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_reason(data: bytes) -> None:
    reason = ""
    try:
        text_of(data)
    except UnreadableSource as error:
        reason = str(error) or "\n"
    assert "\n" not in reason


_NO_CODING = (b"", b" ", b"\f#", b"#!/bin/sh", b"x", b"\xe9", "# é".encode())
_CODING = (b"# coding: latin-1", b"#-*- coding=utf-8 -*-", b"x # coding: latin-1", b"# coding: no")
_LINE = st.sampled_from((*_NO_CODING, *_CODING))
_END = st.sampled_from([b"\n", b"\r", b"\r\n"])


@given(st.sampled_from([b"", codecs.BOM_UTF8]), st.lists(_LINE, max_size=4), _END)
def test_the_coding_is_the_one_that_python_finds(
    mark: bytes, said: list[bytes], end: bytes
) -> None:
    data = mark + end.join(said)
    lines = iter(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").splitlines(keepends=True))
    try:
        expected, _ = tokenize.detect_encoding(lambda: next(lines, b""))
    except SyntaxError:
        with pytest.raises((SyntaxError, UnicodeDecodeError)):
            data.decode(encoding_of(data))
    else:
        assert encoding_of(data) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_where_python_ends_them(end: str) -> None:
    text = end.join(["a\x0cb", "c\x1cd\u2028e\x85f", ""])
    assert split_lines(text) == ["a\x0cb", "c\x1cd\u2028e\x85f", ""]


def test_a_file_is_read_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "job.py"
    path.write_bytes(b"x = 1\r\n")
    source = read_source(path, "jobs/job.py")
    assert (source.path, source.name, source.text) == (path, "jobs/job.py", "x = 1\r\n")


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.py")  # opening it would block
    (tmp_path / "gone.py").symlink_to("nowhere")
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "large.py").write_bytes(b"#" * (LIMIT + 1))
    reasons = {
        "fifo.py": "not a regular file",
        ".": "not a regular file",
        "gone.py": "broken symbolic link",
        "loop.py": "too many levels of symbolic links",
        "missing.py": "no such file or directory",
        "nul\0.py": "no path that can be opened",
        "large.py": "larger than 10 MB",
    }
    for name, reason in reasons.items():
        with pytest.raises(UnreadableSource) as caught:
            read_source(tmp_path / name, name)
        assert str(caught.value) == reason


@pytest.mark.parametrize("told", [0, 3, 100])
def test_a_file_is_read_whole_whatever_its_size_is_said_to_be(
    told: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"x = 1\n")
    known = file.stat()
    answer = os.stat_result((*known[:6], told, *known[7:10]))
    monkeypatch.setattr(Path, "stat", lambda path: answer)
    assert read_bytes(file) == b"x = 1\n"
    assert read_bytes(file, 6) == b"x = 1\n"
    with pytest.raises(UnreadableSource, match="larger than 0 MB"):
        read_bytes(file, 5)


def test_names_are_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert display_name(Path("jobs") / "job.py") == "jobs/job.py"
    assert display_name(tmp_path / "jobs" / "job.py") == "jobs/job.py"
    assert display_name(tmp_path.parent / "other.py") == "../other.py"
    assert display_name(Path("jobs") / ".." / "job.py") == "job.py"
    assert display_name(tmp_path / "jobs" / ".." / "a..py") == "a..py"
    assert display_name(Path(f"{tmp_path}_too") / "job.py") == f"../{tmp_path.name}_too/job.py"
    assert display_name(tmp_path) == "."
