"""The classes of a project: their bodies, bases, heirs and methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sparkguard.source.facts import (
    MODULE,
    Scope,
)
from sparkguard.source.module import last_name
from sparkguard.source.values import (
    Bound,
    Class,
    Frame,
    Function,
    Given,
    Library,
    Object,
    Partial,
    Shipped,
    Value,
)

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_HEIRS = 16


def body(cls: Class) -> Frame:
    """The frame of a class's body."""
    return cls.frame.child(cls.scope)


def bases(evaluator: Evaluator, cls: Class) -> tuple[Class, ...]:
    """A class and its base classes of the project, the nearest first."""
    return evaluator.remembered(("bases", cls), lambda: _bases(evaluator, cls))


def _bases(evaluator: Evaluator, cls: Class) -> Iterable[Class]:
    """A class and its base classes; one that a function makes of its own result is met once."""
    found: dict[Class, None] = {}

    def meet(one: Class, below: tuple[Scope, ...]) -> None:
        found[one] = None
        heirs = (*below, one.facts)
        for base in one.facts.bases:
            for value in evaluator.values(base, one.frame):
                if isinstance(value, Class) and value not in found:
                    scope = value.facts
                    if all(scope is not heir for heir in heirs):
                        meet(value, heirs)

    meet(cls, ())
    return found


def library_bases(evaluator: Evaluator, cls: Class) -> Iterator[Library]:
    """The base classes from outside the project, those of its base classes included."""
    for each in bases(evaluator, cls):
        for base in each.facts.bases:
            for value in evaluator.values(base, each.frame):
                if isinstance(value, Library):
                    yield value


def methods(cls: Class) -> Iterator[tuple[str, Function]]:
    """The functions that the body of a class defines."""
    for name, scope in cls.frame.module.methods.get(cls.scope, {}).items():
        yield name, Function(body(cls), scope)


def find_method(evaluator: Evaluator, cls: Class, name: str) -> tuple[Class, Function] | None:
    """The method that an instance of `cls` has under `name`, and the class that defines it."""
    for base in bases(evaluator, cls):
        scope = base.frame.module.methods.get(base.scope, {}).get(name)
        if scope is not None:
            return base, Function(body(base), scope)
    return None


def decorated_as(scope: Scope, *wanted: str) -> bool:
    """Whether a function has one of these decorators, by their last names."""
    return any(last_name(decorator) in wanted for decorator in scope.decorators)


def receivers_of(evaluator: Evaluator, frame: Frame) -> tuple[Value, ...]:
    """What the first parameter of a method may be: an instance of its class or of a derived one."""
    own = receiver_of(frame)
    if not isinstance(own, Object):
        return () if own is None else (own,)
    heirs = derived(evaluator, own.cls)
    name = frame.facts.name
    return (own, *(Object(heir) for heir in heirs if _inherits(evaluator, heir, name, frame)))


def _inherits(evaluator: Evaluator, heir: Class, name: str, frame: Frame) -> bool:
    found = find_method(evaluator, heir, name)
    return found is not None and found[1].facts is frame.facts


def derived(evaluator: Evaluator, cls: Class) -> list[Class]:
    """The classes of the project that derive from a class."""
    found: list[Class] = []
    pending = [cls]
    while pending and len(found) < _HEIRS:
        base = pending.pop(0)
        for module, number in evaluator.index.derived(base.facts.name, base.frame.module):
            parent = module.facts.scopes[number].parent or MODULE
            heir = Class(evaluator.frame(module, parent), number)
            if heir not in found and base in bases(evaluator, heir):
                found.append(heir)
                pending.append(heir)
    return found


def receiver_of(frame: Frame) -> Class | Object | None:
    """What the first parameter of a method is: an instance of its class, or the class itself."""
    scope = frame.facts
    if frame.parent is None or frame.parent.facts.kind != "class" or not scope.parameters:
        return None
    if scope.kind != "function" or decorated_as(scope, "staticmethod"):
        return None
    outer = frame.parent.parent
    if outer is None or scope.parameters[0].kind != "positional":
        return None
    cls = Class(outer, frame.parent.scope)
    if decorated_as(scope, "classmethod") or scope.name in ("__new__", "__init_subclass__"):
        return cls
    return Object(cls)


def called_as(frame: Frame) -> tuple[str, ...]:
    """The names that callers write to run a function: its own, or its class's."""
    scope = frame.facts
    if scope.kind != "function" or frame.parent is None:
        return ()
    if scope.name == "__init__" and frame.parent.facts.kind == "class":
        return ("__init__", frame.parent.facts.name)
    return (scope.name,)


def callees(evaluator: Evaluator, called: Value) -> Iterator[tuple[Function, Value | None]]:
    """The functions that calling a value runs, each with what its first parameter gets."""
    match called:
        case Function():
            yield called, None
        case Bound(receiver=receiver, function=function):
            yield function, receiver
        case Class():
            made = find_method(evaluator, called, "__init__")
            if made is not None:
                yield made[1], Object(called)
        case Object(cls=cls):
            found = find_method(evaluator, cls, "__call__")
            if found is not None:
                yield found[1], called


def is_callable(evaluator: Evaluator, value: Value) -> bool:
    """Whether a value can be what `udf` is given: a function, a class, a callable instance."""
    match value:
        case Function() | Bound() | Partial() | Class() | Shipped():
            return True
        case Library(receiver=receiver):
            return receiver is not None
        case Object(cls=cls):
            return find_method(evaluator, cls, "__call__") is not None
    return False


def run_of(evaluator: Evaluator, function: Function, receiver: Object) -> Frame:
    """The frame of a method that `receiver` runs."""
    (run,) = evaluator.remembered(("run", function, receiver), lambda: [_run(function, receiver)])
    return run


def _run(function: Function, receiver: Object) -> Frame:
    frame, parameters = function.frame, function.facts.parameters
    if receiver.made is None:
        return frame.child(function.scope)
    given: dict[str, tuple[Given, ...]] = {}
    if parameters:
        given[parameters[0].name] = (receiver,)
    return Frame(frame.module, function.scope, frame, given, frame.depth)
