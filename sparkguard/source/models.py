"""Which values are models, and what the project says of one: its mode, its gradients, its size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sparkguard.diagnostic import Span
from sparkguard.pyspark_api import work
from sparkguard.repair import Place
from sparkguard.source import classes
from sparkguard.source.facts import MODULE, Attribute, Call, Expression, Import
from sparkguard.source.module import Module, last_name
from sparkguard.source.values import Class, Frame, Instance, Library, Object, Thunk, Value

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_MODULES = frozenset({"torch.nn.Module", "torch.nn.modules.module.Module"})
_RANDOM = ("torch.nn.Dropout", "torch.nn.BatchNorm", "torch.nn.AlphaDropout")
"""Layers that do another thing in training mode, by the beginnings of their names."""
_SWITCHING = ("set_grad_enabled", "requires_grad_", "backward", "freeze")
_WITHOUT = ("no_grad", "inference_mode")
_HEADLESS = re.compile(
    r"\b(?:Identity|children|named_children|create_feature_extractor|forward_features|num_classes"
    r"|register_forward_hook|IntermediateLayerGetter)\b"
)
"""Words of code that takes the head off, or what stands before it."""
_HEADS = ("classifier", "fc", "head", "heads")
"""What the last layer of a network of torchvision is called."""


def model_type(evaluator: Evaluator, value: Value) -> work.ModelType | None:
    """What is known of a value that is a model; `None` for any other."""
    match value:
        case Instance(type=type):
            return work.model_type(type)
        case Object(cls=cls) if is_network(evaluator, cls):
            return work.TORCH
    return None


def is_network(evaluator: Evaluator, cls: Class) -> bool:
    """Whether a class of the project derives from PyTorch's `Module`."""
    return any(base.name in _MODULES for base in classes.library_bases(evaluator, cls))


def itself(evaluator: Evaluator, call: Call, frame: Frame) -> Iterator[Value]:
    """The model that `model.eval()` and its like give."""
    match call.function:
        case Attribute(value=holder, attr=attr) if attr in work.SELF_RETURNING:
            for value in evaluator.values(holder, frame):
                if model_type(evaluator, value) is not None:
                    yield value


def run_by(evaluator: Evaluator, call: Call, frame: Frame) -> tuple[Value, Expression] | None:
    """The model that a call runs, and how it is written."""
    options: list[tuple[Expression, str]] = [(call.function, "__call__")]
    match call.function:
        case Attribute(value=holder, attr=attr):
            options.append((holder, attr))
    for written, method in options:
        for value in evaluator.values(written, frame):
            known = model_type(evaluator, value)
            if known is not None and method in known.predicting:
                return value, written
    return None


def made_in(value: Value) -> list[Module]:
    """The files that may say something of a model: where it is made, and where its class is."""
    match value:
        case Instance(made=Thunk(frame=frame)):
            return [frame.module]
        case Object(cls=cls, made=made):
            return [cls.frame.module, *([made.frame.module] if made else [])]
    return []


def built_at(value: Value) -> Span | None:
    """The call that builds a model."""
    match value:
        case Instance() | Object() if value.made and isinstance(value.made.expression, Call):
            return value.made.frame.module.anchors.span(value.made.expression.at)
    return None


def decorated_at(frame: Frame) -> Place | None:
    """Between a function's decorators and its `def`, where the file knows `torch` by that name."""
    module = frame.module
    bound = module.facts.scopes[MODULE].bindings.get("torch", ())
    known = any(isinstance(b.value, Import) and b.value.module == "torch" for b in bound)
    if frame.facts.kind != "function" or not known:
        return None
    span = module.anchors.span(frame.facts.statement)
    start = replace(span, end=span.start)
    before = module.anchors.before(span)
    return None if before.strip() else Place(start, before)


def switches_gradients(modules: Iterable[Module]) -> bool:
    """Whether a file trains, or switches gradients off somewhere other than around a call."""
    return any(
        "requires_grad" in module.assigned_outside or any(map(module.calls.get, _SWITCHING))
        for module in modules
    )


def is_quiet(frame: Frame, call: Call) -> bool:
    """Whether a call stands in a function or a `with` that leaves gradients out."""
    inner: Frame | None = frame
    while inner is not None:
        if not {*map(last_name, inner.facts.decorators)}.isdisjoint(_WITHOUT):
            return True
        if any(_surrounds(frame.module, guard, call) for guard in _guards(inner)):
            return True
        inner = inner.parent if inner.facts.kind == "comprehension" else None
    return False


def _guards(frame: Frame) -> Iterator[Call]:
    return (call for call in frame.facts.calls if last_name(call.function) in _WITHOUT)


def _surrounds(module: Module, guard: Call, call: Call) -> bool:
    """Whether the statement that a call of `no_grad` stands in is a `with` around another call."""
    if guard.statement == call.statement:
        return False
    outer, inner = module.anchors.span(guard.statement), module.anchors.span(call.at)
    return outer.cell == inner.cell and outer.start <= inner.start and inner.end <= outer.end


def trains(evaluator: Evaluator, value: Value, modules: Iterable[Module]) -> bool | None:
    """Whether a network runs in training mode; `None` where nobody can tell.

    Args:
        evaluator: Knows what an expression is.
        value: The network.
        modules: The files that may call `eval` on it.
    """
    if any(module.calls.get(name) for module in modules for name in ("eval", "train")):
        return None
    match value:
        case Instance(type=type, made=Thunk()) if work.is_builder(type):
            return True
        case Object(cls=cls):
            return True if _is_random(evaluator, cls) else None
    return None


def _is_random(evaluator: Evaluator, cls: Class) -> bool:
    """Whether a class makes itself a layer that does another thing in training mode."""
    for _, method in classes.methods(cls):
        frame = evaluator.frame(cls.frame.module, method.scope)
        for call in frame.facts.calls:
            for value in evaluator.values(call.function, frame):
                if isinstance(value, Library) and value.name.startswith(_RANDOM):
                    return True
    return False


def with_head(value: Value, modules: Iterable[Module]) -> str | None:
    """The builder of a network of torchvision that nobody took the last layer off.

    Args:
        value: The network.
        modules: The files that may do so.
    """
    match value:
        case Instance(type=type, made=Thunk(expression=Call() as made)) if work.is_builder(type):
            if _is_plain(made) and not any(map(_takes_head_off, modules)):
                return type
    return None


def _is_plain(made: Call) -> bool:
    """Whether a network is built with nothing but its weights."""
    given = [argument.keyword for argument in made.arguments]
    return set(given) <= {"weights", "pretrained"} or given == [None]


def _takes_head_off(module: Module) -> bool:
    replaced = not module.assigned_outside.keys().isdisjoint(_HEADS)
    return replaced or _HEADLESS.search(module.source.text) is not None
