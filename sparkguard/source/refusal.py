"""What Spark is known to refuse about a value that travels, or a call that a worker makes."""

from __future__ import annotations

from sparkguard import pyspark_api as api
from sparkguard.model import Refused
from sparkguard.source import classes, free
from sparkguard.source.arguments import argument_thunks
from sparkguard.source.facts import Attribute, Call, Expression, Name
from sparkguard.source.ship import Shipment
from sparkguard.source.types import Evaluator
from sparkguard.source.values import (
    Class,
    Container,
    Frame,
    Function,
    Instance,
    Library,
    Literal,
    Object,
    Shipped,
    Value,
)
from sparkguard.targets import TARGETS

_KNOWN = ("pyspark", "delta", "datetime", "typing")
"""Libraries whose star imports are known to hide none of Spark's functions for columns."""
_REDUCERS = ("__reduce__", "__reduce_ex__")
_LOCAL = "Could not serialize broadcast: AttributeError: Can't pickle local object '{}'"
_OF_MAIN = "AttributeError: Can't get attribute '{}' on <module 'pyspark.daemon' ...>"


def of(
    evaluator: Evaluator, shipment: Shipment, value: Value, *, given: bool = False
) -> Refused | None:
    """What Spark refuses about a value itself; what it holds is another question."""
    match value:
        case Container(lazy=True) if not (given and shipment.is_listed):
            return evaluator.refused("types.GeneratorType")
        case Instance(type=type) | Library(receiver=Instance(type=type)):
            return evaluator.refused(type)
        case Object(cls=cls):
            found = _of_object(evaluator, cls)
            by_name = shipment.is_plain_pickle and not _has(evaluator, cls, _REDUCERS)
            return found or (_by_name(evaluator, cls) if by_name else None)
        case Function() | Class() if shipment.is_plain_pickle:
            return _by_name(evaluator, value)
        case Function() as function:
            return _of_decorated(evaluator, function)
    return None


def _of_object(evaluator: Evaluator, cls: Class) -> Refused | None:
    kept = (evaluator.refused(base.dotted) for base in classes.bases(evaluator, cls))
    own = next(filter(None, kept), None)
    if own is not None:
        return own
    if _has(evaluator, cls, (*_REDUCERS, "__getstate__")):
        return None
    outside = (evaluator.refused(base.name) for base in classes.library_bases(evaluator, cls))
    return next(filter(None, outside), None)


def _has(evaluator: Evaluator, cls: Class, methods: tuple[str, ...]) -> bool:
    return any(classes.find_method(evaluator, cls, name) for name in methods)


def _of_decorated(evaluator: Evaluator, function: Function) -> Refused | None:
    """What a decorator makes of a function, where the function does not go by name."""
    if not free.is_nested(function) and not evaluator.index.runs_as_script(function.frame.module):
        return None
    for decorator in function.facts.decorators:
        applied = decorator.function if isinstance(decorator, Call) else decorator
        for value in evaluator.values(applied, function.frame):
            if isinstance(value, Library) and (made := api.decorated(value.name)):
                return evaluator.refused(made)
    return None


def _by_name(evaluator: Evaluator, made: Function | Class) -> Refused | None:
    """What plain pickle, which sends functions and classes by name, makes of one."""
    name = made.facts.qualname
    if free.is_nested(made):
        words, noun = _LOCAL.format(name), "a function or class that no import finds"
    elif evaluator.index.runs_as_script(made.frame.module):
        words, noun = _OF_MAIN.format(name), "of the script, which workers do not import"
    else:
        return None
    return Refused("", "main", noun, dict.fromkeys(TARGETS, words))


def of_call(evaluator: Evaluator, call: Call, frame: Frame) -> Refused | None:
    """What a worker refuses about a call, whatever it is that may be called there."""
    values = evaluator.values(call.function, frame)
    called = [value for value in values if not isinstance(value, Literal)]
    known = [_of_called(evaluator, value, call, frame) for value in called]
    if None in known or _is_hidden(evaluator, call.function, frame):
        return None
    return next(iter(known), None)


def _of_called(evaluator: Evaluator, value: Value, call: Call, frame: Frame) -> Refused | None:
    match value:
        case Shipped():
            return api.UDF_CALL
        case Library(name=name) if name in api.UDF_MAKERS:
            return api.TYPE_IN_WORDS if _writes_type(evaluator, call, frame) else None
        case Library(name=name) if not _is_remote(call.function):
            return api.on_worker(name)
    return None


def _writes_type(evaluator: Evaluator, call: Call, frame: Frame) -> bool:
    """Whether a udf is made with a return type that is a string."""
    first = argument_thunks(call, frame, 0, "f")
    given = evaluator.given([*first, *argument_thunks(call, frame, 1, "returnType")])
    return any(isinstance(one, Literal) and isinstance(one.value, str) for one in given)


def _is_remote(function: Expression) -> bool:
    """Whether a chain of calls asks for a session of a server: a worker may have one of its own."""
    match function:
        case Attribute(value=value, attr=attr):
            return attr == "remote" or _is_remote(value)
        case Call(function=inner):
            return _is_remote(inner)
    return False


def _is_hidden(evaluator: Evaluator, function: Expression, frame: Frame) -> bool:
    """Whether a name of one star import may be another's: `floor` where math's star comes last."""
    module = frame.module
    match function:
        case Name(id=name) if module.facts.owner(frame.scope, name) is None:
            for star in reversed(module.facts.stars):
                if api.on_worker(api.canonical(f"{star.module}.{name}")):
                    return False
                ours = evaluator.index.imported(module, star.module, star.level)
                if ours is None and star.module.partition(".")[0] not in _KNOWN:
                    return True
    return False
