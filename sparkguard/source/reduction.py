"""What of an instance is pickled: its attributes, less what `__getstate__` and its kind drop."""

from __future__ import annotations

from collections.abc import Iterator

from sparkguard.source import classes, objects, state
from sparkguard.source.facts import Attribute, Constant, Scope
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Container, Found, Function, Object

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
    if not written and _uses_dict(method.facts):
        dropped = set(_dropped(method.facts))
        for attr, found in state.held(evaluator, instance):
            if attr not in dropped:
                yield f".{attr}", found


def _uses_dict(method: Scope) -> bool:
    return any(attr == "__dict__" for _, attr in method.attributes) or any(
        read.id == "vars" for read in method.reads
    )


def _dropped(method: Scope) -> Iterator[str]:
    """The keys that a `__getstate__` deletes, pops, or sets to something else."""
    for binding in method.item_bindings:
        if binding.key is not None:
            yield binding.key
    for call in method.calls:
        match call.function, call.arguments:
            case Attribute(attr="pop"), (first, *_) if isinstance(first.value, Constant):
                yield str(first.value.value)
