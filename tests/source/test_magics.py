"""Cells lose what only IPython understands, and nothing that is Python moves."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard.source.magics import is_command, python_lines
from sparkguard.source.text import split_lines


def python(cell: str) -> str:
    return "\n".join(line.text for line in python_lines(cell))


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        ("", ""),
        ("x = 1\ny = 2;", "x = 1\ny = 2;"),
        ("await f()", "await f()"),
        # lines that are IPython's
        ("%matplotlib inline\nx = 1", "\nx = 1"),
        ("!pip install it's\nx = 1", "\nx = 1"),
        ("!!ls\n?x\nx?\nx.y[0]??\nx = 1", "\n\n\n\nx = 1"),
        (",f a b\n;f a b\n/f a b\nx = 1", "\n\n\nx = 1"),
        ("!ls \\\n  -l \\\n  -a\nx = 1", "\n\n\nx = 1"),
        ("if x:\n    !ls 'a\n    %cd b\ny = 1", "if x:\n    pass\n    pass\ny = 1"),
        ("for i in x:\n    print(i)\n    i?", "for i in x:\n    print(i)\n    pass"),
        # values that are IPython's
        ("x = !ls\ny = %env A", "x = get_ipython()\ny = get_ipython()"),
        ("a, b = !grep '('\nc = 1", "a, b = get_ipython()\nc = 1"),
        ("x: list = !ls \\\n  -l\ny = 1", "x: list = get_ipython()\n\ny = 1"),
        ("x = \\\n    !ls\ny = 1", "x = \\\n    get_ipython()\ny = 1"),
        ("d[\n'=']= !ls", "d[\n'=']= get_ipython()"),
        # what looks like it, and is Python
        ("x = y % z\nx = (y\n% z)", "x = y % z\nx = (y\n% z)"),
        ("x != y\nx %= y\nx = y /2", "x != y\nx %= y\nx = y /2"),
        ("f(a=1,\n!b)", "f(a=1,\n!b)"),
        ("s = '''\n%no\n!no\nno?\n'''\n%yes", "s = '''\n%no\n!no\nno?\n'''\n"),
        ('s = """a\\"""\n%no"""\n%yes', 's = """a\\"""\n%no"""\n'),
        ("s = 'a\\\n%no'\n%yes", "s = 'a\\\n%no'\n"),
        ("x = 1 # why?\ny = 'what?'\n# (\n%yes", "x = 1 # why?\ny = 'what?'\n# (\n"),
        ("x = [ # ]'\n%no\n]\n%yes", "x = [ # ]'\n%no\n]\n"),
        ("print(f'{x!r}')", "print(f'{x!r}')"),
        ("(x\ny?", "(x\ny?"),
        ("x = 'open\n%yes", "x = 'open\n"),
        # Python that is measured
        ("%time x = f()\n%timeit -n 3 -r 2 f(x)", "x = f()\nf(x)"),
        ("if x:\n    %time y = f()", "if x:\n    y = f()"),
        ("%time for i in x: f(i)", "for i in x: f(i)"),
        ("%time x = 1 + \\\n    2\ny = 1", "x = 1 + \\\n    2\ny = 1"),
        ("%time\n%timeit f(\nx = 1", "\n\nx = 1"),
        # cells
        ("%%time\nx = 1", "\nx = 1"),
        ("\n%%capture out\n%%time\n\nx = !ls\n%cd", "\n\n\n\nx = get_ipython()\n"),
        ("%%capture", ""),
        ("%%sql\nSELECT 1\nFROM x", "\n\n"),
        ("  %%bash -s x\n  rm it", "\n"),
        ("%%unknown\nx = 1", "\n"),
        ("%%time?\nx = 1", "\nx = 1"),
        ("%sql\nSELECT 1", "\n"),
        ("%md-sandbox\n# x", "\n"),
        ("%sql SELECT 1\nx = 1", "\nx = 1"),
        ("%python\nx = 1", "\nx = 1"),
        ("%run ./other\nif x:\n    %run y", "# MAGIC %run ./other\nif x:\n    pass"),
        # pasted with more around it
        ("    x = 1\n    if x:\n\n        y", "x = 1\nif x:\n\n    y"),
        ("    x = 1\n# y\n    z = 2", "x = 1\n# y\nz = 2"),
        (">>> x = 1\n>>> if x:\n...     y = 2\n...\n3", "x = 1\nif x:\n    y = 2\n\n3"),
        ("In [1]: if x:\n   ...:     y = 2", "if x:\n    y = 2"),
        ("...\nx = 1", "...\nx = 1"),
        # line ends
        ("x = 1\r\n%cd\ry = 2", "x = 1\n\ny = 2"),
    ],
)
def test_what_is_left_of_a_cell(cell: str, left: str) -> None:
    assert python(cell) == left


@pytest.mark.parametrize(
    "cell",
    [
        "x",
        "    x\n    y",
        ">>> x\n... y",
        "%time x",
        "if 1:\n  %timeit -n 1 x",
        "%%time\n  x\n\n  y",
    ],
)
def test_what_is_left_knows_where_it_stood(cell: str) -> None:
    stood = [(new, old) for new, old in zip(python_lines(cell), split_lines(cell), strict=True)]
    named = [(new, old) for new, old in stood if new.text.strip() in ("x", "y")]
    assert named
    for new, old in named:
        column = len(new.text) - 1 + new.cut
        assert old[column] == new.text[-1]


@pytest.mark.parametrize(
    ("cell", "command"),
    [
        ("pip install pandas", True),
        ("\n cd ..\n", True),
        ("pip install pandas\nx = 1", False),
        ("pip", False),
        ("%sql SELECT 1\nFROM x", True),
        ("print 1", False),
    ],
)
def test_a_cell_that_is_one_command(cell: str, command: bool) -> None:
    assert is_command(cell) is command


CELLS = st.lists(
    st.sampled_from([*"%!?;,/='\"()[]{}#\\ \n\t\r\x0c:.ax1", "'''", '"""', "%time ", ">>> "]),
    max_size=40,
).map("".join)


@given(CELLS)
def test_any_cell_keeps_its_lines(cell: str) -> None:
    lines = python_lines(cell)
    assert len(lines) == len(split_lines(cell))
    assert not any(end in line.text for line in lines for end in "\r\n")


@pytest.mark.parametrize(
    "piece", ["'", "'''\\", "(", "!a\\\n", "x = \\\n", "a?", ">>> x\n", "%%time\n"]
)
def test_a_long_cell_takes_a_second_or_two(piece: str) -> None:
    started = time.perf_counter()
    python_lines(piece * (300_000 // len(piece)))
    assert time.perf_counter() - started < 10
