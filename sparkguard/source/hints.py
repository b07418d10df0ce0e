"""What an annotation says a value is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sparkguard.source.facts import (
    Attribute,
    Choice,
    Constant,
    Display,
    Expression,
    Name,
    Subscript,
)
from sparkguard.source.values import Class, Frame, Instance, Library, Object, Value

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_WRAPPING = frozenset({"typing.Optional", "typing.Union", "typing.Annotated", "typing.Final"})


def instances(evaluator: Evaluator, annotation: Expression, frame: Frame) -> Iterator[Value]:
    """An instance of what an annotation names."""
    match annotation:
        case Choice(options=options):
            yield from _one_of(evaluator, options, frame)
        case Subscript(value=generic, index=index) if index is not None:
            heads = {v.name for v in evaluator.values(generic, frame) if isinstance(v, Library)}
            if heads & _WRAPPING:
                inner = [i for _, i in index.items] if isinstance(index, Display) else [index]
                inner = inner[:1] if "typing.Annotated" in heads else inner
                yield from _one_of(evaluator, inner, frame)
            else:
                yield from instances(evaluator, generic, frame)
        case Name() | Attribute():
            yield from _instances(evaluator.values(annotation, frame))


def _one_of(evaluator: Evaluator, options: Iterable[Expression], frame: Frame) -> Iterator[Value]:
    """An instance of any of some types, unless one of them may be something quite else."""
    found: list[Value] = []
    for option in options:
        if not isinstance(option, Constant) or option.value is not None:
            values = tuple(instances(evaluator, option, frame))
            if not values or any(_travels(evaluator, value) for value in values):
                return
            found += values
    yield from found


def _travels(evaluator: Evaluator, value: Value) -> bool:
    return isinstance(value, Instance) and evaluator.refused(value.type) is None


def _instances(values: Iterable[Value]) -> Iterator[Value]:
    for value in values:
        match value:
            case Class():
                yield Object(value)
            case Library(name=name) if name not in ("typing.Any", "builtins.object"):
                yield Instance(name)
