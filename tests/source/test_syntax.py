"""What is Python and what is none, with a tree and without."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from sparkguard.source.parse import parse
from sparkguard.source.syntax import ParseError, check_python, parse_python, tree_of_any
from sparkguard.source.text import SourceText

_AROUND = (
    *("({})", "[{}]", "{{{}}}", "({},)", "{{1: {}}}", "{{**{}}}", "(yield {})", "(yield from {})"),
    *(
        "f({})",
        "f(*{})",
        "f(**{})",
        "f(k={})",
        "f(await {})",
        "f(await g({}))",
        "x[{}]",
        "x[{}, 1]",
    ),
    *("x[{}:]", "x[::{}, 1]", "{}.a", "{}()", "{}[0]", "-{}", "~{}", "not {}", "a + {}", "{} ** 2"),
    *("a or b and c in {}", "a and b or {}", "{} is not c", "{} in a", "a < {} < b", "(w := {})"),
    *("a if b else {}", "{} if b else c", "a if {} else c", "lambda: {}", "(lambda a={}: a)"),
    *("(lambda *, a={}: a)", "(lambda: (yield {}))", "[a for a in {}]", "f(a for a in {})"),
    *("[{} for a in b]", "{{a: b for a in {}}}", "[a for a in b if {}]", "[a async for a in {}]"),
    *("f(a or b and c in {} for d in e)", "f(not a or b and c in (yield {}))", "(a, *{})"),
)
_BLOCKS = (
    *("if {e}:\n{b}", "if a:\n p\nelif {e}:\n{b}", "if a:\n p\nelse:\n{b}", "while {e}:\n{b}"),
    *("for a in {e}:\n{b}", "with {e} as a, b:\n{b}", "try:\n{b}\nfinally:\n p"),
    *("try:\n p\nexcept {e}:\n{b}", "def f(a: {e} = 1):\n{b}", "async def f(*, a=({e})):\n{b}"),
    *("class A(B, k={e}):\n{b}", "@f({e})\ndef f():\n{b}", "def f() -> {e}:\n{b}"),
    *("match {e}:\n case [A(k=[1 | -1 as c]), *d] if a:\n {b}",),
)
_ENDS = (
    "return {}",
    "{}",
    "a = {}",
    "a: {} = 1",
    "a[{}] += 1",
    "del a[{}]",
    "assert a, {}",
    "return a, {}",
)


def _indented(text: str) -> str:
    return "\n".join(f" {line}" for line in text.split("\n"))


def _refused(check: Callable[[str], object], text: str) -> tuple[int, int, str] | None:
    try:
        check(text)
    except ParseError as error:
        return error.line, error.column, error.reason
    return None


@st.composite
def nested(draw: st.DrawFn) -> str:
    """Expressions in expressions, in statements in statements: each level as it comes."""
    around = draw(st.lists(st.sampled_from(_AROUND), max_size=12))
    inner = reduce(lambda text, level: level.format(text), around, "x")
    text = draw(st.sampled_from(_ENDS)).format(f"({inner})")
    for block in draw(st.lists(st.sampled_from(_BLOCKS), max_size=6)):
        text = block.format(e=f"({inner})", b=_indented(text))
    return f"async def whole():\n{_indented(text)}"


@given(
    st.one_of(
        nested(),
        st.text(max_size=60),
        st.text("()[]{}:=,.\n\t \\'\"#ifnotxd10\x00\ud800", max_size=40),
    )
)
@example("x = 1\n" * 50)
@example("from __future__ import nothing\n")
@example("def f(a, a): pass\n")
@example("global x\nx: int = 1\nreturn\n")
@example("'\\d'\n1if x else 2\n")
@example("(" * 150 + ")" * 150)
@example("-" * 500 + "1")
@example("x" + ".a" * 500)
@example("not " * 500 + "x")
@example("x" + " if a else x" * 500)
@example("if a: pass\n" + "elif a: pass\n" * 500)
@settings(max_examples=300, deadline=None)
def test_a_text_is_python_with_a_tree_or_without(text: str) -> None:
    assert _refused(check_python, text) == _refused(tree_of_any, text)


@given(nested())
@settings(max_examples=100, deadline=None)
def test_what_can_be_walked_through_is_read(text: str) -> None:
    assume(_refused(parse_python, text) is None)
    parse(SourceText(Path("a.py"), "a.py", text))


def test_most_files_get_no_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sparkguard.source.syntax.tree_of_any", pytest.fail)
    check_python("def total(orders):\n    return sum(order.price for order in orders)\n" * 500)
