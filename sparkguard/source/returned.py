"""What a udf is declared to return, and what it is known to return."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sparkguard.model import Returned
from sparkguard.source.arguments import argument_thunks
from sparkguard.source.facts import (
    Call,
    Choice,
    Comprehension,
    Constant,
    Display,
    Expression,
    Name,
    Operation,
)
from sparkguard.source.ship import Shipment
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Bound, Frame, Function, Library, Literal

_UDF = "pyspark.sql.functions.udf"
_REGISTER = "pyspark.sql.UDFRegistration.register"
_TYPES = "pyspark.sql.types."
_SYNONYMS = {"integer": "int", "bigint": "long", "smallint": "short", "tinyint": "byte"}
_ARITHMETIC = frozenset({"Add", "Subtract", "Multiply", "Modulo", "FloorDivide"})


def declared(evaluator: Evaluator, shipment: Shipment) -> str | None:
    """The declared type as SQL writes it, `array<float>`; `None` where it is not known."""
    call = shipment.call
    if shipment.point.name not in (_UDF, _REGISTER):
        return None
    if call is None:
        return "string"
    if shipment.point.name == _REGISTER:
        given = argument_thunks(call, shipment.frame, 2, "returnType")
    else:
        given = argument_thunks(call, shipment.frame, 1, "returnType")
        if shipment.decorates and not given:
            given = argument_thunks(call, shipment.frame, 0, "f")
    if not given:
        return "string"
    return _type(evaluator, given[0].expression, given[0].frame)


def arrow(evaluator: Evaluator, shipment: Shipment) -> bool | None:
    """Whether a udf is told to run through Arrow, or not to; `None` where it is not told."""
    call = shipment.call
    given = argument_thunks(call, shipment.frame, None, "useArrow") if call else ()
    values = [one.value for one in evaluator.given(given) if isinstance(one, Literal)]
    return values[0] if values and isinstance(values[0], bool) else None


def _type(evaluator: Evaluator, written: Expression, frame: Frame) -> str | None:
    match written:
        case Constant(value=str(text)):
            return _named(text)
        case Call(function=function, arguments=arguments):
            name = _type_name(evaluator, function, frame)
            if name != "array":
                return None if name is None else _named(name)
            inner = arguments and _type(evaluator, arguments[0].value, frame)
            return f"array<{inner}>" if inner else None
        case Name():
            found = [
                _type(evaluator, binding.value, frame)
                for owner in (frame.module.facts.owner(frame.scope, written.id),)
                if owner is not None
                for binding in frame.module.facts.scopes[owner].bindings.get(written.id, ())
                if binding.value is not None
            ]
            return found[0] if len(found) == 1 else None
    return None


def _type_name(evaluator: Evaluator, function: Expression, frame: Frame) -> str | None:
    """What a class of PySpark's types is called in SQL, that of a star import included."""
    names = [v.name for v in evaluator.values(function, frame) if isinstance(v, Library)]
    match function:
        case Name(id=name) if not names:
            starred = any(f"{star.module}." == _TYPES for star in frame.module.facts.stars)
            unbound = frame.module.facts.owner(frame.scope, name) is None
            names = [f"{_TYPES}{name}"] if starred and unbound else []
    for name in names:
        if name.startswith(_TYPES) and name.endswith("Type"):
            return name.removeprefix(_TYPES).removesuffix("Type").lower()
    return None


def _named(text: str) -> str:
    plain = re.sub(r"\s+", "", text).lower()
    return re.sub(r"\w+", lambda word: _SYNONYMS.get(word[0], word[0]), plain)


def returned(evaluator: Evaluator, shipment: Shipment) -> Iterator[Returned]:
    """The types of what the shipped function is known to return; of the rest, nothing."""
    if shipment.point.name not in (_UDF, _REGISTER):
        return
    for load in shipment.loads:
        for value in load.values:
            made = value.function if isinstance(value, Bound) else value
            if isinstance(made, Function) and load.argument.kind == "function":
                yield from _of_function(evaluator, made)


def _of_function(evaluator: Evaluator, function: Function) -> Iterator[Returned]:
    module, facts = function.frame.module, function.facts
    frame = function.frame.child(function.scope)
    if facts.is_generator or facts.is_async:
        return
    known = [(value, type_of(evaluator, value, frame)) for value in facts.returns]
    for value, type in known:
        if type is not None and type != "NoneType":
            yield Returned(module.anchors.span(value.at), type)
    if facts.annotation is not None and not any(type for _, type in known):
        for made in evaluator.values(facts.annotation, function.frame):
            if isinstance(made, Library) and made.name in _ANNOTATED:
                span = module.anchors.span(facts.annotation.at)
                name = made.name.removeprefix("builtins.")
                yield Returned(span, "text" if name == "str" else name)


_ANNOTATED = frozenset(f"builtins.{name}" for name in ("bool", "bytes", "float", "int", "str"))


def type_of(evaluator: Evaluator, value: Expression, frame: Frame) -> str | None:
    """The name of the Python type that an expression certainly has: `int`, `list[float]`.

    Args:
        evaluator: Answers what is called.
        value: The expression.
        frame: Where it stands.
    """
    match value:
        case Constant(value=str(text)):
            return "text" if any(letter.isdigit() for letter in text) else "str"
        case Constant(value=constant):
            return type(constant).__name__
        case Display(kind="list" | "tuple" as kind, items=items):
            found = {type_of(evaluator, item, frame) for _, item in items}
            return f"{kind}[{found.pop()}]" if len(found) == 1 and None not in found else kind
        case Comprehension(kind="list" | "dict" | "set" as kind):
            return kind
        case Display(kind="dict" | "set" as kind):
            return kind
        case Choice(options=options):
            found = {type_of(evaluator, option, frame) for option in options} - {"NoneType"}
            return found.pop() if len(found) == 1 else None
        case Operation(operator="Minus", operands=(operand,)):
            return type_of(evaluator, operand, frame)
        case Operation(operator="Equal" | "NotEqual" | "In" | "NotIn" | "Is" | "IsNot" | "Not"):
            return None
        case Operation(operator=operator, operands=(left, right)) if operator in _ARITHMETIC:
            found = {type_of(evaluator, left, frame), type_of(evaluator, right, frame)}
            return found.pop() if found in ({"int"}, {"float"}) else None
        case Call():
            return _of_call(evaluator, value, frame)
        case Name():
            return _of_name(evaluator, value, frame)
    return None


def _of_name(evaluator: Evaluator, read: Name, frame: Frame) -> str | None:
    """The type of a local name that is bound once, before it is read."""
    bindings = frame.facts.bindings.get(read.id, ())
    parameters = {parameter.name for parameter in frame.facts.parameters}
    if len(bindings) != 1 or read.id in parameters or bindings[0].at > read.at:
        return None
    value = bindings[0].value
    return None if value is None else type_of(evaluator, value, frame)


_CALLS = {
    "builtins.bool": "bool",
    "builtins.bytes": "bytes",
    "builtins.dict": "dict",
    "builtins.float": "float",
    "builtins.int": "int",
    "builtins.len": "int",
    "builtins.ord": "int",
    "builtins.list": "list",
    "builtins.repr": "text",
    "builtins.set": "set",
    "builtins.sorted": "list",
    "builtins.str": "text",
    "builtins.tuple": "tuple",
    "builtins.round": "int",
    "json.dumps": "text",
    "math.ceil": "int",
    "math.floor": "int",
    **{f"math.{name}": "float" for name in ("cos", "exp", "log", "log10", "log2", "pow", "sin")},
    **{f"math.{name}": "float" for name in ("fsum", "hypot", "sqrt", "tan")},
    **{f"numpy.{name}": f"numpy.{name}" for name in ("float32", "float64", "int32", "int64")},
    **{f"numpy.{name}": "numpy.ndarray" for name in ("array", "arange", "linspace", "ones")},
    "numpy.linalg.norm": "numpy.float64",
    "numpy.zeros": "numpy.ndarray",
}
"""What calls certainly give."""


def _of_call(evaluator: Evaluator, call: Call, frame: Frame) -> str | None:
    values = evaluator.values(call.function, frame)
    names = {value.name if isinstance(value, Library) else "" for value in values}
    if names & {"builtins.round", "numpy.linalg.norm"} and len(call.arguments) != 1:
        return None
    return _CALLS.get(names.pop()) if len(names) == 1 else None
