"""What is reached from a value: its attributes, its elements, what a `with` makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sparkguard import pyspark_api as api
from sparkguard.source import calls, gateway, models, objects, outside, state
from sparkguard.source.facts import MODULE, Call, Constant, Part, Subscript
from sparkguard.source.module import Module
from sparkguard.source.values import (
    Class,
    Container,
    ContainerMethod,
    Found,
    Frame,
    Instance,
    Library,
    Manager,
    Object,
    ProjectModule,
    Shipped,
    Super,
    Thunk,
    Value,
)

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_COLUMNS = {
    "pyspark.pandas.DataFrame": "pyspark.pandas.Series",
    "pyspark.pandas.groupby.DataFrameGroupBy": "pyspark.pandas.groupby.SeriesGroupBy",
}
"""What an element with a constant key is: one column."""


def attribute(evaluator: Evaluator, holder: Value, attr: str) -> Iterator[Found]:
    """What `holder.attr` may be, each with the place that bound it."""
    match holder:
        case Instance(type=owner):
            yield from _found(_member(owner, attr))
            yield from _broadcast(evaluator, holder, attr)
        case Library(name=name, receiver=None):
            member = api.member(name, attr)
            if member is not None and member.is_property and member.returns:
                yield Found(Instance(member.returns), None, 0)
            else:
                yield Found(Library(api.canonical(f"{name}.{attr}")), None, 0)
        case ProjectModule(module=module):
            yield from _module_attribute(evaluator, module, attr)
        case Shipped(function=function) if attr == "func":
            yield Found(function, None, 0)
        case Container(items=items):
            for value in evaluator.given(item for step, item in items if step == f".{attr}"):
                yield Found(value, None, 0)
            if attr in calls.HANDING_OUT:
                yield Found(ContainerMethod(holder, attr), None, 0)
        case Class() | Object() | Super():
            yield from objects.attribute(evaluator, holder, attr)


def _broadcast(evaluator: Evaluator, holder: Instance, attr: str) -> Iterator[Found]:
    """The model that is behind a broadcast's `value`; what else was broadcast is not followed."""
    match holder, attr:
        case Instance(
            type="pyspark.Broadcast", made=Thunk(expression=Call() as made, frame=frame)
        ), "value":
            for argument in made.arguments[:1]:
                for found in evaluator.found(Thunk(argument.value, frame)):
                    if models.model_type(evaluator, found.value) is not None:
                        yield found


def _module_attribute(evaluator: Evaluator, module: Module, attr: str) -> Iterator[Found]:
    if attr in module.facts.scopes[MODULE].bindings:
        yield from evaluator.captured(attr, evaluator.frame(module))
    elif (below := evaluator.index.imported(module, attr, 1)) is not None:
        yield Found(ProjectModule(below), None, 0)
    else:
        yield from outside.unbound(evaluator, attr, module)


def element(evaluator: Evaluator, node: Subscript, frame: Frame) -> Iterator[Value]:
    """What `value[index]` may be."""
    for value in evaluator.values(node.value, frame):
        match value:
            case Container():
                yield from evaluator.given(calls.chosen(value, node.step))
            case Object():
                held = Container(tuple(state.contents(evaluator, value)))
                yield from evaluator.given(calls.chosen(held, node.step))
            case Instance(type="pyspark.sql.DataFrame" | "pyspark.sql.Column"):
                yield Instance("pyspark.sql.Column")
            case Instance(type=type) if type in _COLUMNS and isinstance(node.index, Constant):
                yield Instance(_COLUMNS[type])


def part(evaluator: Evaluator, node: Part, frame: Frame) -> Iterator[Value]:
    """What a loop, an unpacking or a `with` takes from a value."""
    for value in evaluator.values(node.of, frame):
        match value, node.kind:
            case Container(items=items), "element":
                yield from evaluator.given(item for _, item in items)
            case Container(items=items), "rest":
                yield Container(tuple(("[...]", item) for _, item in items[node.index or 0 :]))
            case Container(), "item":
                yield from evaluator.given(calls.chosen(value, f"[{node.index}]"))
            case Manager(yielded=yielded), "entered":
                yield from evaluator.given(yielded)
            case Object(), "entered":
                yield from objects.method_result(evaluator, value, "__enter__")
            case Instance(), "entered":
                yield value


def _found(value: Value | None) -> Iterator[Found]:
    if value is not None:
        yield Found(value, None, 0)


def _member(owner: str, attr: str) -> Value | None:
    of_jvm = gateway.attribute(owner, attr)
    if of_jvm is not None:
        return of_jvm
    name = f"{owner}.{attr}"
    if name in api.OF_MANY or api.mode_position(name) is not None:
        return Library(name, Instance(owner))
    member = api.member(owner, attr)
    if member is None:
        return _of_cargo(owner, attr)
    if member.is_property:
        return Instance(member.returns) if member.returns else None
    return Library(member.name, Instance(owner))


def _of_cargo(owner: str, attr: str) -> Value | None:
    """What a broadcast holds, and what is collected."""
    name = f"{owner}.{attr}"
    if name == api.BROADCAST_VALUE:
        return Instance(name)
    if name in api.COLLECTED:
        return Library(name, Instance(owner))
    return None
