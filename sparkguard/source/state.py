"""What classes and their instances hold, by all the assignments that the project shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sparkguard.source import classes, free, hints
from sparkguard.source.arguments import argument_thunks
from sparkguard.source.facts import (
    Attribute,
    AttributeBinding,
    Binding,
    Call,
    Expression,
    Name,
)
from sparkguard.source.module import Module, last_name
from sparkguard.source.values import (
    Bound,
    Class,
    Found,
    Frame,
    Function,
    Literal,
    Object,
    Thunk,
    Value,
)

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator


def class_attributes(evaluator: Evaluator, cls: Class) -> Iterator[tuple[str, Found]]:
    """Everything that a class itself holds: its body's names, and what is assigned from outside."""
    frame = classes.body(cls)
    for attr, bindings in cls.facts.bindings.items():
        assigned = [binding for binding in bindings if binding.value is not None]
        for found in evaluator.bound(attr, frame, assigned):
            yield attr, found
    for module in _users(cls):
        for attr in module.assigned_outside:
            for found in assigned_outside(evaluator, cls, attr):
                yield attr, found


def held(evaluator: Evaluator, instance: Object) -> Iterator[tuple[str, Found]]:
    """Every attribute that an instance may hold in its `__dict__`, in the order of the source."""
    attrs = [
        *(attr for cls in classes.bases(evaluator, instance.cls) for attr in _assigned(cls)),
        *(attr for module in _users(instance) for attr in module.assigned_outside),
    ]
    for attr in dict.fromkeys(attrs):
        for found in instance_attribute(evaluator, instance, attr):
            yield attr, found


def _assigned(cls: Class) -> Iterator[str]:
    if _has_fields(cls):
        yield from _fields(cls)
    yield from cls.frame.module.assigned.get(cls.scope, ())
    yield from cls.frame.module.kept.get(cls.scope, ())


def instance_attribute(evaluator: Evaluator, instance: Object, attr: str) -> Iterator[Found]:
    """What `instance.attr` may be by what its methods assign, and by its dataclass fields."""
    key = ("attribute", instance, attr)
    yield from evaluator.remembered(key, lambda: _instance_attribute(evaluator, instance, attr))


def _instance_attribute(evaluator: Evaluator, instance: Object, attr: str) -> Iterator[Found]:
    if not _is_replaced(evaluator, instance, attr):
        yield from _given_itself(evaluator, instance, attr)
    yield from assigned_outside(evaluator, instance, attr)


def _given_itself(evaluator: Evaluator, instance: Object, attr: str) -> Iterator[Found]:
    """What the class and its base classes give an attribute."""
    frames: dict[int, Frame] | None = None
    for cls in classes.bases(evaluator, instance.cls):
        if _has_fields(cls):
            yield from _field(evaluator, instance, cls, attr)
        module = cls.frame.module
        by_method: dict[int, list[AttributeBinding]] = {}
        for number, binding in module.assigned.get(cls.scope, {}).get(attr, ()):
            by_method.setdefault(number, []).append(binding)
        for number, bindings in by_method.items():
            if frames is None:
                frames = _constructors(evaluator, instance)
            run = frames.get(number) or classes.run_of(
                evaluator, Function(classes.body(cls), number), instance
            )
            yield from _assigned_in(evaluator, cls, run, bindings)
        kept = module.kept.get(cls.scope, {}).get(attr)
        if kept is not None:
            yield from _computed(evaluator, Function(classes.body(cls), kept), instance)


def _computed(evaluator: Evaluator, function: Function, instance: Object) -> Iterator[Found]:
    run = classes.run_of(evaluator, function, instance)
    for value in evaluator.given(Thunk(given, run) for given in function.facts.returns):
        yield Found(value, run.module, function.facts.at)


def assigned_outside(evaluator: Evaluator, holder: Class | Object, attr: str) -> Iterator[Found]:
    """What code outside a class's methods assigns to an attribute of it or of its instances."""
    users = [module for module in _users(holder) if attr in module.assigned_outside]
    if users:
        key = ("outside", holder, attr)
        yield from evaluator.remembered(key, lambda: _outside(evaluator, users, holder, attr))


def _outside(
    evaluator: Evaluator, users: list[Module], holder: Class | Object, attr: str
) -> Iterator[Found]:
    for module in users:
        for scope, binding in module.assigned_outside[attr]:
            frame = evaluator.frame(module, scope)
            targets = evaluator.values(binding.target.value, frame)
            if binding.value is not None and any(_same(holder, target) for target in targets):
                for value in evaluator.values(binding.value, frame):
                    yield Found(value, module, binding.at)


def _is_replaced(evaluator: Evaluator, instance: Object, attr: str) -> bool:
    """Whether an attribute gets another value, or none, before anybody else sees the instance."""
    return any(
        _is_first_use(module, scope, binding)
        and _objects(evaluator, binding.target.value, evaluator.frame(module, scope)) == [instance]
        for module in (_users(instance) if instance.made else ())
        for scope, binding in module.assigned_outside.get(attr, ())
    )


def _objects(evaluator: Evaluator, named: Expression, frame: Frame) -> list[Value]:
    """What a name holds where an attribute of it is assigned: no `None` has one."""
    return [value for value in evaluator.values(named, frame) if value != Literal(None)]


def _is_first_use(module: Module, number: int, binding: AttributeBinding) -> bool:
    """Whether nothing reads the name between where it is bound and where its attribute is."""
    scope = module.facts.scopes[number]
    match binding.target.value:
        case Name(id=name, at=at):
            before = [b for b in scope.bindings.get(name, ()) if b.at < at]
            if not before or before[-1].branch[: len(binding.branch)] != binding.branch:
                return False
            targets = {each.target.value.at for each in scope.attribute_bindings}
            reads = [read.at for read in scope.reads if read.id == name and read.at not in targets]
            inner = ((module.facts.scopes[child].at, child) for child in scope.children)
            reads += [start for start, child in inner if name in free.names(module, child)]
            return not any(before[-1].at < read < at for read in reads)
    return False


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
    evaluator: Evaluator, cls: Class, run: Frame, bindings: list[AttributeBinding]
) -> Iterator[Found]:
    for binding in _last(bindings):
        values = evaluator.values(binding.value, run) if binding.value is not None else ()
        if not values and binding.annotation is not None:
            values = tuple(hints.instances(evaluator, binding.annotation, run))
        for declared in () if values else cls.facts.bindings.get(binding.target.attr, ()):
            if declared.annotation is not None:
                body = classes.body(cls)
                values = tuple(hints.instances(evaluator, declared.annotation, body))
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
    found = classes.find_method(evaluator, instance.cls, "__init__")
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


_FACTORIES = ("default_factory", "factory")
_HOLDING = frozenset(
    f"builtins.{name}" for name in ("dict", "frozenset", "list", "set", "tuple")
) | {"collections.OrderedDict", "collections.UserDict", "collections.UserList"}


def contents(evaluator: Evaluator, instance: Object) -> Iterator[tuple[str, Thunk]]:
    """What the constructor of a class that derives from `dict` or `list` puts into an instance."""
    bases = {base.name for base in classes.library_bases(evaluator, instance.cls)}
    if bases.isdisjoint(_HOLDING):
        return
    for run in _constructors(evaluator, instance).values():
        for call in run.facts.calls:
            match call.function:
                case Attribute(attr="__init__") if not evaluator.values(call.function, run):
                    for argument in call.arguments:
                        step = f"[{argument.keyword!r}]" if argument.keyword else "[...]"
                        yield step, Thunk(argument.value, run)


def _has_fields(cls: Class) -> bool:
    return "NamedTuple" in map(last_name, cls.facts.bases) or any(
        name in ("dataclass", "define", "frozen", "mutable", "s", "attrs")
        for name in map(last_name, cls.facts.decorators)
    )


def _fields(cls: Class) -> list[str]:
    bindings = cls.facts.bindings.items()
    return [name for name, bound in bindings if any(map(_is_field, bound))]


def _is_field(binding: Binding) -> bool:
    match binding.value:
        case Call(function=Name(id="attrib") | Attribute(attr="ib" | "attrib")):
            return True
    return binding.annotation is not None


def factories(evaluator: Evaluator, cls: Class) -> Iterator[Thunk]:
    """The calls by which an instance of a dataclass makes what its constructor is not given."""
    for base in filter(_has_fields, classes.bases(evaluator, cls)):
        for bindings in base.facts.bindings.values():
            match bindings[-1].value:
                case Call(arguments=arguments) as call:
                    for argument in arguments:
                        if argument.keyword in _FACTORIES:
                            made = Call(call.at, argument.value, (), call.statement)
                            yield Thunk(made, classes.body(base))


def _position(evaluator: Evaluator, instance: Object, attr: str) -> int:
    """Where a constructor takes a field: the fields of base classes come first."""
    with_fields = filter(_has_fields, reversed(classes.bases(evaluator, instance.cls)))
    return list(dict.fromkeys(name for cls in with_fields for name in _fields(cls))).index(attr)


def _field(evaluator: Evaluator, instance: Object, cls: Class, attr: str) -> Iterator[Found]:
    if attr not in _fields(cls):
        return
    binding, frame = cls.facts.bindings[attr][-1], classes.body(cls)
    given: tuple[Value, ...] = ()
    match instance.made:
        case Thunk(expression=Call() as call, frame=maker):
            position = _position(evaluator, instance, attr)
            given = evaluator.given(argument_thunks(call, maker, position, attr))
    for value in given or _default(evaluator, binding, frame):
        yield Found(value, frame.module, binding.at)


def _default(evaluator: Evaluator, binding: Binding, frame: Frame) -> Iterator[Value]:
    """What a field holds that the constructor is not given."""
    match binding.value:
        case Call(function=Name(id="field") | Attribute(attr="field" | "ib" | "Factory")) as call:
            for argument in call.arguments:
                if argument.keyword in _FACTORIES:
                    made = Call(call.at, argument.value, (), call.statement)
                    yield from evaluator.values(made, frame)
                elif argument.keyword == "default":
                    yield from evaluator.values(argument.value, frame)
        case _:
            for found in evaluator.bound(binding.name, frame, (binding,)):
                yield found.value
