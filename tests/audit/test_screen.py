"""What the audit shows of a finding, its fix and the keys, in wide and narrow terminals."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard import catalog
from sparkguard.audit import screen
from sparkguard.audit.deeds import is_applied
from sparkguard.audit.keys import KEYS, understood
from sparkguard.audit.terminal import NARROWEST
from sparkguard.diagnostic import Applicability, Edit, Fix
from sparkguard.model import Rule
from sparkguard.report.frame import Line
from tests.records import diagnostic, span
from tests.report.samples import FULL, JOB

DIFF = ["--- job.py\n", "+++ job.py\n", "@@ -1 +1 @@\n", "-x\n", "+\x1b[2Jy\r\n"]
WORDS = [key.word for key in KEYS]


def shown(lines: Iterable[Line]) -> list[str]:
    return ["".join(piece.text for piece in line).rstrip() for line in lines]


@pytest.mark.parametrize(
    ("applicability", "title", "is_made"),
    [
        (Applicability.SAFE, "fix: copy it", True),
        (Applicability.UNSAFE, "fix (unsafe: the code may do something else afterwards): ", True),
        (Applicability.DISPLAY, "a way out (to be made by hand): copy it", False),
    ],
)
def test_a_fix_says_how_far_it_can_be_trusted(
    applicability: Applicability, title: str, is_made: bool
) -> None:
    fix = Fix("copy it", (Edit(span("1:1"), "x"),), applicability)
    first, *rest = shown(screen.mending(fix, DIFF, 100))
    assert first.startswith(title)
    assert rest == ["@@ -1 +1 @@", "-x", "+\N{SYMBOL FOR ESCAPE}[2Jy"]
    assert is_applied(diagnostic(fix=fix)) is is_made


@pytest.mark.parametrize("rule", catalog.rules(), ids=lambda rule: rule.code)
def test_every_page_has_a_beginning_to_show(rule: Rule) -> None:
    excerpt = screen.excerpt_of(catalog.page(rule))
    assert excerpt[0].isupper() or excerpt[0] == "`"
    assert not excerpt.startswith(("#", "```", "-"))
    assert "\n" not in excerpt


@given(st.integers(NARROWEST, 200))
def test_what_is_said_fits_the_terminal(columns: int) -> None:
    rule = catalog.find("SG103")
    assert rule is not None
    texts = {"job.py": JOB}.get
    lines = [
        *shown(screen.finding(FULL, texts, catalog.page(rule), columns)),
        *shown(screen.choices(WORDS, "1/12", 3, columns)),
        *shown(screen.keys(WORDS[:3], columns)),
    ]
    assert max(map(len, lines)) <= columns


def test_every_key_and_every_word_is_understood() -> None:
    assert len({key.key for key in KEYS}) == len({key.word for key in KEYS}) == len(KEYS)
    for key in KEYS:
        assert understood(key.key) == understood(f" {key.word.title()}\n") == key.word
    assert understood("\x1b[C") == "skip"
    assert understood("\x04") == "quit"
    assert [understood(typed) for typed in ("", " ", "\n", "x", "\x1b", "\x1b[A", "S")] == [
        None
    ] * 7
