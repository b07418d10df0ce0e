"""Which argument of a call goes to which parameter, held against how Python binds them."""

from __future__ import annotations

import inspect
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sparkguard.source.arguments import may_give
from sparkguard.source.parse import parse
from sparkguard.source.text import SourceText

HEADS = (
    "one, two",
    "one, two, /, three",
    "one, two=0, *three",
    "one, *, two, three=0",
    "one, **two",
    "one, two, *, three=0, **four",
)
ARGUMENTS = ("0", "*[0]", "*[0, 0]", "two=0", "three=0", "five=0", "**{'two': 0}")


def _given(head: str, arguments: str, *, bound: bool) -> set[str]:
    """The parameters that Python gives something to; none where it refuses the call."""
    space: dict[str, object] = {"inspect": inspect}
    first = "object(), " if bound else ""
    try:
        exec(f"def f({head}): ...\n", space)  # noqa: S102
        call = f"inspect.signature(f).bind_partial({first}{arguments})"
        found = eval(call, space)  # noqa: S307
    except (SyntaxError, TypeError):
        return set()
    assert isinstance(found, inspect.BoundArguments)
    return {*found.arguments} - ({"one"} if bound else set())


@given(
    head=st.sampled_from(HEADS),
    arguments=st.lists(st.sampled_from(ARGUMENTS), max_size=4).map(", ".join),
    bound=st.booleans(),
)
def test_no_call_is_left_out_that_gives_something(head: str, arguments: str, bound: bool) -> None:
    given = _given(head, arguments, bound=bound)
    text = f"def f({head}): ...\nf({arguments})\n"
    if not given:
        return
    facts, _ = parse(SourceText(Path("t.py"), "t.py", text))
    (call,), parameters = facts.scopes[0].calls, facts.scopes[1].parameters
    assert given <= {each.name for each in parameters if may_give(call, parameters, each)}


def test_a_call_without_arguments_gives_a_receiver_at_most() -> None:
    text = "def f(one, two=0, *, three=0): ...\nf()\n"
    facts, _ = parse(SourceText(Path("t.py"), "t.py", text))
    (call,), parameters = facts.scopes[0].calls, facts.scopes[1].parameters
    assert [may_give(call, parameters, each) for each in parameters] == [True, False, False]
