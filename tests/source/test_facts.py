"""Which names each scope of a file binds and reads, and whose they are by CPython's rules."""

from __future__ import annotations

import random
import sys
import sysconfig
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sparkguard.source.builder import ScopeBuilder
from sparkguard.source.facts import MODULE, ModuleFacts, Scope
from sparkguard.source.parse import parse
from tests.source.scopes import disagreements
from tests.source.witness import source

SAMPLE = 150
LARGEST = 30_000
"""Bytes: a file of the standard library above it takes seconds."""


def facts_of(text: str) -> ModuleFacts:
    return parse(source(textwrap.dedent(text).lstrip("\n")))[0]


@pytest.mark.parametrize(
    ("statement", "reads", "binds"),
    [
        ("a = b", "b", "a"),
        ("a = b = c", "c", "a b"),
        ("a, (b, *c), [d] = e", "e", "a b c d"),
        ("a: b = c", "c", "a"),
        ("a: 'b'", "", "a"),
        ("a += b", "a b", "a"),
        ("a.b = c", "a c", ""),
        ("a[b:c, d] = e", "a b c d e", ""),
        ("a.b[c].d += e", "a c e", ""),
        ("del a, b[c], d.e", "b c d", "a"),
        ("import a.b, c.d as e", "", "a e"),
        ("from a.b import c, d as e", "", "c e"),
        ("from a import *", "", ""),
        ("for a, b in c: d\nelse: e", "c d e", "a b"),
        ("while a: b\nelse: c", "a b c", ""),
        ("if a: b\nelif c: d\nelse: e", "a b c d e", ""),
        ("with a as b, c as (d, e.f): g", "a c e g", "b d"),
        ("try: a\nexcept b as c: d\nexcept (e, f): g\nelse: h\nfinally: i", "a b d e f g h i", "c"),
        pytest.param(
            "try: a\nexcept* b as c: d",
            "a b d",
            "c",
            marks=pytest.mark.skipif(sys.version_info < (3, 11), reason="needs Python 3.11"),
        ),
        ("raise a from b", "a b", ""),
        ("assert a, b", "a b", ""),
        ("match a:\n case b.c | [] if f: g\n case [d, *e]: pass", "a b f g", "d e"),
        ("match a:\n case [b, *c]: d", "a d", "b c"),
        ("match a:\n case {'k': b, **c}: d", "a d", "b c"),
        ("match a:\n case b.c | 1 | -2: d", "a b d", ""),
        ("match a:\n case b(c, d=e) as f if g: h", "a b g h", "c e f"),
        ("match a:\n case None | _: b", "a b", ""),
        ("a if b else c", "a b c", ""),
        ("a and b or not c", "a b c", ""),
        ("a < b <= c in d is not e", "a b c d e", ""),
        ("a @ b ** -c", "a b c", ""),
        ("(a := b)", "b", "a"),
        ("[*a, *b], {**c, d: e}, {f}", "a b c d e f", ""),
        ("a(b, *c, d=e, **f)", "a b c e f", ""),
        ("a[b][c:d:e]", "a b c d e", ""),
        ("f'{a!r:>{b}} {c.d=}' 'e' f'{g}'", "a b c g", ""),
        ("lambda a, b=c: d", "c", ""),
        ("[a for b in c]", "c", ""),
        ("[(a := b) for b in c]", "c", "a"),
        ("def a(b: c = d, *e: f, g=h, **i) -> j: k", "d h", "a"),
        ("@a(b)\ndef c(): pass", "a b", "c"),
        ("@a\nclass b(c, *d, metaclass=e): f", "a c d e", "b"),
        ("async def a(): await b", "", "a"),
        ("print(None, True, ..., 1j)", "print", ""),
    ],
)
def test_a_statement_reads_and_binds(statement: str, reads: str, binds: str) -> None:
    module = facts_of(statement).scopes[MODULE]

    assert {read.id for read in module.reads} == set(reads.split())
    assert set(module.bindings) == set(binds.split())


@pytest.mark.parametrize(
    ("text", "scope", "reads", "binds"),
    [
        ("lambda a, *b, c=1, **d: e", "<lambda>", "e", "a b c d"),
        ("[a for b in c if d for e in b]", "<comprehension>", "a b d", "b e"),
        ("{a: b for c in d}", "<comprehension>", "a b", "c"),
        ("(a async for b in c)", "<comprehension>", "a", "b"),
        ("def f(a, /, b, *, c): return d", "f", "d", "a b c"),
        ("def f():\n global a\n a = b", "f", "b", ""),
        ("def f():\n for a in b: yield a", "f", "a b", "a"),
        ("def f():\n yield from a", "f", "a", ""),
        ("def f():\n def g(): a\n g()", "f", "g", "g"),
        ("def f():\n [(a := b) for b in c]", "f", "c", "a"),
        ("class A:\n a = b\n def c(self): d", "A", "b", "a c"),
        ("class A:\n a: b\n class B: c", "A", "", "a B"),
        ("async def f():\n async with a as b: await c", "f", "a c", "b"),
    ],
)
def test_a_scope_reads_and_binds(text: str, scope: str, reads: str, binds: str) -> None:
    facts = facts_of(text)

    found = next(one for one in facts.scopes if one.qualname == scope)

    assert {read.id for read in found.reads} == set(reads.split())
    assert set(found.locals) == set(binds.split())


def test_a_nonlocal_belongs_to_the_function_that_binds_it_later() -> None:
    facts = facts_of(
        """
        def f():
            def g():
                nonlocal spark
                spark = 1
            spark = None
        """
    )
    module, f, _ = facts.scopes

    assert "spark" not in module.bindings
    assert len(f.bindings["spark"]) == 2
    assert facts.owner(2, "spark") == 1


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("if __name__ == '__main__': f()", True),
        ('if __name__ == "__main__":\n    f()', True),
        ("if __name__ == 'main': f()", False),
        ("def f():\n    if __name__ == '__main__': f()", False),
    ],
)
def test_a_main_guard_is_seen(text: str, guarded: bool) -> None:
    assert bool(facts_of(text).guarded) is guarded


# Programs of any shape, few names: the fewer, the more they shadow one another.

NAMES = st.sampled_from(["a", "b", "c", "spark"])
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.builds("{}({})".format, NAMES, inner),
        st.builds("(lambda {}={}: {})".format, NAMES, inner, inner),
        st.builds("[{} for {} in {} if {}]".format, inner, NAMES, inner, inner),
        st.builds("{{{}: {} for {} in {}}}".format, inner, NAMES, NAMES, inner),
        st.builds("({} for {} in {} for {} in {})".format, inner, NAMES, inner, NAMES, inner),
        st.builds("({} := {})".format, NAMES, inner),
        st.builds("{}.{}[{}]".format, NAMES, NAMES, inner),
    ),
    max_leaves=4,
)
SIMPLE = st.one_of(
    EXPRESSIONS,
    st.builds("{} = {}".format, NAMES, EXPRESSIONS),
    st.builds("{} += {}".format, NAMES, EXPRESSIONS),
    st.builds("{}, *{} = {}".format, NAMES, NAMES, EXPRESSIONS),
    st.builds("{}: {} = {}".format, NAMES, NAMES, EXPRESSIONS),
    st.builds("{}: int".format, NAMES),
    st.builds("del {}".format, NAMES),
    st.builds("import {}.x".format, NAMES),
    st.builds("from x import {} as {}".format, NAMES, NAMES),
)
DECLARATIONS = st.builds("{} {}".format, st.sampled_from(["global", "nonlocal"]), NAMES)
SCOPES = st.one_of(
    st.builds("def {}({}={}, *, {}=1):".format, NAMES, NAMES, EXPRESSIONS, NAMES),
    st.builds("@{}\nasync def {}(*{}):".format, EXPRESSIONS, NAMES, NAMES),
    st.builds("class {}({}):".format, NAMES, EXPRESSIONS),
)
ARMS = st.one_of(
    st.builds("for {} in {}:".format, NAMES, EXPRESSIONS),
    st.builds("with {} as {}:".format, EXPRESSIONS, NAMES),
    st.builds("if {}:".format, EXPRESSIONS),
    st.builds("try: {}\nexcept {} as {}:".format, NAMES, NAMES, NAMES),
    st.builds(
        "match {}:\n case {{'k': {}, **{}}}: pass\n case x({}=[{}, *_]):".format, *[NAMES] * 5
    ),
)


def block(head: str, lines: list[str]) -> str:
    return head + "\n" + textwrap.indent("\n".join(lines), "    ")


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bodies = st.lists(inner, min_size=1, max_size=4)
    declared = st.tuples(DECLARATIONS, bodies).map(lambda both: [both[0], *both[1]])
    return st.builds(block, SCOPES, bodies | declared) | st.builds(block, ARMS, bodies)


BLOCKS = st.recursive(SIMPLE, blocks, max_leaves=12)
PROGRAMS = st.lists(BLOCKS, min_size=1, max_size=3).map(lambda lines: block("def f():", lines))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(PROGRAMS)
def test_names_belong_where_cpython_says_in_any_program(program: str) -> None:
    try:
        compile(program, "<program>", "exec", dont_inherit=True)
    except SyntaxError:
        assume(False)

    assert disagreements(program, *parse(source(program))) == []


def sample_of_the_standard_library() -> list[Path]:
    library = Path(sysconfig.get_path("stdlib"))
    files = [file for file in sorted(library.rglob("*.py")) if file.stat().st_size < LARGEST]
    return random.Random(0).sample(files, min(SAMPLE, len(files)))


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_names_belong_where_cpython_says_in_real_files() -> None:
    compared, wrong = 0, {}
    for file in sample_of_the_standard_library():
        try:
            text = file.read_text(encoding="utf-8")
            compile(text, file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):  # the library's own tests hold such files
            continue
        compared += 1
        found = disagreements(text, parse(source(text, file.name))[0])
        if found:
            wrong[file] = found

    assert wrong == {}
    assert compared > SAMPLE // 2


def test_a_scope_takes_over_the_fields_of_its_builder_by_their_places() -> None:
    shared = len(Scope.__struct_fields__)
    assert ScopeBuilder.__struct_fields__[:shared] == Scope.__struct_fields__
