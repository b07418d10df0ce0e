"""Places from Python's own tree are those that libcst, which keeps every character, gives."""

from __future__ import annotations

import ast
import random
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard.source.parse import parse
from sparkguard.source.places import Named, Within
from sparkguard.source.syntax import ParseError, is_python
from tests.source.witness import source, under

LARGEST = 30_000


def misplaced(text: str) -> Iterator[str]:
    """The expressions, names and statements that libcst does not have where we say."""
    facts, anchors = parse(source(text))
    for at, place in enumerate(anchors.numbered):
        inner = place.place if isinstance(place, Within) else place
        unseen = isinstance(inner, ast.Starred | ast.FormattedValue)
        if unseen or not isinstance(inner, ast.expr | Named):
            continue
        words = under(text, anchors.span(at))
        if isinstance(inner, ast.JoinedStr) and words.startswith(":"):
            continue  # what stands behind the colon is no expression for libcst
        if isinstance(anchors.nodes[at], cst.Module) and not _is_dotted(inner):
            yield f"{inner} {words!r} at {anchors.span(at).start}"
        elif isinstance(inner, ast.Name) and words != inner.id and inner.id.isascii():
            yield f"{words!r} for {inner.id!r}"
    calls = [call for scope in facts.scopes for call in scope.calls]
    for at in {0, *(call.statement for call in calls), *(s.statement for s in facts.scopes)} - {0}:
        if isinstance(anchors.nodes[at], cst.Module):
            yield f"{anchors.numbered[at]} at {anchors.span(at).start}"


def _is_dotted(place: object) -> bool:
    """`import a.b` binds `a`, of which libcst has no node that reads so."""
    return isinstance(place, Named) and isinstance(place.node, ast.alias)


WRITTEN = (
    "(a), (b) = (c), (d)\n",
    "x = ((a), b)\ny = (a, b,)\nz = (\n  # first\n  (a),  # one\n  b,\n)\nw = ()\nv = ( )\n",
    "f(x for x in (y))\ng( # why\n (x) for (x, y) in (z) if (x) # so\n)\n[*(a for a in b)]\n",
    "a or (b) or c or (d and e)\nif not (a) or (b): pass\n",
    "x = (\n  a  # one (1)\n  and b  # two (2)\n  and c\n)\n",
    "x[a]; x[a, b]; x[(a, b)]; x[a:b, c]; x[()]\n",
    "größe = naïve.größe(ß='🎉', ö=größe)\n",
    "async def f(a, *b: int, c: 'str' = 1, **d):\n  async with a as (b, c): await d\n",
    "class A(b, metaclass=c): pass\nclass  B : x = y; z = x\n",
    "import a.b as c, d.e\nfrom . import (f as g,\n  h)\n",
    "try: a\nexcept (B, C) as d: e\nexcept(F)as g: h\nelse: i\nfinally: j\n",
    "match a:\n  case B(c, d=[e, *f]) as g if h: i\n  case {'k': l, **m}: n\n  case (o | p.q): r\n",
    "if a: b\nelif c: d\nelse:\n  if e: f\n",
    "def f(): return a; b\nx = lambda *a, b=c, **d: (a, b)\n",
    "@a.b(c)\n@d\ndef \\\n  e(): pass\n",
    "x = [a\n  for b in c if d\n  for e in f]\n",
    "x: 'List[a]' = (b)\ny: c.d\nz.w: int = 1\n",
    "del a, (b.c, d[e])\nx = y = z\nx += (a)\n",
    "a\r\nif b:\r\n\tc.d\r\n\x0cdef e(): f\r\n",
    "x = 1; \\\n y = a\nif z: \\\n  b = c\n",
    "x = 1 \\\n; y = a\n",
    "global_ = (yield_ := a).b\n",
    "x = 'a' 'b' f'{c}' 'd'\ny = ('e'\n  'f')\n",
)


@pytest.mark.parametrize("text", WRITTEN)
def test_places_are_those_of_libcst(text: str) -> None:
    assert [*misplaced(text)] == []


FORMATTED = (
    "f'{a} {a}{a!r} {b:>{c}} {d=} {e = !s:{f}.{g}}'",
    "f'é{ a }🎉{b.c(d)}'",
    "x = f'{{}} {a} {{{b}}}' 'no {c}' rf'\\{d}' f'\\N{EM DASH}{e}\\n{f}'",
    'f"""\n{a}\n  {b\n  .c(d,\n   e)}\né{f}"""',
    "f\"{a['b']} {c['{']} {d!=e} {f==g} {h<=i:{j}}\"",
    "f'{(lambda x: x.y)(z)} {[a for a in b]} {({c: d})}'",
    "f'''{a + f\"{b} {c}\" + d}'''",
    "(f'a'  # why {z}\n  f'{b}'\n\n  f'{c}')",
    "f'{a:%Y-%m}{b}' f'{c,}{d, e}'",
    "f'{a:{b}{c}}{*d, e}'",
)


@pytest.mark.parametrize("text", FORMATTED)
def test_places_in_strings_are_those_of_libcst(text: str) -> None:
    assert [*misplaced(text)] == []


names = st.sampled_from(["a", "bc", "é", "größe"])
inner = st.recursive(
    names,
    lambda deeper: st.one_of(
        st.builds("({})".format, deeper),
        st.builds("{}.{}".format, names, names),
        st.builds("({}, {})".format, deeper, deeper),
        st.builds("{}({}, k={})".format, names, deeper, deeper),
        st.builds("({} for x in {})".format, deeper, deeper),
        st.builds("f({} for x in {})".format, deeper, deeper),
        st.builds("{} or {} or {}".format, names, deeper, names),
        st.builds("({} if {} else {})".format, deeper, deeper, deeper),
        st.builds("{}[{}, ({})]".format, names, deeper, deeper),
        st.builds("(\n  # {}\n  {} , # it's\n)".format, names, deeper),
        st.builds("f'{}{{{}}}'".format, names, names),
        st.builds('f"{{{}!r:>{{{}}}}}" "{{x}}"'.format, names, names),
    ),
    max_leaves=8,
)


@given(st.lists(inner, min_size=1, max_size=3))
def test_whatever_is_written_stands_where_libcst_has_it(written: list[str]) -> None:
    text = "\n".join(f"{name} = {value}" for name, value in zip("xyz", written, strict=False))

    assert is_python(text)
    assert [*misplaced(text)] == []


def test_real_files_stand_where_libcst_has_them() -> None:
    folders = [Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    small = [file for file in files if file.is_file() and file.stat().st_size < LARGEST]

    for file in random.Random(3).sample(small, min(10, len(small))):
        try:
            text = file.read_text(encoding="utf-8")
            cst.parse_module(text)
            assert [*misplaced(text)] == [], file
        except (ParseError, UnicodeDecodeError, cst.ParserSyntaxError):
            continue


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.12 is the first that reads it")
def test_a_string_of_the_new_kind_holds_its_own_quotes() -> None:
    assert [*misplaced("x = f'{a['b']} {f'{c}'}'\n")] == []
