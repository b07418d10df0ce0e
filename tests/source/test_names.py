"""Which of a name's bindings reach a place."""

from __future__ import annotations

import textwrap

import pytest

from sparkguard.source import names
from sparkguard.source.facts import MODULE, Binding, Constant
from sparkguard.source.parse import parse
from tests.source.witness import source

REACHING = [
    ("x = 1\nread(x)", [1]),
    ("x = 1\nx = 2\nread(x)", [2]),
    ("x = 1\nread(x)\nx = 2", [1]),
    ("x = 1\nif c: x = 2\nread(x)", [1, 2]),
    ("x = 1\nif c: x = 2\nelse: x = 3\nread(x)", [2, 3]),
    ("x = 1\nif c: x = 2\nelif d: x = 3\nelse: x = 4\nread(x)", [2, 3, 4]),
    ("x = 1\nif c: x = 2\nelif d: x = 3\nread(x)", [1, 2, 3]),
    ("x = 1\nif c: x = 2\nelse: read(x)", [1]),
    ("if c:\n    x = 1\n    x = 2\n    read(x)", [2]),
    ("x = 1\nfor i in c:\n    read(x)\n    x = 2", [1, 2]),
    ("x = 1\nfor i in c:\n    x = 2\n    read(x)", [2]),
    ("x = 1\nfor i in c:\n    x = 2\nread(x)", [1, 2]),
    ("x = 1\nwhile c:\n    if d: x = 2\n    read(x)", [1, 2]),
    ("x = 1\ntry: x = 2\nexcept E: x = 3\nread(x)", [2, 3]),
    ("x = 1\ntry: x = 2\nexcept E: pass\nread(x)", [1, 2]),
    ("x = 1\ntry: f()\nfinally: x = 2\nread(x)", [2]),
    ("x = 1\nwith c: x = 2\nread(x)", [2]),
    ("x = 1\nmatch c:\n    case 1: x = 2\n    case _: x = 3\nread(x)", [2, 3]),
    ("x = 1\nmatch c:\n    case 1: x = 2\nread(x)", [1, 2]),
    ("x: int\nx = 1\nread(x)", [1]),
    ("x = 1\nx: int\nread(x)", [1]),
    ("x = 1\nif c:\n    x = 2\n    if d: x = 3\n    read(x)", [2, 3]),
]


def constants(bindings: list[Binding]) -> list[object]:
    return [one.value.value for one in bindings if isinstance(one.value, Constant)]


@pytest.mark.parametrize(("body", "wanted"), REACHING)
def test_the_bindings_that_reach_a_read(body: str, wanted: list[int]) -> None:
    facts, _ = parse(source(f"def f(c, d):\n{textwrap.indent(body, '    ')}\n"))
    scope = facts.scopes[1]
    read = next(read for read in scope.reads if read.id == "x")

    assert constants(names.reaching(scope.bindings["x"], read.at, read.branch)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x = 1\nx = 2", [2]),
        ("x = 1\nif c: x = 2", [1, 2]),
        ("x = 1\nif c: x = 2\nelse: x = 3", [2, 3]),
        ("x = 1\ndef f():\n    global x\n    x = 2", [1, 2]),
        ("def f():\n    global x\n    x = 2\nx = 1", [2, 1]),
        ("if __name__ == '__main__':\n    x = 1", [1]),
    ],
)
def test_the_bindings_that_may_be_in_force_in_the_end(text: str, wanted: list[int]) -> None:
    facts, _ = parse(source(text))

    assert sorted(constants(names.final(facts.scopes[MODULE].bindings["x"])), key=str) == sorted(
        wanted
    )


def test_what_is_bound_later_counts_from_a_moment_on() -> None:
    facts, _ = parse(source("x = 1\nx = 2\nship(x)\nx = 3"))
    call = facts.scopes[MODULE].calls[0]

    found = names.from_then_on(facts.scopes[MODULE].bindings["x"], call.at, call.branch)

    assert constants(found) == [2, 3]
