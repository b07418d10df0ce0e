"""The places in the user's own files that a traceback or a log names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# CPython's frames, in Java's logs too, where quotes may be escaped; then IPython's.
_FRAME = re.compile(
    r"""File\ \\?["'](?P<path>[^"'\n]+?)\\?["'],\ line\ (?P<line>\d+)(?:,\ in\ [^\n\\]+)?"""
    r"""(?:\n[ \t]+(?P<code>[^\n]+))?"""
    r"""|^File\ (?P<shown>[^\n:]+\.py):(?P<number>\d+)""",
    re.VERBOSE | re.MULTILINE,
)
_NOT_THE_USERS = re.compile(
    r"(?:site|dist)-packages|[/\\]pyspark[/\\]|pyspark\.zip|/lib/python3|^<"
)


class Frame(NamedTuple):
    """A place in a file.

    Args:
        path: The file, as the text names it.
        line: The line, counted from 1.
        code: What stands there, where the text quotes it.
    """

    path: str
    line: int
    code: str = ""


def frames(text: str) -> Iterator[Frame]:
    """The frames of a text that stand in no library, in its order."""
    for found in _FRAME.finditer(text):
        path = found["path"] or found["shown"]
        if not _NOT_THE_USERS.search(path):
            number = found["line"] or found["number"]
            yield Frame(path, int(number), (found["code"] or "").strip())


def has_frames(text: str) -> bool:
    """Whether the text holds a traceback at all."""
    return _FRAME.search(text) is not None
