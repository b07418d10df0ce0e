"""Which argument of a call goes to which parameter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from msgspec import Struct

from sparkguard.source.facts import Call, Parameter
from sparkguard.source.values import Container, Frame, Function, Given, Thunk, Value

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator


def argument_thunks(call: Call, frame: Frame, position: int | None, name: str) -> tuple[Thunk, ...]:
    """The argument of a call at `position`, or called `name`."""
    if name.startswith("*"):
        return _variadic(call, frame, position)
    for number, argument in enumerate(call.arguments):
        if argument.keyword == name:
            return (Thunk(argument.value, frame),)
        if argument.star:
            position = None
        if number == position and argument.keyword is None:
            return (Thunk(argument.value, frame),)
    return ()


def _variadic(call: Call, frame: Frame, position: int | None) -> tuple[Thunk, ...]:
    """All positional arguments from `position` on, or all keyword arguments where there is none."""
    return tuple(
        Thunk(argument.value, frame)
        for number, argument in enumerate(call.arguments)
        if not argument.star
        and (argument.keyword is not None if position is None else number >= position)
        and (position is None or argument.keyword is None)
    )


def may_give(call: Call, parameters: Sequence[Parameter], parameter: Parameter) -> bool:
    """Whether a call may give a parameter more than its default; the first may be a receiver."""
    position = parameters.index(parameter)
    if not position or parameter.kind in ("args", "kwargs"):
        return True
    listed = [argument for argument in call.arguments if argument.keyword is None]
    return len(listed) >= position or any(
        argument.star or argument.keyword == parameter.name for argument in call.arguments
    )


class Passed(Struct, frozen=True):
    """One argument of a call; `unknown` is a star that cannot be told."""

    given: Given
    keyword: str | None = None
    unknown: bool = False


def passed(evaluator: Evaluator, call: Call, frame: Frame) -> Iterator[Passed]:
    """The arguments of a call, those behind a star spread out where they can be told."""
    for argument in call.arguments:
        thunk = Thunk(argument.value, frame)
        spread = _spread(evaluator, thunk) if argument.star else None
        if spread is None:
            yield Passed(thunk, argument.keyword, unknown=bool(argument.star))
        else:
            for step, item in spread.items:
                keyword = step.strip("[]'\"") if argument.star == "**" else None
                yield Passed(item, keyword)


def _spread(evaluator: Evaluator, thunk: Thunk) -> Container | None:
    values = evaluator.given((thunk,))
    match values:
        case (Container() as only,) if all("..." not in step for step, _ in only.items):
            return only
    return None


def bind(
    function: Function, arguments: Sequence[Passed], receiver: Value | None
) -> dict[str, tuple[Given, ...]]:
    """What each parameter of `function` gets from a call; what cannot be told is absent."""
    parameters = list(function.facts.parameters)
    bound: dict[str, tuple[Given, ...]] = {}
    if receiver is not None and parameters:
        bound[parameters.pop(0).name] = (receiver,)
    named = {each.keyword: each.given for each in arguments if each.keyword}
    listed = [
        each.given
        for each in takewhile(lambda each: not each.unknown, arguments)
        if each.keyword is None
    ]
    complete = not any(each.unknown for each in arguments)
    for parameter in parameters:
        match parameter.kind:
            case "args":
                rest = tuple((f"[{number}]", each) for number, each in enumerate(listed))
                bound[parameter.name] = (Container(rest),)
            case "kwargs":
                left = tuple((f"[{name!r}]", each) for name, each in named.items())
                bound[parameter.name] = (Container(left),)
            case kind:
                if kind == "positional" and listed:
                    bound[parameter.name] = (listed.pop(0),)
                elif parameter.name in named:
                    bound[parameter.name] = (named.pop(parameter.name),)
                elif parameter.default is not None and complete:
                    bound[parameter.name] = (Thunk(parameter.default, function.frame),)
    return bound
