"""The words that rules are chosen by."""

from __future__ import annotations

import pytest

from sparkguard.checks import RULES
from sparkguard.selectors import UnknownRule, all_codes, codes, nearest


@pytest.mark.parametrize(
    ("word", "chosen"),
    [
        ("SG103", {"SG103"}),
        ("sg103", {"SG103"}),
        ("captured-self", {"SG103"}),
        (" SG00 ", {"SG001", "SG002", "SG003"}),
        ("ALL", {rule.code for rule in RULES}),
        ("SG", {rule.code for rule in RULES}),
    ],
)
def test_a_word_chooses_rules(word: str, chosen: set[str]) -> None:
    assert codes(word, RULES) == chosen


@pytest.mark.parametrize("word", ["", "S", "G1", "captured", "SG1034", "103", "*"])
def test_other_words_choose_none(word: str) -> None:
    with pytest.raises(UnknownRule, match=rf"^unknown rule `{word}`" if word != "*" else "rule"):
        codes(word, RULES)


def test_several_words_choose_together() -> None:
    assert all_codes(["SG103", "SG104"], RULES) == {"SG103", "SG104"}
    assert all_codes([], RULES) == frozenset()


def test_the_nearest_word_is_told_in_its_own_spelling() -> None:
    assert nearest("FAIL_ON", ["fail-on", "select"]) == ", did you mean `fail-on`?"
    assert nearest("zzz", ["fail-on", "select"]) == ""
