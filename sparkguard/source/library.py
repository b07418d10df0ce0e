"""What a call of something of a library gives: of PySpark, of Python's own, of any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sparkguard import pyspark_api as api
from sparkguard.source import classes, hints, objects
from sparkguard.source.arguments import argument_thunks
from sparkguard.source.facts import Attribute, Call, Constant, Display, Expression, Name
from sparkguard.source.values import (
    Container,
    Frame,
    Given,
    Instance,
    Library,
    Literal,
    Manager,
    Partial,
    Record,
    Shipped,
    Shipper,
    Thunk,
    Value,
)

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_CONTAINERS = frozenset(
    {
        *(f"builtins.{name}" for name in ("dict", "frozenset", "list", "set", "sorted", "tuple")),
        *(f"collections.{name}" for name in ("OrderedDict", "deque")),
    }
)
_DICTS = ("builtins.dict", "collections.OrderedDict")
_TRANSPARENT = _CONTAINERS | {"builtins.iter", "builtins.reversed", "copy.copy", "copy.deepcopy"}


def results(evaluator: Evaluator, called: Library, call: Call, frame: Frame) -> Iterator[Value]:
    """What a call of something of a library may give."""
    point = api.SHIP_POINTS.get(called.name)
    if point is not None and point.decorator:
        yield from _shipping(evaluator, point, call, frame)
    elif called.name == "functools.partial" and call.arguments:
        yield _partial(evaluator, call, frame)
    elif called.name == "builtins.super":
        yield from objects.super_of(evaluator, frame)
    elif called.name in _TRANSPARENT:
        yield from _copied(evaluator, called.name, call, frame)
        if called.name in _CONTAINERS and not call.arguments:
            yield Container(())
    elif called.name in ("builtins.enumerate", "builtins.zip"):
        yield _rows(evaluator, called, call, frame)
    elif called.name in api.OF_MANY:
        yield Container((("[...]", Instance(api.OF_MANY[called.name])),))
    elif (position := api.mode_position(called.name)) is not None:
        yield from _opened(evaluator, called, position, call, frame)
    elif called.name == "collections.namedtuple" and len(call.arguments) > 1:
        yield Record(tuple(_field_names(call.arguments[1].value)))
    elif called.name == "types.SimpleNamespace":
        yield Container(tuple(filled(call, frame, ())))
    elif called.name == "collections.defaultdict":
        yield Container(())
    elif called.name in ("contextlib.nullcontext", "contextlib.closing") and call.arguments:
        yield Manager((Thunk(call.arguments[0].value, frame),))
    elif called.name == "builtins.next" and call.arguments:
        yield from _first(evaluator, call, frame)
    elif called.name in ("asyncio.run", "functools.partialmethod") and call.arguments:
        yield from evaluator.values(call.arguments[0].value, frame)
    elif called.name in api.COLLECTED and not _is_bounded(call.function, frame):
        yield Instance(called.name)
    elif called.name == "typing.cast" and call.arguments:
        yield from hints.instances(evaluator, call.arguments[0].value, frame)
    else:
        yield from _made(called, call, frame)


def _shipping(
    evaluator: Evaluator, point: api.ShipApi, call: Call, frame: Frame
) -> Iterator[Value]:
    """What `udf` and its like give: a udf object, or a decorator that makes one."""
    functions = handed_over(evaluator, point, call, frame)
    yield from map(Shipped, functions)
    if not functions:
        unknown = _gives_function(evaluator, call, frame)
        yield Shipped(Literal(None)) if unknown else Shipper(point)


def _made(called: Library, call: Call, frame: Frame) -> Iterator[Value]:
    for value in _result(called):
        if call.arguments or not api.travels_bare(value.type):
            yield replace(value, made=Thunk(call, frame))


def _opened(
    evaluator: Evaluator, called: Library, position: int, call: Call, frame: Frame
) -> Iterator[Value]:
    """An open file, by its mode; a mode that is not known may be that of a text, which travels."""
    given = argument_thunks(call, frame, position, "mode")
    modes = [one.value for one in evaluator.given(given) if isinstance(one, Literal)]
    mode = modes[0] if modes else "r"
    type = api.opened(mode) if isinstance(mode, str) else None
    yield Instance(type or "io.TextIOWrapper")


def _field_names(written: Expression) -> Iterator[str]:
    match written:
        case Constant(value=str(names)):
            yield from names.replace(",", " ").split()
        case Display(items=items):
            for _, item in items:
                yield from _field_names(item)


def filled(call: Call, frame: Frame, steps: Sequence[str]) -> Iterator[tuple[str, Given]]:
    """What the fields of a record get: those in order, and those by name."""
    for number, argument in enumerate(call.arguments):
        given = Thunk(argument.value, frame)
        if argument.keyword:
            yield f".{argument.keyword}", given
        elif number < len(steps) and not argument.star:
            yield steps[number], given


def _first(evaluator: Evaluator, call: Call, frame: Frame) -> Iterator[Value]:
    """What `next` takes from its first argument, or its second one."""
    iterated, *default = (evaluator.values(argument.value, frame) for argument in call.arguments)
    for value in iterated:
        if isinstance(value, Container):
            yield from evaluator.given(item for _, item in value.items)
    for values in default:
        yield from values


def _gives_function(evaluator: Evaluator, call: Call, frame: Frame) -> bool:
    """Whether `udf` and its like are given a function of which nothing else is known."""
    first = argument_thunks(call, frame, 0, "f")
    values = evaluator.given(first)
    written = bool(first) and len(call.arguments) > 1
    return any(isinstance(value, Library) for value in values) or (written and not values)


def _partial(evaluator: Evaluator, call: Call, frame: Frame) -> Value:
    for value in evaluator.values(call.arguments[0].value, frame):
        point = api.SHIP_POINTS.get(value.name) if isinstance(value, Library) else None
        if point is not None and point.decorator and len(call.arguments) > 1:
            return Shipper(point)
    return Partial(Thunk(call, frame))


def _rows(evaluator: Evaluator, called: Library, call: Call, frame: Frame) -> Container:
    """What `enumerate` and `zip` give: a tuple for each place, what is in it where it is known."""
    columns: list[list[Given]] = [
        [
            item
            for value in evaluator.values(argument.value, frame)
            if isinstance(value, Container)
            for _, item in value.items
        ]
        for argument in call.arguments
        if argument.keyword is None
    ]
    if called.name == "builtins.enumerate":
        numbers: list[Given] = [Literal(None) for column in columns[:1] for _ in column]
        columns = [numbers, *columns[:1]]
    rows = zip_longest(*columns, fillvalue=Literal(None))
    return Container(
        tuple(
            ("[...]", Container(tuple((f"[{n}]", item) for n, item in enumerate(row))))
            for row in rows
        )
    )


def _keyed(evaluator: Evaluator, pairs: Container) -> Container:
    """What a dict makes of pairs of a key and a value; of anything else, itself."""
    items: list[tuple[str, Given]] = []
    for value in evaluator.given(item for _, item in pairs.items):
        match value:
            case Container(items=(("[0]", key), ("[1]", item))):
                keys = [k for k in evaluator.given((key,)) if isinstance(k, Literal)]
                items.append((f"[{keys[0].value!r}]" if len(keys) == 1 else "[...]", item))
            case _:
                return replace(pairs, lazy=False)
    return Container(tuple(items))


def _copied(evaluator: Evaluator, called: str, call: Call, frame: Frame) -> Iterator[Value]:
    keywords = tuple(
        (f"[{a.keyword!r}]", Thunk(a.value, frame)) for a in call.arguments if a.keyword
    )
    if keywords:
        yield Container(keywords)
    for argument in call.arguments[:1]:
        if argument.keyword is None and not argument.star:
            for value in evaluator.values(argument.value, frame):
                match value:
                    case Container() if called in _DICTS:
                        yield _keyed(evaluator, value)
                    case Container():
                        yield replace(value, lazy=False)
                    case _:
                        yield value


def handed_over(
    evaluator: Evaluator, point: api.ShipApi, call: Call, frame: Frame
) -> tuple[Value, ...]:
    """The functions or classes that a call of a decorator such as `udf` is given directly."""
    first = point.arguments[0]
    thunks = argument_thunks(call, frame, first.position, first.name)
    return tuple(
        value for value in evaluator.given(thunks) if classes.is_callable(evaluator, value)
    )


def _result(called: Library) -> Iterator[Instance]:
    owner, _, name = called.name.rpartition(".")
    member = api.member(called.receiver.type if called.receiver else owner, name)
    if member is not None:
        yield Instance(member.returns or "builtins.object")
    elif called.receiver is None:
        yield Instance(api.result_of(called.name) or called.name)


def _is_bounded(function: Expression, frame: Frame, names: int = 3) -> bool:
    """Whether a chain of calls leaves little to collect: `df.limit(10).collect`."""
    match function:
        case Attribute(value=value, attr=attr):
            return attr in api.BOUNDING or _is_bounded(value, frame, names)
        case Call(function=inner):
            return _is_bounded(inner, frame, names)
        case Name(id=name) if names:
            bound = frame.facts.bindings.get(name, ())
            return any(b.value and _is_bounded(b.value, frame, names - 1) for b in bound)
    return False
