"""What the evaluator remembers."""

from __future__ import annotations

from pathlib import Path

from sparkguard.source.analysis import analyse
from sparkguard.source.facts import Name
from sparkguard.source.index import ProjectIndex
from sparkguard.source.text import SourceText
from sparkguard.source.types import Evaluator


def test_an_expression_that_nobody_keeps_is_not_taken_for_another() -> None:
    text = "import threading\na, b = threading.Lock(), open('b')\n"
    source = SourceText(Path("job.py"), "job.py", text)
    evaluator = Evaluator(ProjectIndex([source]))
    frame = evaluator.frame(evaluator.index.parse(source))

    found = [evaluator.values(Name(1_000 + n, "ab"[n % 2]), frame) for n in range(50)]

    assert found[0] != found[1]
    assert found == found[:2] * 25


def test_functions_that_call_each_other_are_followed_to_what_they_give() -> None:
    text = """
def column(function):
    def wrapper(this, *others):
        if all(others):
            return function(this, *others)
        return align(function, this, *others)
    return wrapper


def align(function, this, *others):
    if len(others) == 1:
        return column(function)(this, *[each for each in others]).map(lambda n: n)
    if len(others) == 2:
        return column(function)(others[0], *[this for each in others]).map(lambda n: n)
    return column(function)(this, *others[1:]).map(lambda n: n)


def plus(rdd, other):
    return rdd.map(lambda n: n)


def main(sc):
    return align(plus, sc.parallelize([1]), sc.parallelize([2])).map(lambda n: n)
"""
    (found,) = analyse([SourceText(Path("job.py"), "job.py", text)])

    shipped = [point.api.rpartition(".")[2] for point in found.ship_points]
    assert shipped == ["map"] * 4 + ["parallelize"] * 2 + ["map"]
