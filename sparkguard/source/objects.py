"""Classes and instances of the project: what their attributes are, and what a call of one runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sparkguard.source import hints, names
from sparkguard.source.arguments import argument_thunks
from sparkguard.source.facts import (
    MODULE,
    Attribute,
    AttributeBinding,
    Binding,
    Call,
    Definition,
    Name,
    Scope,
)
from sparkguard.source.index import Module, last_name
from sparkguard.source.values import (
    Bound,
    Class,
    Found,
    Frame,
    Function,
    Given,
    Library,
    Object,
    Partial,
    Shipped,
    Super,
    Thunk,
    Value,
)

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_HEIRS = 16
_PROPERTIES = ("property", "cached_property", "lazy_property")


def body(cls: Class) -> Frame:
    """The frame of a class's body."""
    return cls.frame.child(cls.scope)


def bases(evaluator: Evaluator, cls: Class) -> list[Class]:
    """A class and its base classes of the project, the nearest first."""
    found = [cls]
    for base in cls.facts.bases:
        for value in evaluator.values(base, cls.frame):
            if isinstance(value, Class) and value not in found:
                found += [one for one in bases(evaluator, value) if one not in found]
    return found


def methods(cls: Class) -> Iterator[tuple[str, Function]]:
    """The functions that the body of a class defines."""
    frame = body(cls)
    for name, bindings in cls.facts.bindings.items():
        for binding in bindings:
            match binding.value:
                case Definition(scope=scope) if frame.module.facts.scopes[scope].kind == "function":
                    yield name, Function(frame, scope)


def find_method(evaluator: Evaluator, cls: Class, name: str) -> tuple[Class, Function] | None:
    """The method that an instance of `cls` has under `name`, and the class that defines it."""
    for base in bases(evaluator, cls):
        for found, function in methods(base):
            if found == name:
                return base, function
    return None


def decorated_as(scope: Scope, *wanted: str) -> bool:
    """Whether a function has one of these decorators, by their last names."""
    last = {d.id if isinstance(d, Name) else getattr(d, "attr", None) for d in scope.decorators}
    return not last.isdisjoint(wanted)


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


def super_of(evaluator: Evaluator, frame: Frame) -> Iterator[Super]:
    """What `super()` is in a method's frame."""
    for around in _chain(frame):
        receiver = receiver_of(around)
        if receiver is not None and around.parent is not None and around.parent.parent is not None:
            given = evaluator.given(
                around.arguments.get(around.facts.parameters[0].name, (receiver,))
            )
            for value in given or (receiver,):
                yield Super(Class(around.parent.parent, around.parent.scope), value)
            return


def _chain(frame: Frame | None) -> Iterator[Frame]:
    while frame is not None:
        yield frame
        frame = frame.parent


def method_result(evaluator: Evaluator, value: Object, name: str) -> Iterator[Value]:
    """What a method that takes no arguments gives."""
    found = find_method(evaluator, value.cls, name)
    if found is not None:
        run = _run(found[1], value)
        yield from evaluator.given(Thunk(given, run) for given in found[1].facts.returns)


def _run(function: Function, receiver: Object) -> Frame:
    if receiver.made is None:
        return function.frame.child(function.scope)
    parameters = function.facts.parameters
    given: dict[str, tuple[Given, ...]] = {}
    if parameters:
        given[parameters[0].name] = (receiver,)
    frame = function.frame
    return Frame(frame.module, function.scope, frame, given, frame.depth)


def attribute(evaluator: Evaluator, holder: Class | Object | Super, attr: str) -> Iterator[Found]:
    """What an attribute of a class, an instance or a `super()` may be."""
    match holder:
        case Class():
            for cls in bases(evaluator, holder):
                yield from _class_attribute(evaluator, cls, attr, holder)
        case Super(cls=cls, receiver=receiver):
            for base in bases(evaluator, cls)[1:]:
                yield from _class_attribute(evaluator, base, attr, receiver)
        case Object(cls=cls):
            held = list(instance_attribute(evaluator, holder, attr))
            yield from held
            for base in bases(evaluator, cls) if not held else ():
                yield from _class_attribute(evaluator, base, attr, holder)


def _class_attribute(
    evaluator: Evaluator, cls: Class, attr: str, receiver: Value
) -> Iterator[Found]:
    yield from _assigned_outside(evaluator, cls, attr)
    frame = body(cls)
    for binding in names.final(cls.facts.bindings.get(attr, ())):
        match binding.value:
            case Definition(scope=scope):
                value = Function(frame, scope)
                if frame.module.facts.scopes[scope].kind == "class":
                    yield Found(Class(frame, scope), frame.module, binding.at)
                else:
                    yield from _method(evaluator, value, binding, receiver, cls)
            case _:
                yield from evaluator.bound(attr, frame, (binding,))


def _method(
    evaluator: Evaluator, function: Function, binding: Binding, receiver: Value, cls: Class
) -> Iterator[Found]:
    module, scope = function.frame.module, function.facts
    if decorated_as(scope, "staticmethod"):
        yield Found(function, module, binding.at)
    elif decorated_as(scope, "classmethod"):
        owner = receiver.cls if isinstance(receiver, Object) else cls
        yield Found(Bound(owner, function), module, binding.at)
    elif decorated_as(scope, *_PROPERTIES) and isinstance(receiver, Object):
        run = _run(function, receiver)
        for value in evaluator.given(Thunk(given, run) for given in scope.returns):
            yield Found(value, module, binding.at)
    elif binding.value is not None:
        for value in evaluator.values(binding.value, function.frame):
            if isinstance(value, Function) and not isinstance(receiver, Class):
                yield Found(Bound(receiver, value), module, binding.at)
            else:
                yield Found(value, module, binding.at)


def class_attributes(evaluator: Evaluator, cls: Class) -> Iterator[tuple[str, Found]]:
    """Everything that a class itself holds: its body's names, and what is assigned from outside."""
    frame = body(cls)
    for attr, bindings in cls.facts.bindings.items():
        for found in evaluator.bound(attr, frame, bindings):
            yield attr, found
    for module in _users(cls):
        for attr in module.assigned_outside:
            for found in _assigned_outside(evaluator, cls, attr):
                yield attr, found


def state(evaluator: Evaluator, instance: Object) -> Iterator[tuple[str, Found]]:
    """Every attribute that an instance may hold in its `__dict__`, in the order of the source."""
    seen: set[str] = set()
    for cls in bases(evaluator, instance.cls):
        for attr in (*_assigned(cls), *(a for m in _users(instance) for a in m.assigned_outside)):
            if attr not in seen:
                seen.add(attr)
                for found in instance_attribute(evaluator, instance, attr):
                    yield attr, found


def _assigned(cls: Class) -> Iterator[str]:
    if _has_fields(cls):
        for name, bindings in cls.facts.bindings.items():
            if any(binding.annotation is not None for binding in bindings):
                yield name
    yield from cls.frame.module.assigned.get(cls.scope, ())


def instance_attribute(evaluator: Evaluator, instance: Object, attr: str) -> Iterator[Found]:
    """What `instance.attr` may be by what its methods assign, and by its dataclass fields."""
    frames: dict[int, Frame] | None = None
    for cls in bases(evaluator, instance.cls):
        if _has_fields(cls):
            yield from _field(evaluator, instance, cls, attr)
        module = cls.frame.module
        by_method: dict[int, list[AttributeBinding]] = {}
        for number, binding in module.assigned.get(cls.scope, {}).get(attr, ()):
            by_method.setdefault(number, []).append(binding)
        for number, bindings in by_method.items():
            if frames is None:
                frames = _constructors(evaluator, instance)
            run = frames.get(number) or _run(Function(body(cls), number), instance)
            yield from _assigned_in(evaluator, run, bindings)
    yield from _assigned_outside(evaluator, instance, attr)


def _assigned_outside(evaluator: Evaluator, holder: Class | Object, attr: str) -> Iterator[Found]:
    """What code outside a class's methods assigns to an attribute of it or of its instances."""
    for module in _users(holder):
        for scope, binding in module.assigned_outside.get(attr, ()):
            frame = evaluator.frame(module, scope)
            targets = evaluator.values(binding.target.value, frame)
            if binding.value is not None and any(_same(holder, target) for target in targets):
                for value in evaluator.values(binding.value, frame):
                    yield Found(value, module, binding.at)


def _users(holder: Class | Object) -> list[Module]:
    """The files whose assignments to an object are looked at: its class's, and its maker's."""
    cls = holder.cls if isinstance(holder, Object) else holder
    made = [holder.made.frame.module] if isinstance(holder, Object) and holder.made else []
    return list(dict.fromkeys([cls.frame.module, *made]))


def _same(holder: Class | Object, target: Value) -> bool:
    match holder, target:
        case Object(cls=cls, made=made), Object(cls=other, made=elsewhere):
            return cls == other and (made is None or elsewhere is None or made == elsewhere)
    return holder == target


def _assigned_in(
    evaluator: Evaluator, run: Frame, bindings: list[AttributeBinding]
) -> Iterator[Found]:
    for binding in _last(bindings):
        values = evaluator.values(binding.value, run) if binding.value is not None else ()
        if not values and binding.annotation is not None:
            values = tuple(hints.instances(evaluator, binding.annotation, run))
        held = (run.facts.parent or 0, f".{binding.target.attr}")
        for value in values:
            filled = evaluator.filled(value, held, evaluator.frame(run.module))
            yield Found(filled, run.module, binding.at)


def _last(bindings: list[AttributeBinding]) -> list[AttributeBinding]:
    for number in range(len(bindings) - 1, -1, -1):
        if bindings[number].branch == ():
            return bindings[number:]
    return bindings


def _constructors(evaluator: Evaluator, instance: Object) -> dict[int, Frame]:
    """The frames in which the `__init__` methods of an instance ran, by their scopes."""
    frames: dict[int, Frame] = {}
    made = instance.made
    if made is None or not isinstance(made.expression, Call):
        return frames
    found = find_method(evaluator, instance.cls, "__init__")
    if found is not None:
        run = evaluator.call_frame(found[1], made.expression, made.frame, instance)
        _follow_super(evaluator, run, found[1].scope, frames)
    return frames


def _follow_super(evaluator: Evaluator, run: Frame, scope: int, frames: dict[int, Frame]) -> None:
    if scope in frames:
        return
    frames[scope] = run
    for call in run.facts.calls:
        match call.function:
            case Attribute(attr="__init__"):
                for called in evaluator.values(call.function, run):
                    if isinstance(called, Bound):
                        inner = evaluator.call_frame(called.function, call, run, called.receiver)
                        _follow_super(evaluator, inner, called.function.scope, frames)


def _has_fields(cls: Class) -> bool:
    return any(
        name in ("dataclass", "define", "frozen", "mutable", "s", "attrs")
        for name in map(last_name, cls.facts.decorators)
    )


def _field(evaluator: Evaluator, instance: Object, cls: Class, attr: str) -> Iterator[Found]:
    fields = [
        n for n, bs in cls.facts.bindings.items() if any(b.annotation is not None for b in bs)
    ]
    if attr not in fields:
        return
    binding = cls.facts.bindings[attr][-1]
    given: tuple[Value, ...] = ()
    if instance.made is not None and isinstance(instance.made.expression, Call):
        thunks = argument_thunks(
            instance.made.expression, instance.made.frame, fields.index(attr), attr
        )
        given = evaluator.given(thunks)
    frame = body(cls)
    if not given:
        yield from evaluator.bound(attr, frame, (binding,))
    for value in given:
        yield Found(value, frame.module, binding.at)
