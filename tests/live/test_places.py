"""Where the source says it: names in functions, calls, definitions."""

from __future__ import annotations

import sys
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from sparkguard.diagnostic import Span
from sparkguard.live import places

TEXT = """\
import functools

def outer(é, lock):
    ähm = é; inner = lambda x: (x, ähm); other = lambda y: (y, é, é)
    return inner, other

class Job:
    @functools.wraps(outer)
    async def run(self, x, limit=outer):
        return self

def here(frame):
    return frame()

def call(frame, f):
    return [
        frame(
            f),
        0]
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "job.py"
    path.write_text(TEXT, encoding="utf-8")
    names: dict[str, Any] = {}
    exec(compile(TEXT, str(path), "exec"), names)  # noqa: S102 - written above
    return names


def told(span: Span) -> str:
    assert span.path == "job.py"
    lines = TEXT.splitlines()
    assert span.start.line == span.end.line
    return lines[span.start.line - 1][span.start.column - 1 : span.end.column - 1]


def test_every_use_of_a_name_is_found_in_code_points(module: dict[str, Any]) -> None:
    inner, other = module["outer"](1, 2)

    assert [told(span) for span in places.uses(other.__code__, "é")] == ["é", "é"]
    assert [told(span) for span in places.uses(inner.__code__, "ähm")] == ["ähm"]
    assert places.uses(inner.__code__, "é") == ()


def test_a_default_and_a_definition_are_found(module: dict[str, Any]) -> None:
    run = vars(module["Job"])["run"].__code__

    assert told(places.definition(module["outer"].__code__)) == "outer"
    assert [told(span) for span in places.uses(run, "limit=")] == ["outer"]
    assert told(places.definition(run)) == "run"


def test_a_call_over_several_lines_is_found_from_its_frame(module: dict[str, Any]) -> None:
    caught: list[places.Site] = []

    def frame(_: object = None) -> None:
        caught.append(places.Site.of(sys._getframe(1)))

    module["call"](frame, 1)
    word, statement, argument = places.call(caught[0], "frame", "f")

    assert told(word) == "frame"
    assert (statement.start.line, statement.end.line) == (16, 19)
    assert told(argument) == "f"


def test_the_call_that_gives_a_lambda_away_is_found(module: dict[str, Any]) -> None:
    text = "def f(rdd, g):\n    return rdd.map(lambda x: x).filter(g)\n"
    Path("two.py").write_text(text, encoding="utf-8")
    code = compile(text, "two.py", "exec").co_consts[0]
    inner = next(const for const in code.co_consts if isinstance(const, CodeType))

    found = places.giving(inner, "", {"map", "filter"})

    assert found is not None
    assert found[0] == "map"
    assert (found[1].start.line, found[1].start.column) == (2, 16)


def test_a_decorator_is_the_call_that_gives_its_function_away(tmp_path: Path) -> None:
    path = tmp_path / "three.py"
    path.write_text("@other\n@F.udf('int')\ndef f(x):\n    return x\n", encoding="utf-8")
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec").co_consts
    inner = next(const for const in code if isinstance(const, CodeType))

    found = places.giving(inner, "f", {"udf"})

    assert found is not None
    assert found[0] == "udf"
    assert (found[1].start.line, found[1].start.column) == (2, 4)


def test_without_a_source_a_line_stands_for_all() -> None:
    code = compile("f = lambda: 1", "<nowhere>", "exec")

    assert places.definition(code).path == "<nowhere>"
    assert places.uses(code, "f") == ()
    assert places.call(places.Site("<nowhere>", 3), "f", "g")[0].start.line == 3


def test_a_file_that_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("job.py")
    found = []
    for text in ("f = lambda: 1\n", "\n\nf = lambda: 22\n"):
        path.write_text(text, encoding="utf-8")
        code = compile(text, "job.py", "exec").co_consts[0]
        found.append(places.definition(code).start.line)

    assert found == [1, 3]
