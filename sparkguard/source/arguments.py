"""Which argument of a call goes to which parameter."""

from __future__ import annotations

from sparkguard.source.facts import Call
from sparkguard.source.values import Frame, Function, Given, Thunk, Value


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


def bind(
    function: Function, call: Call, frame: Frame, receiver: Value | None
) -> dict[str, tuple[Given, ...]]:
    """What each parameter of `function` gets from a call; what cannot be told is absent."""
    parameters = list(function.facts.parameters)
    bound: dict[str, tuple[Given, ...]] = {}
    if receiver is not None and parameters:
        bound[parameters.pop(0).name] = (receiver,)
    positional = [parameter for parameter in parameters if parameter.kind == "positional"]
    starred = any(argument.star for argument in call.arguments)
    for parameter in parameters:
        if parameter.kind in ("args", "kwargs"):
            continue
        position = positional.index(parameter) if parameter in positional else None
        thunks = argument_thunks(call, frame, position, parameter.name)
        if not thunks and parameter.default is not None and not starred:
            thunks = (Thunk(parameter.default, function.frame),)
        if thunks:
            bound[parameter.name] = thunks
    return bound
