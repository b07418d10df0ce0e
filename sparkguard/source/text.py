"""The text of one Python file, decoded as Python itself would decode it."""

from __future__ import annotations

import codecs
import os
import re
import stat
import tokenize
from dataclasses import dataclass
from pathlib import Path

LIMIT = 10_000_000
"""Bytes of the largest file that is read; what people write is far below."""

_DOMAIN_NAMES = frozenset({"idna", "punycode"})
"""Python takes these codings, too; they are for host names, and take minutes for a megabyte."""

_LINE_END = re.compile(r"\r\n|\r|\n")


class UnreadableSource(Exception):
    """A file whose text cannot be had; its text is the reason, in one line without the path."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """One Python file's text.

    Args:
        path: Where it was read.
        name: How it is shown: relative to the working directory, with `/`.
        text: The decoded text, line ends as they are, without a byte order mark.
        bom: Whether the file began with a byte order mark.
    """

    path: Path
    name: str
    text: str
    bom: bool = False


def display_name(path: Path) -> str:
    """The path as findings show it: relative to the working directory, with `/`."""
    if not path.is_absolute() and ".." not in path.parts:
        return path.as_posix()
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another drive, on Windows
        return path.as_posix()


def split_lines(text: str) -> list[str]:
    r"""The lines as Python counts them: ended by `\n`, `\r\n` or `\r`, and by nothing else."""
    return _LINE_END.split(text)


def read_source(path: Path, name: str) -> SourceText:
    """Read and decode one file.

    Raises:
        UnreadableSource: It is missing, no regular file, larger than `LIMIT`, or not text.
    """
    return decode(read_bytes(path), path, name)


def read_bytes(path: Path) -> bytes:
    """The bytes of a regular file of at most `LIMIT` bytes; raises `UnreadableSource`."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a fifo would wait for ever
            raise UnreadableSource("not a regular file")
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        broken = isinstance(error, FileNotFoundError) and path.is_symlink()
        raise UnreadableSource("broken symbolic link" if broken else reason(error)) from None
    if len(data) > LIMIT:
        raise UnreadableSource(f"larger than {LIMIT // 1_000_000} MB")
    return data


def decode(data: bytes, path: Path, name: str) -> SourceText:
    """Decode a file's bytes by its byte order mark or coding line (PEP 263), else as UTF-8.

    Raises:
        UnreadableSource: The coding is unknown, or the bytes are not in it, or hold null bytes.
    """
    if b"\0" in data:
        raise UnreadableSource("holds null bytes, so it is no Python source")
    try:
        encoding = _encoding(data)
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableSource(_undecodable(data, error)) from None
    except (SyntaxError, LookupError, ValueError) as error:
        raise UnreadableSource(str(error)) from None
    return SourceText(path, name, text, bom=encoding == "utf-8-sig")


def reason(error: OSError | ValueError) -> str:
    """What the system says, without the path and error number: `permission denied`."""
    if not isinstance(error, OSError):
        return "no path that can be opened"
    words = error.strerror or str(error)
    return words[:1].lower() + words[1:]


def _encoding(data: bytes) -> str:
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
