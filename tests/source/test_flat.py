"""Facts that were written and read again are the same, and what was one thing is one thing."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard.source import flat
from sparkguard.source.facts import Condition, ModuleFacts
from sparkguard.source.parse import parse
from sparkguard.source.text import SourceText

REPOSITORY = Path(__file__).parents[2]
FILES = {*REPOSITORY.glob("sparkguard/source/*.py"), *REPOSITORY.glob("fixtures/**/*.py")}
TEXTS = sorted(FILES - {REPOSITORY / "sparkguard/source/notebook.py"})
"""One of our own files holds half a character, which nothing that is UTF-8 can keep."""
HARD = """\
from x import *
from x import y as z
import a.b.c

if __name__ == "__main__":
    value = b"\\x00\\xff", "\\u20ac"[0:1], 1.5, None, True, ..., -(2 ** 5), 1j
    twice = made = f(g(h(1))).k(**{"a": 1, **{"b": 2}})


@decorated(1)
class C(Base, metaclass=M):
    field: "int" = 3

    @property
    def attr(self, a, /, b=1, *args, c: int = 2, **kwargs) -> "str":
        global z
        if isinstance(self.x, str):
            self.x = z = [each for each in (1, *b) if each]
        else:
            del self.y["k"]
        try:
            with open(a) as opened, b:
                return lambda n: (yield n)
        except ValueError as error:
            raise
        match a:
            case [first, *rest] if rest:
                return first
"""


def facts_of(text: str) -> ModuleFacts:
    return parse(SourceText(Path("a.py"), "a.py", text))[0]


def numbered(facts: ModuleFacts) -> Any:
    """All that facts are made of; what was met before stands as the number that it got."""
    met: dict[int, int] = {}

    def go(thing: Any) -> Any:
        match thing:
            case msgspec.Struct():
                if id(thing) in met:
                    return ("again", met[id(thing)])
                met[id(thing)] = len(met)
                fields = (go(getattr(thing, name)) for name in thing.__struct_fields__)
                return (type(thing).__name__, *fields)
            case Condition(test=test, met=is_met):
                return (go(test), is_met)
            case tuple() | list():
                return [go(each) for each in thing]
            case Set():
                return frozenset(thing)
            case dict():
                return [(key, go(value)) for key, value in thing.items()]
        return (type(thing), thing)

    return go(facts)


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: str(file.relative_to(REPOSITORY)))
def test_what_is_read_is_what_was_written(file: Path) -> None:
    facts = facts_of(file.read_text(encoding="utf-8"))
    assert numbered(flat.read(flat.written(facts))) == numbered(facts)


def test_so_it_is_where_much_is_strange() -> None:
    facts = facts_of(HARD)
    again = flat.read(flat.written(facts))
    assert numbered(again) == numbered(facts)
    (module, *_), binding = again.scopes, "made"
    assert module.bindings[binding][0].value is module.bindings["twice"][0].value
    assert module.bindings[binding][0].value in module.calls


@pytest.mark.parametrize("text", [f"x = {2**70}\n", "x = '\\ud800'\n"])
def test_what_is_no_data_is_not_written(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        flat.written(facts_of(text))


@given(st.binary())
def test_what_is_not_ours_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        flat.read(data)


@pytest.mark.parametrize("row", [[0, 1, "n", 5], [0, 1, 2, 0], [1, 1, 0, "a", 2], [77], "x", []])
def test_rows_that_do_not_fit_are_refused(row: object) -> None:
    data = msgspec.msgpack.encode([[row], [[]], [], [], []])
    with pytest.raises(ValueError, match=r"\S"):
        flat.read(data)


def test_a_name_is_no_scope() -> None:
    data = msgspec.msgpack.encode([[[0, 1, "n", 0]], [[]], [0], [], []])
    with pytest.raises(ValueError, match="no scope"):
        flat.read(data)
