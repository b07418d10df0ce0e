"""The words that people choose rules by: `SG103`, its prefix `SG1`, `captured-self`, `ALL`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sparkguard.model import Rule


class UnknownRule(ValueError):
    """A word that chooses no rule; its text is the whole message."""

    def __init__(self, word: str, rules: Iterable[Rule]) -> None:
        names = [name for rule in rules for name in (rule.code, rule.name)]
        super().__init__(f"unknown rule `{word}`{nearest(word, names)}")


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: `, did you mean ...?`, or nothing."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    matches = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.5)
    return f", did you mean `{by_lower[matches[0]]}`?" if matches else ""


def codes(word: str, rules: Iterable[Rule]) -> frozenset[str]:
    """The codes of the rules that one word chooses.

    Raises:
        UnknownRule: It chooses none.
    """
    rules = tuple(rules)
    chosen = frozenset(rule.code for rule in rules if _chooses(word.strip(), rule))
    if not chosen:
        raise UnknownRule(word.strip(), rules)
    return chosen


def all_codes(words: Iterable[str], rules: Iterable[Rule]) -> frozenset[str]:
    """The codes of the rules that any of the words chooses; raises `UnknownRule`."""
    rules = tuple(rules)
    return frozenset().union(*(codes(word, rules) for word in words))


def _chooses(word: str, rule: Rule) -> bool:
    code = word.upper()
    return code == "ALL" or word == rule.name or (len(code) > 1 and rule.code.startswith(code))
