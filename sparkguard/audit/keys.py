"""The keys of the audit, each with the word that does the same where lines are typed."""

from __future__ import annotations

from typing import Literal, NamedTuple

Word = Literal[
    "apply", "all", "ignore", "baseline", "explain", "open", "back", "skip", "quit", "help"
]

Deed = Literal["apply", "all", "ignore", "baseline"]
"""What writes something."""


class Key(NamedTuple):
    """A key, and what it does."""

    key: str
    word: Word
    does: str


KEYS = (
    Key("a", "apply", "make the fix that is shown"),
    Key("A", "all", "make the fixes of all findings of this rule"),
    Key("i", "ignore", "write a comment that silences it here, with a reason"),
    Key("b", "baseline", "accept it for now: put it into the baseline"),
    Key("e", "explain", "show the page of the rule"),
    Key("o", "open", "open the file in your editor, and check it again"),
    Key("p", "back", "go to the finding before"),
    Key("s", "skip", "leave it as it is"),
    Key("q", "quit", "stop here; what was done is written"),
    Key("?", "help", "show this"),
)
_ARROWS: dict[str, Word] = {"\x1b[D": "back", "\x1b[C": "skip", "\x1bOD": "back", "\x1bOC": "skip"}
_END = "\x04"


def understood(typed: str) -> Word | None:
    """What a key, an arrow or a word means; Ctrl-D is `quit`."""
    typed = typed.strip() or typed[:1]
    if typed == _END:
        return "quit"
    for key in KEYS:
        if typed == key.key or typed.lower() == key.word:
            return key.word
    return _ARROWS.get(typed)
