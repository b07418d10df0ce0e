"""Which files of a project hold a word."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from sparkguard.source.needs import words

SEARCHES = 32
"""Words that are searched for: each takes a fiftieth of the time of all words of all texts."""


class Mentions:
    """Finds the texts that hold a word.

    Args:
        texts: Gives the texts, in order.
        few: Whether few words are expected: they are searched for one by one.
    """

    def __init__(self, texts: Callable[[], Iterable[str]], *, few: bool) -> None:
        self._texts, self._searches = texts, SEARCHES if few else 0
        self._found: dict[str, Sequence[int]] = {}

    def of(self, word: str) -> Sequence[int]:
        """The numbers of the texts that hold a word, in order."""
        if word not in self._found:
            searches = len(self._found) < self._searches
            self._found[word] = self._searched(word) if searches else self._indexed(word)
        return self._found[word]

    def _indexed(self, word: str) -> Sequence[int]:
        found = self._all.get(word, ())
        return (found,) if isinstance(found, int) else found

    def _searched(self, word: str) -> Sequence[int]:
        sought = re.escape(word)
        whole = re.compile(
            rf"{sought}(?!\w)(?<!\w{sought})"
        )  # what it begins with is found fastest
        return [number for number, text in enumerate(self._texts()) if whole.search(text)]

    @cached_property
    def _all(self) -> dict[str, array[int] | int]:
        """The texts of each word: most words stand in one."""
        found: dict[str, array[int] | int] = {}
        for number, text in enumerate(self._texts()):
            for word in words(text):
                before = found.setdefault(word, number)
                if not isinstance(before, int):
                    before.append(number)
                elif before != number:
                    found[word] = array("I", (before, number))
        return found
