"""Finds the calls and decorators that ship a function or an object to the workers."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache, partial

from msgspec import Struct

from sparkguard import pyspark_api as api
from sparkguard.source import classes, decorators, free
from sparkguard.source.arguments import argument_thunks
from sparkguard.source.facts import (
    Attribute,
    Branch,
    Call,
    Comprehension,
    Constant,
    Definition,
    Display,
    Expression,
    Opaque,
)
from sparkguard.source.module import Module, last_name
from sparkguard.source.types import Evaluator
from sparkguard.source.values import (
    Bound,
    Frame,
    Function,
    Library,
    Object,
    Shipped,
    Shipper,
    Thunk,
    Value,
)

_DATA = (Comprehension, Constant, Display, Opaque)
"""What can be no function and no class."""
_AT_THE_END: tuple[int, Branch] = (sys.maxsize, ())
"""The moment when a scope has run."""


class Load(Struct, frozen=True):
    """One argument that a ship point sends: which, how it is written, and what it may be."""

    argument: api.Argument
    expression: Expression
    values: tuple[Value, ...]


class Shipment(Struct, frozen=True):
    """A ship point: `at` is the word that ships, `moment` when its captures are looked up.

    `call` is the call that ships, or that makes the decorator; a bare `@udf` is none.
    """

    point: api.ShipApi
    frame: Frame
    at: int
    statement: int
    moment: tuple[int, Branch]
    loads: tuple[Load, ...]
    decorates: bool = False
    call: Call | None = None

    @property
    def module(self) -> Module:
        """The file that ships."""
        return self.frame.module

    @property
    def is_plain_pickle(self) -> bool:
        """Whether functions and classes go by name: Spark broadcasts without cloudpickle."""
        return self.point.name == "pyspark.SparkContext.broadcast"

    @property
    def is_listed(self) -> bool:
        """Whether Spark makes a list of what it is given, and ships that: a generator may go."""
        return self.point.name == "pyspark.SparkContext.parallelize"


def shipments(evaluator: Evaluator, module: Module) -> Iterator[Shipment]:
    """Every ship point of a file that is given something to ship."""
    loads_of = cache(partial(evaluator.aliases.loads, module))
    for number, scope in enumerate(module.facts.scopes):
        for call in scope.calls:
            name = last_name(call.function) if call.arguments else None
            loads = loads_of(name) if name is not None else ()
            if loads and _is_given(call, evaluator.frame(module, number), loads):
                evaluator.refuel()
                yield from _of_call(evaluator, call, evaluator.frame(module, number))
        if scope.parent is not None and scope.decorators:
            evaluator.refuel()
            yield from _of_decorators(evaluator, evaluator.frame(module, number))


def _is_given(call: Call, frame: Frame, loads: Iterable[api.Argument]) -> bool:
    """Whether a call is given any of the arguments that may ship, and that could be what ships."""
    return any(
        argument.kind == "object" or not isinstance(thunk.expression, _DATA)
        for argument in loads
        for thunk in argument_thunks(call, frame, argument.position, argument.name)
    )


def _of_call(evaluator: Evaluator, call: Call, frame: Frame) -> Iterator[Shipment]:
    point = ship_api(evaluator, call.function, frame)
    if point is None:
        return
    loads = []
    for argument in point.arguments:
        for thunk in argument_thunks(call, frame, argument.position, argument.name):
            values = tuple(_shippable(evaluator, point, argument, thunk))
            if values:
                loads.append(Load(argument, thunk.expression, values))
    if any(load.argument.kind != "object" or not point.decorator for load in loads):
        made = _made(frame, call) if point.decorator else None
        moment = made or (call.at, call.branch)
        at = word(call.function)
        yield Shipment(point, frame, at, call.statement, moment, tuple(loads), call=call)


def _made(frame: Frame, value: Expression) -> tuple[int, Branch] | None:
    """Where the udf object that `value` makes is first used: that is when Spark pickles it."""
    for name, bindings in frame.facts.bindings.items():
        for binding in bindings:
            if _is_made_by(binding.value, value):
                return min(_uses(frame, name, binding.at), default=_AT_THE_END)
    return None


def _uses(frame: Frame, name: str, after: int) -> Iterator[tuple[int, Branch]]:
    """Where a name is read, and from where on functions are there that read it."""
    for read in frame.facts.reads:
        if read.id == name and read.at > after:
            yield read.at, read.branch
    for number in frame.facts.children:
        if name in free.names(frame.module, number):
            inner = frame.module.facts.scopes[number]
            yield max(inner.at, after), inner.branch


def _is_made_by(bound: Expression | None, value: Expression) -> bool:
    match bound, value:
        case Definition(scope=one), Definition(scope=other):
            return one == other
    return bound is value


def word(called: Expression) -> int:
    """The number of the word that ships: `map` of a chain of calls that ends in `.map`."""
    return called.attr_at if isinstance(called, Attribute) else called.at


def ship_api(evaluator: Evaluator, function: Expression, frame: Frame) -> api.ShipApi | None:
    """What ships when `function` is called, if anything."""
    values = evaluator.values(function, frame)
    for value in values:
        match value:
            case Library(name=name) if (point := evaluator.ship_point(name)) is not None:
                return point
            case Shipper(api=point):
                return point
            case Function() | Bound(function=Function()):
                made = value.function if isinstance(value, Bound) else value
                if made.dotted in evaluator.own.ship_points:
                    return evaluator.own.ship_points[made.dotted]
    match function:
        case Attribute(value=receiver, attr=attr) if attr in api.DISTINCTIVE and not values:
            known = evaluator.values(receiver, frame)
            return None if known else api.SHIP_POINTS[api.DISTINCTIVE[attr]]
    return None


def _shippable(
    evaluator: Evaluator, point: api.ShipApi, argument: api.Argument, thunk: Thunk
) -> Iterable[Value]:
    for value in evaluator.values(thunk.expression, thunk.frame):
        if isinstance(value, Shipped):
            continue
        callable_ = isinstance(value, Object) or classes.is_callable(evaluator, value)
        if argument.kind == "object" or callable_:
            yield value


def _of_decorators(evaluator: Evaluator, frame: Frame) -> Iterator[Shipment]:
    scope, around = frame.facts, frame.parent
    if around is None:
        return
    for decorator in scope.decorators:
        point = _decorating_api(evaluator, decorator, around)
        if point is not None:
            at = word(decorator.function if isinstance(decorator, Call) else decorator)
            node = Definition(scope.at, frame.scope)
            below = scope.decorators[scope.decorators.index(decorator) + 1 :]
            values = decorators.decorated(evaluator, node, around, below)
            load = Load(point.arguments[0], node, values)
            moment = _made(around, node) or (decorator.at, scope.branch)
            call = decorator if isinstance(decorator, Call) else None
            yield Shipment(point, around, at, decorator.at, moment, (load,), True, call)
            return


def _decorating_api(
    evaluator: Evaluator, decorator: Expression, frame: Frame
) -> api.ShipApi | None:
    for value in evaluator.values(decorator, frame):
        match value:
            case Shipper(api=point):
                return point
            case Library(name=name) if name in api.SHIP_POINTS and api.SHIP_POINTS[name].decorator:
                return api.SHIP_POINTS[name]
    return None
