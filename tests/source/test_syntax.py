"""What is Python and what is none, with a tree and without."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sparkguard.source.syntax import ParseError, check_python, is_flat, marks, parse_python
from sparkguard.source.text import read_source

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "sparkguard" / "source").rglob("*.py"))
_BEYOND = 10
"""Levels that a text has besides two for each mark."""
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


def _depth(text: str) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        level: list[ast.AST] = [ast.parse(text)]
    depth = 0
    while level:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    return depth


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


@given(nested())
@settings(max_examples=300, deadline=None)
def test_two_levels_for_each_mark_are_enough(text: str) -> None:
    try:
        depth = _depth(text)
    except SyntaxError:
        return
    assert depth <= 2 * marks(text) + _BEYOND


@pytest.mark.parametrize("inner", ["{}", "({})"])
@pytest.mark.parametrize("level", _AROUND)
def test_so_they_are_where_one_way_to_nest_is_repeated(level: str, inner: str) -> None:
    nest = inner.replace("{}", level)
    text = f"async def f():\n {reduce(lambda text, _: nest.format(text), range(15), 'x')}"
    try:
        depth = _depth(text)
    except SyntaxError:
        assert inner == "{}"
    else:
        assert depth <= 2 * marks(text) + _BEYOND


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_so_they_are_for_what_people_write(file: Path) -> None:
    text = read_source(file, file.name).text
    for node in ast.walk(ast.parse(text)):
        for below in ast.iter_child_nodes(node) if isinstance(node, ast.stmt) else ():
            if isinstance(below, ast.expr) and not isinstance(below, ast.Constant | ast.Name):
                part = f"async def f():\n ({ast.get_source_segment(text, below)})"
                assert _depth(part) <= 2 * marks(part) + _BEYOND


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
    assert _refused(check_python, text) == _refused(parse_python, text)


def test_most_small_files_get_no_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sparkguard.source.syntax.parse_python", pytest.fail)
    text = "def total(orders):\n    return sum(order.price for order in orders)\n"
    assert is_flat(text)
    check_python(text)
