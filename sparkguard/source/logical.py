"""The logical lines of a notebook's cell, and where in each of them IPython's own syntax begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_ESCAPE = re.compile(r"[ \t\f]*(?=[!%](?!=)|/(?![/=])|[?,;])")
_ASSIGNED = re.compile(r"(?:[ \t]|\\\n)*(?=!|%[ \t]*[^\W\d])")
_HELP = re.compile(r"[\w*\]]\?\??$")
_SIGN = re.compile(r"\\\n|\n|#[^\n]*|[([{]|[)\]}]|'''|\"\"\"|['\"]|[=!<>:+\-*/%&|^@]=|=")
_IN_STRING = {
    quote: re.compile(rf"\\.|{quote}|\Z{line_end}", re.DOTALL)
    for quote, line_end in (("'", r"|(?=\n)"), ('"', r"|(?=\n)"), ("'''", ""), ('"""', ""))
}
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_CONTINUED = re.compile(r"(?:[^\n]*\\\n)*[^\n]*")


class Statement(NamedTuple):
    """A logical line.

    Args:
        text: All of it, without the line end behind it.
        magic: The offset of what only IPython understands: a magic, a command, a question.
    """

    text: str
    magic: int | None = None


def statements(text: str) -> Iterator[Statement]:
    r"""The logical lines of a cell; joined by `\n`, they are the text again.

    They end where Python's tokenizer ends them, whatever stands in a string or in brackets; those
    that are IPython's, like `!echo it's`, end with their line.
    """
    start = 0
    while start <= len(text):
        statement = _statement(text, start)
        yield statement
        start += len(statement.text) + 1


def _statement(text: str, start: int) -> Statement:
    if escape := _ESCAPE.match(text, start):
        return _magic(text, start, escape.end())
    behind, assigns = start, False
    for word, at in _signs(text, start):
        if word == "\n":
            return _plain(text[start : at - 1], behind - start)
        value = _ASSIGNED.match(text, at) if word == "=" and not assigns else None
        if value:
            return _magic(text, start, value.end())
        behind, assigns = at if word else len(text), assigns or word == "="
    return _plain(text[start:], behind - start)


def _signs(text: str, start: int) -> Iterator[tuple[str, int]]:
    """What may end a statement or assign in it, and the offset behind; nothing within brackets."""
    at, depth = start, 0
    while sign := _SIGN.search(text, at):
        at, word = sign.end(), sign.group()
        if word in _IN_STRING:
            at = _string_end(word, text, at)
        depth = max(0, depth + (word in _OPENING) - (word in _CLOSING))
        yield "" if depth else word, at


def _string_end(quote: str, text: str, at: int) -> int:
    found = _IN_STRING[quote].finditer(text, at)
    return next((part.end() for part in found if not part.group().startswith("\\")), len(text))


def _magic(text: str, start: int, at: int) -> Statement:
    """A statement that is IPython's from `at` to the end of its line, backslashes followed."""
    behind = _CONTINUED.match(text, at)
    return Statement(text[start : behind.end() if behind else at], at - start)


def _plain(text: str, behind: int) -> Statement:
    """Python, unless it asks for help: a `?` at its end that stands in no string or comment."""
    body = text.rstrip()
    asks = len(body) > behind and _HELP.search(body[-3:])
    return Statement(text, len(text) - len(text.lstrip()) if asks else None)
