"""What Spark is known to refuse about a value that travels."""

from __future__ import annotations

from sparkguard import pyspark_api as api
from sparkguard.model import TARGETS, Refused
from sparkguard.source import classes, free
from sparkguard.source.facts import Call
from sparkguard.source.ship import Shipment
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Class, Container, Function, Instance, Library, Object, Value

_REDUCERS = ("__reduce__", "__reduce_ex__", "__getstate__")
_LOCAL = "Could not serialize broadcast: AttributeError: Can't pickle local object '{}'"
_OF_MAIN = "AttributeError: Can't get attribute '{}' on <module 'pyspark.daemon' ...>"


def of(evaluator: Evaluator, shipment: Shipment, value: Value) -> Refused | None:
    """What Spark refuses about a value itself; what it holds is another question."""
    match value:
        case Container(lazy=True) if not shipment.is_listed:
            return evaluator.refused("types.GeneratorType")
        case Instance(type=type) | Library(receiver=Instance(type=type)):
            return evaluator.refused(type)
        case Object(cls=cls):
            found = _of_object(evaluator, cls)
            return found or (_by_name(evaluator, cls) if shipment.is_plain_pickle else None)
        case Function() | Class() if shipment.is_plain_pickle:
            return _by_name(evaluator, value)
        case Function() as function:
            return _of_decorated(evaluator, function)
    return None


def _of_object(evaluator: Evaluator, cls: Class) -> Refused | None:
    own = evaluator.refused(cls.dotted)
    if own is not None:
        return own
    if any(classes.find_method(evaluator, cls, name) for name in _REDUCERS):
        return None
    bases = (evaluator.refused(base.name) for base in classes.library_bases(evaluator, cls))
    return next(filter(None, bases), None)


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
