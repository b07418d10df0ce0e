"""The text of one Python file or notebook, and where each of its lines stands for people."""

from __future__ import annotations

import codecs
import os
import re
import stat
import tokenize
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from sparkguard.diagnostic import Position, Span

NOTEBOOK = ".ipynb"
DATABRICKS = "# Databricks notebook source"
"""The first line of a notebook that Databricks keeps as a Python file."""
LIMIT = 10_000_000
"""Bytes of the largest file that is read; what people write is far below."""

_DOMAIN_NAMES = frozenset({"idna", "punycode"})
"""Python takes these codings, too; they are for host names, and take minutes for a megabyte."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_NEWLINE = re.compile(r"\n")
_HEAD = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)?[^\r\n]*")
"""The two lines that may name a coding (PEP 263)."""


class UnreadableSource(Exception):
    """A file whose text cannot be had; its text is the reason, in one line without the path."""


class Origin(NamedTuple):
    """Where a line of a text stands for people.

    Args:
        name: The file, as findings name it.
        line: 1-based, in the file or in its cell.
        cell: The number of the cell, as `Span` counts.
        cut: How many characters of the line stand before those of the text.
    """

    name: str
    line: int
    cell: int | None = None
    cut: int = 0


class Unparsed(NamedTuple):
    """A part of a notebook that is no Python: where, and why."""

    span: Span
    reason: str


class SourceText(Struct, frozen=True):
    """The Python of one file.

    Args:
        path: Where it was read.
        name: How it is shown: relative to the working directory, with `/`.
        text: The decoded text, line ends as they are, without a byte order mark; of a notebook, its
            cells one after the other, as IPython would hand them to Python.
        bom: Whether the file began with a byte order mark.
        origins: Where each line of `text` stands, if not at its own number in this file.
        written: What people wrote, by the number of the cell, where `text` is not just that.
        unparsed: What `text` leaves out because it is no Python.
    """

    path: Path
    name: str
    text: str
    bom: bool = False
    origins: tuple[Origin, ...] = ()
    written: Mapping[int | None, str] = {}
    unparsed: tuple[Unparsed, ...] = ()

    @property
    def is_notebook(self) -> bool:
        """Whether it runs as `__main__` and nothing else: no module, whoever imports it."""
        return self.path.suffix == NOTEBOOK or self.text.startswith(DATABRICKS)

    def shown(self, cell: int | None) -> str:
        """What people wrote in a cell, or in the file."""
        return self.written.get(cell, self.text)

    def span(self, start: Position, end: Position) -> Span:
        """What stands from `start` to `end` of the text, as a place that people can find."""
        if not self.origins:
            return Span(self.name, start, end)
        first, last = self.origins[start.line - 1], self.origins[end.line - 1]
        begin = Position(first.line, start.column + first.cut)
        return Span(first.name, begin, Position(last.line, end.column + last.cut), first.cell)


def display_name(path: Path) -> str:
    """The path as findings show it: relative to the working directory, with `/`."""
    if not path.is_absolute() and ".." not in path.parts:
        return path.as_posix()
    text, here = os.fspath(path), f"{os.getcwd()}{os.sep}"  # noqa: PTH109, of 10,000 files
    if text.startswith(here) and ".." not in text:
        return text.removeprefix(here).replace(os.sep, "/")
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another drive, on Windows
        return path.as_posix()


def split_lines(text: str) -> list[str]:
    r"""The lines as Python counts them: ended by `\n`, `\r\n` or `\r`, and by nothing else."""
    return _LINE_END.split(text) if "\r" in text else text.split("\n")


def line_starts(text: str) -> list[int]:
    """Where each line as Python counts them begins."""
    ends = (_LINE_END if "\r" in text else _NEWLINE).finditer(text)
    return [0, *map(re.Match.end, ends)]


def code_point(text: str, starts: Sequence[int], line: int, column: int) -> int:
    """Where in a text a place is that `ast` gives: a 1-based line, and the bytes of UTF-8 before.

    Args:
        text: The text.
        starts: Its `line_starts`.
        line: The line.
        column: The bytes on it before the place.
    """
    start = starts[line - 1]
    ahead = text[start : start + column]
    return start + (column if ahead.isascii() else len(ahead.encode()[:column].decode()))


def split_keeping(text: str) -> list[str]:
    """The lines as Python counts them, each with its end."""
    return [text[start:end] for start, end in pairwise([*line_starts(text), len(text)])]


def read_source(path: Path, name: str) -> SourceText:
    """Read and decode one file.

    Raises:
        UnreadableSource: It is missing, no regular file, larger than `LIMIT`, or not text.
    """
    return decode(read_bytes(path), path, name)


def read_bytes(path: Path, limit: int | None = None) -> bytes:
    """The bytes of a regular file.

    Args:
        path: The file.
        limit: Bytes of the largest that is read, by default `LIMIT`.

    Raises:
        UnreadableSource: It is missing, no regular file, or larger.
    """
    limit = limit or LIMIT
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # opening a fifo would wait for ever
            raise UnreadableSource("not a regular file")
        with path.open("rb") as file:
            data = file.read(min(found.st_size, limit) + 1)
            if len(data) > found.st_size:  # it grew, or its size is not told
                data += file.read(limit + 1 - len(data))
    except (OSError, ValueError) as error:
        broken = isinstance(error, FileNotFoundError) and path.is_symlink()
        raise UnreadableSource("broken symbolic link" if broken else reason(error)) from None
    if len(data) > limit:
        raise UnreadableSource(f"larger than {limit // 1_000_000} MB")
    return data


def decode(data: bytes, path: Path, name: str) -> SourceText:
    """Decode a file's bytes by its byte order mark or coding line (PEP 263), else as UTF-8.

    Of a notebook it takes the cells that are Python.

    Raises:
        UnreadableSource: The coding is unknown, or the bytes are not in it, or hold null bytes.
    """
    if b"\0" in data:
        raise UnreadableSource("holds null bytes, so it is no Python source")
    try:
        encoding = encoding_of(data)
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableSource(_undecodable(data, error)) from None
    except (SyntaxError, LookupError, ValueError) as error:
        raise UnreadableSource(str(error)) from None
    if path.suffix == NOTEBOOK:
        from sparkguard.source.notebook import read_notebook

        return read_notebook(text, path, name)
    return SourceText(path, name, text, bom=encoding == "utf-8-sig")


def reason(error: OSError | ValueError) -> str:
    """What the system says, without the path and error number: `permission denied`."""
    if not isinstance(error, OSError):
        return "no path that can be opened"
    words = error.strerror or str(error)
    return words[:1].lower() + words[1:]


def encoding_of(data: bytes) -> str:
    """The coding of a file's bytes, `utf-8-sig` for UTF-8 behind a byte order mark.

    Raises:
        SyntaxError: The coding line is wrong, or contradicts the mark.
        LookupError: The coding is none for source code.
        UnicodeDecodeError: The first lines are not in the coding.
    """
    head = _HEAD.match(data)
    if head and b"coding" not in head[0] and not data.startswith(codecs.BOM_UTF8):
        return "utf-8"  # as most files are: to ask `tokenize` takes five times as long
    lines = iter([line + b"\n" for line in re.split(rb"\r\n|\r|\n", data, maxsplit=2)[:2]])
    try:
        encoding, _ = tokenize.detect_encoding(lambda: next(lines, b""))
    except SyntaxError:
        data.decode("utf-8-sig")  # its error names the byte and the line
        raise
    if codecs.lookup(encoding).name in _DOMAIN_NAMES:
        raise LookupError(f"`{encoding}` is not a coding for source code")
    return encoding


def _undecodable(data: bytes, error: UnicodeDecodeError) -> str:
    line = len(re.findall(rb"\r\n|\r|\n", data[: error.start])) + 1
    byte = f"byte 0x{data[error.start]:02x} on line {line} is not {error.encoding}"
    return byte + ", and no coding line names another encoding" * (error.encoding == "utf-8")
