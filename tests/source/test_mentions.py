"""Which files hold a word: searched for, or looked up among all words, it is the same."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from sparkguard.source.mentions import Mentions

TEXTS = st.lists(st.text("ab_1. \n(é→\u2028²", max_size=12), max_size=6)
WORDS = st.text("ab_1é²", min_size=1, max_size=3)


@given(texts=TEXTS, asked=st.lists(WORDS, max_size=4))
def test_a_word_is_found_where_it_stands_alone(texts: list[str], asked: list[str]) -> None:
    few, many = (Mentions(lambda: texts, few=few) for few in (True, False))
    for word in asked:
        held = [number for number, text in enumerate(texts) if word in re.findall(r"\w+", text)]
        assert list(few.of(word)) == list(many.of(word)) == held


def test_where_many_words_are_asked_for_the_texts_are_read_once_more() -> None:
    read: list[str] = []

    def texts() -> list[str]:
        read.append("once")
        return ["a b", "b"]

    mentions = Mentions(texts, few=True)

    assert list(mentions.of("b")) == [0, 1]
    assert [list(mentions.of(f"w{number}")) for number in range(100)] == [[]] * 100
    assert 1 < len(read) < 50
