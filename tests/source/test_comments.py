"""Where the comments of a text are found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard.source.comments import Comment, comments


def test_comments_have_their_places() -> None:
    text = "# top\r\nx = '# no comment'  # é\r\n\x0cy = 1  # last"
    assert list(comments(text)) == [
        Comment(1, 1, "# top", top=True),
        Comment(2, 21, "# é", top=False),
        Comment(3, 9, "# last", top=False),
    ]


@pytest.mark.parametrize(
    ("text", "top"),
    [
        ("#!/bin/sh\n\n# here\n", True),
        ('"""A docstring\n\nof lines."""\n# here\n', True),
        ("import os\n# here\n", False),
        ("x = 1  # here\n", False),
    ],
)
def test_the_top_ends_with_the_first_statement(text: str, top: bool) -> None:
    assert list(comments(text))[-1].top is top


@pytest.mark.parametrize(
    "text", ["# first\nx = (\n", "# first\n  x = 1\n y = 2\n", "# first\n'''never closed"]
)
def test_a_text_that_is_no_python_yields_its_comments_up_to_there(text: str) -> None:
    assert next(comments(text)).text == "# first"


@given(st.text(alphabet="#'\"x \n\t\r\x0c\\(){}é", max_size=60))
def test_any_text_is_survived(text: str) -> None:
    assert all(comment.text.startswith("#") for comment in comments(text))
