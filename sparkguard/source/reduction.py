"""What of an instance is pickled: its attributes, less what `__getstate__` and its kind drop."""

from __future__ import annotations

from collections.abc import Iterator

from sparkguard.source import classes, objects, state
from sparkguard.source.facts import Attribute, Constant, Scope
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Container, Found, Function, Given, Object, Thunk

_REDUCERS = ("__reduce__", "__reduce_ex__", "__getstate__")


def pickled_state(evaluator: Evaluator, instance: Object) -> Iterator[tuple[str, Found]]:
    """What travels with an instance: each part as a capture path writes it, and its value.

    A reducer that cannot be read says nothing, so nothing is said to travel.
    """
    for name in _REDUCERS:
        method = classes.find_method(evaluator, instance.cls, name)
        if method is not None:
            yield from _reduced(evaluator, instance, name, method[1])
            return
    for attr, found in state.held(evaluator, instance):
        yield f".{attr}", found
    for step, thunk in state.contents(evaluator, instance):
        for found in evaluator.found(thunk):
            yield step, found


def _reduced(
    evaluator: Evaluator, instance: Object, name: str, method: Function
) -> Iterator[tuple[str, Found]]:
    written = [
        value
        for value in objects.method_result(evaluator, instance, name)
        if isinstance(value, Container)
    ]
    for value in written:
        for step, item in value.items:
            for found in evaluator.found(item):
                yield step, found
    dropped = _dropped(method.facts)
    for value in written:
        dropped |= {step.strip("[]'\"") for step, _ in value.items}
    whole = any(_is_dict(item) for value in written for _, item in value.items)
    if (whole or (not written and _uses_dict(method.facts))) and None not in dropped:
        for attr, found in state.held(evaluator, instance):
            if attr not in dropped:
                yield f".{attr}", found


def _is_dict(item: Given) -> bool:
    match item:
        case Thunk(expression=Attribute(attr="__dict__")):
            return True
    return False


def _uses_dict(method: Scope) -> bool:
    return any(attr == "__dict__" for _, attr in method.attributes) or any(
        read.id == "vars" for read in method.reads
    )


def _dropped(method: Scope) -> set[str | None]:
    """The keys that a `__getstate__` deletes, pops, or sets anew; `None` for one it computes."""
    popped = [
        call.arguments[0].value
        for call in method.calls
        if isinstance(call.function, Attribute) and call.function.attr == "pop" and call.arguments
    ]
    keys = {str(key.value) if isinstance(key, Constant) else None for key in popped}
    return keys | {binding.key for binding in method.item_bindings}
