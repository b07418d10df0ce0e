"""How often shipped code makes a call: once for a partition, a batch or a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from sparkguard.model import Pace
from sparkguard.pyspark_api import work
from sparkguard.source.facts import (
    Arm,
    Attribute,
    Branch,
    Call,
    Choice,
    Constant,
    Definition,
    Display,
    Expression,
    Import,
    Name,
    Operation,
    Parameter,
    Part,
    Scope,
    Subscript,
)
from sparkguard.source.module import Module, last_name
from sparkguard.source.ship import Shipment
from sparkguard.source.values import Frame, Thunk

Place = tuple[Module, int, str]
"""A name: its file, the scope that it belongs to, and itself."""
ORDER: tuple[Pace | None, ...] = (None, "partition", "batch", "row")
_COLUMNS = frozenset({"columns", "dtypes", "groupby", "index", "keys", "schema", "shape"})
_THROUGH = frozenset({"enumerate", "iter", "list", "reversed", "sorted", "tqdm", "tuple", "zip"})
_DEPTH = 6


class Given(Struct, frozen=True):
    """What is known of the names of a run.

    Args:
        streams: Names whose items come one for each batch or row.
        data: Names whose values are rows, or made of rows.
    """

    streams: Mapping[Place, Pace] = {}
    data: frozenset[Place] = frozenset()


def often(*paces: Pace | None) -> Pace | None:
    """The most frequent of some paces."""
    return max(paces, key=ORDER.index, default=None)


def entry(shipment: Shipment, frame: Frame) -> tuple[Pace | None, Given]:
    """How often Spark calls a function that ships, and which of its parameters get rows."""
    parameters = _taken(frame)
    data = frozenset(_place(frame, each.name) for each in parameters)
    api, stream = shipment.point.name, work.stream(shipment.point.name)
    if api in work.BY_ROW:
        of_object = frame.facts.name in ("open", "close") and frame.parent is not None
        return ("partition" if of_object else "row"), Given(data=data)
    if stream is not None:
        position, pace = stream
        taken = parameters[position : position + 1]
        return "partition", Given({_place(frame, each.name): pace for each in taken}, data)
    if api in work.BY_SERIES:
        return _by_annotations(frame, parameters, data)
    return ("partition" if api == work.PREDICT_BATCH else None), Given(data=data)


def of_batches(frame: Frame) -> tuple[Pace, Given]:
    """A function that is called once for each batch, and gets its columns."""
    places = [_place(frame, each.name) for each in _taken(frame)]
    return "batch", Given(dict.fromkeys(places, "row"), frozenset(places))


def _by_annotations(
    frame: Frame, parameters: list[Parameter], data: frozenset[Place]
) -> tuple[Pace | None, Given]:
    """What a pandas udf says of itself: over an iterator of batches, over batches, or nothing."""
    streams: dict[Place, Pace] = {_place(frame, each.name): "batch" for each in parameters[:1]}
    first = parameters[0].annotation if parameters else None
    if isinstance(first, Subscript) and last_name(first.value) == "Iterator":
        return "partition", Given(streams, data)
    if frame.facts.annotation is not None and _is_series(frame.facts.annotation):
        return of_batches(frame)
    return None, Given(data=data)


def _is_series(annotation: Expression) -> bool:
    return last_name(annotation) in ("Array", "DataFrame", "Series")


def _taken(frame: Frame) -> list[Parameter]:
    """The parameters that Spark fills: those without a default, and no `self`."""
    scope = frame.facts
    method = frame.parent is not None and frame.parent.facts.kind == "class"
    of_self = method and "staticmethod" not in map(last_name, scope.decorators)
    return [each for each in scope.parameters[1 if of_self else 0 :] if each.default is None]


def _place(frame: Frame, name: str) -> Place:
    return frame.module, frame.scope, name


def place_of(name: str, frame: Frame) -> Place | None:
    """The name that a read in a frame means."""
    owner = frame.module.facts.owner(frame.scope, name)
    return None if owner is None else (frame.module, owner, name)


def around(frame: Frame, branch: Branch, given: Given) -> Pace | None:
    """How often the loops around a place of a frame let it run."""
    loops = _loops(frame.facts)
    return often(*(unit(loops[arm], frame, given) for arm in branch if arm in loops))


def of_comprehension(frame: Frame, given: Given) -> Pace | None:
    """How often a comprehension computes its element."""
    bound = (b for bindings in frame.facts.bindings.values() for b in bindings)
    iterated = (_iterated(b.value) for b in bound)
    around = frame.parent or frame
    return often(*(unit(each, around, given) for each in iterated if each is not None))


def _loops(scope: Scope) -> dict[Arm, Expression]:
    """What each `for` of a scope goes through."""
    found: dict[Arm, Expression] = {}
    for bindings in scope.bindings.values():
        for binding in bindings:
            iterated = _iterated(binding.value)
            if iterated is not None and binding.branch and binding.branch[-1].kind == "loop":
                found.setdefault(binding.branch[-1], iterated)
    return found


def _iterated(value: Expression | None) -> Expression | None:
    while isinstance(value, Part):
        if value.kind == "element":
            return value.of
        value = value.of
    return None


def unit(expression: Expression, frame: Frame, given: Given, depth: int = 0) -> Pace | None:
    """What one item of an expression stands for, if it goes through a partition or a batch."""
    if depth > _DEPTH:
        return None
    match expression:
        case Name(id=name):
            return _unit_of_name(name, frame, given, depth)
        case Part(kind="element", of=of) if unit(of, frame, given, depth + 1) == "batch":
            return "row"
        case Part(kind="item", of=of):
            return unit(of, frame, given, depth + 1)
        case Call(function=Name(id=name), arguments=(first, *_)) if name in _THROUGH:
            return unit(first.value, frame, given, depth + 1)
        case Call(function=Name(id="map" | "filter"), arguments=(_, second, *_)):
            return unit(second.value, frame, given, depth + 1)
        case Call(function=Attribute(value=held, attr=attr)) | Attribute(value=held, attr=attr):
            inner = None if attr in _COLUMNS else unit(held, frame, given, depth + 1)
            return inner if inner == "row" else None
        case Subscript(value=held):
            inner = unit(held, frame, given, depth + 1)
            return inner if inner == "row" else None
    return None


def _unit_of_name(name: str, frame: Frame, given: Given, depth: int) -> Pace | None:
    place = place_of(name, frame)
    if place is None:
        return None
    if place in given.streams:
        return given.streams[place]
    owner = frame.around(place[1])
    bindings = owner.facts.bindings.get(name, ()) if owner is not None else ()
    if owner is None or not bindings or bindings[-1].value is None:
        return None
    return unit(bindings[-1].value, owner, given, depth + 1)


def depends(expression: Expression, frame: Frame, given: Given, depth: int = 0) -> bool:
    """Whether an expression may be another for each row: what cannot be told may be."""
    inner = tuple(_inside(expression))
    match expression:
        case Name(id=name):
            return _name_depends(name, frame, given, depth)
        case Constant() | Import() | Definition():
            return False
        case _ if not inner or depth > _DEPTH:
            return True
    return any(depends(each, frame, given, depth + 1) for each in inner)


def _inside(expression: Expression) -> Iterable[Expression]:
    match expression:
        case Attribute(value=value) | Part(of=value):
            return (value,)
        case Subscript(value=value, index=index):
            return (value, *([index] if index else []))
        case Call(function=function, arguments=arguments):
            return (function, *(argument.value for argument in arguments))
        case Display(items=items):
            return tuple(item for _, item in items) or (Constant(0, None),)
        case Choice(options=operands) | Operation(operands=operands):
            return operands
    return ()


def _name_depends(name: str, frame: Frame, given: Given, depth: int) -> bool:
    place = place_of(name, frame)
    if place is None:
        return False
    if place in given.data:
        return True
    owner = frame.around(place[1])
    if owner is None or owner.parent is None or depth > _DEPTH:
        return False
    values = (binding.value for binding in owner.facts.bindings.get(name, ()))
    return any(value and depends(value, owner, given, depth + 1) for value in values)


def call_depends(call: Call, frame: Frame, given: Given) -> bool:
    """Whether an argument of a call may be another for each row.

    Numbers grow as Python evaluates: what is read between a call's function and the call itself is
    read by its arguments, wherever in them.
    """
    start = call.function.at
    reads = (read for read in frame.facts.reads if start < read.at < call.at)
    return any(_name_depends(read.id, frame, given, 0) for read in reads)


def with_rows(frame: Frame, given: Given) -> Given:
    """The same, where each parameter of a function gets a row or a part of one."""
    taken = (_place(frame, parameter.name) for parameter in frame.facts.parameters)
    return Given(given.streams, given.data | frozenset(taken))


def passed_on(inner: Frame, given: Given) -> Given:
    """What is known of the names of a function that a run calls, its parameters included."""
    streams, data = dict(given.streams), set(given.data)
    for place, expression, frame in _arguments(inner):
        pace = unit(expression, frame, given)
        if pace is not None:
            streams[place] = pace
        if depends(expression, frame, given):
            data.add(place)
    return Given(streams, frozenset(data))


def _arguments(inner: Frame) -> Iterator[tuple[Place, Expression, Frame]]:
    for name, thunks in inner.arguments.items():
        for thunk in thunks:
            if isinstance(thunk, Thunk):
                yield _place(inner, name), thunk.expression, thunk.frame
