"""The comments of a Python text."""

from __future__ import annotations

import tokenize
from collections.abc import Iterator

from msgspec import Struct

from sparkguard.source.text import split_lines

_BEFORE_STATEMENTS = frozenset(
    {tokenize.ENCODING, tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.STRING}
)


class Comment(Struct, frozen=True):
    """One comment.

    Args:
        line: 1-based line.
        column: 1-based column of the `#`, in code points.
        text: The comment with its `#`.
        top: Whether it stands before the first statement; a docstring may stand above it.
    """

    line: int
    column: int
    text: str
    top: bool


def comments(text: str) -> Iterator[Comment]:
    """The comments in order; of a text that is no Python, those until the tokenizer gives up."""
    lines = iter([f"{line}\n" for line in split_lines(text)])
    top = True
    try:
        for token in tokenize.generate_tokens(lambda: next(lines, "")):
            top = top and token.type in _BEFORE_STATEMENTS
            if token.type == tokenize.COMMENT:
                yield Comment(token.start[0], token.start[1] + 1, token.string, top)
    except (tokenize.TokenError, SyntaxError):
        return
