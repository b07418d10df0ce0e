"""What shipped code changes of what it captured: workers hold a copy, the driver what it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from sparkguard.model import Capture, Change, ChangeKind, Step
from sparkguard.source import access, wording
from sparkguard.source.evaluated import expressions, within
from sparkguard.source.facts import (
    ELSEWHERE,
    MODULE,
    Attribute,
    Binding,
    Call,
    Constant,
    Expression,
    Name,
    Operation,
    Scope,
    Subscript,
)
from sparkguard.source.module import Module
from sparkguard.source.ship import Shipment
from sparkguard.source.types import Evaluator
from sparkguard.source.values import Container, Frame, Function, Instance, Literal, Value

_CHANGING = frozenset(
    {"add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem"}
    | {"remove", "setdefault", "subtract", "update"}
)
_MUTABLE = frozenset({"builtins.bytearray", "collections.Counter", "collections.deque"})
_AT_HOME = ("pyspark.pandas.", "pyspark.sql.streaming.DataStreamWriter.foreachBatch")
"""Calls whose function may run on the driver."""

Frames = Mapping[tuple[Module, int], Frame]


class _Mutation(Struct, frozen=True):
    """A change: of which name, or of which attribute of it, in which scope, and in what words."""

    name: str
    attr: str | None
    scope: int
    at: int
    text: str
    binding: Binding | None = None


def changed(evaluator: Evaluator, shipment: Shipment, frames: Frames) -> Iterator[Capture]:
    """What shipped code changes, and the driver reads afterwards or the code keeps for later.

    Args:
        evaluator: Answers what a name is.
        shipment: The ship point.
        frames: The scopes that run on the workers.
    """
    if shipment.point.name.startswith(_AT_HOME):
        return
    look = _Look(evaluator, shipment, frames)
    told: set[tuple[str, str | None]] = set()
    for number in sorted(scope for module, scope in frames if module is shipment.module):
        for mutation in _mutations(shipment.module, number):
            key = (mutation.name, mutation.attr)
            capture = None if key in told else look.capture(mutation)
            if capture is not None:
                told.add(key)
                yield capture


def _mutations(module: Module, number: int) -> Iterator[_Mutation]:
    scope = module.facts.scopes[number]
    for call in scope.calls:
        match call.function:
            case Attribute(value=held, attr=attr) if attr in _CHANGING:
                yield from _of(held, number, call.at, f".{attr}(...)")
    for item in scope.item_bindings:
        yield from _of(item.container, number, item.at, "[...] = ...")
    for binding in scope.attribute_bindings:
        match binding.target:
            case Attribute(value=Name(id=name), attr=attr):
                yield _Mutation(name, attr, number, binding.at, f"{name}.{attr} = ...")
    for name in sorted(scope.globals | scope.nonlocals):
        owner = module.facts.owner(number, name)
        for bound in module.facts.scopes[owner or MODULE].bindings.get(name, ()):
            if bound.branch == (ELSEWHERE,) and bound.scope == number:
                yield _Mutation(name, None, number, bound.at, f"{name} = ...", bound)


def _of(held: Expression, number: int, at: int, text: str) -> Iterator[_Mutation]:
    match held:
        case Name(id=name):
            yield _Mutation(name, None, number, at, f"{name}{text}")
        case Attribute(value=Name(id=name), attr=attr):
            yield _Mutation(name, attr, number, at, f"{name}.{attr}{text}")
        case Subscript(value=inner):
            yield from _of(inner, number, at, f"[...]{text}")


class _Look:
    """Looks at what becomes of a change: who reads it, on which side."""

    def __init__(self, evaluator: Evaluator, shipment: Shipment, frames: Frames) -> None:
        self.evaluator, self.shipment, self.frames = evaluator, shipment, frames
        self.module, self.facts = shipment.module, shipment.module.facts
        self.here = shipment.frame.scope

    def capture(self, mutation: _Mutation) -> Capture | None:
        """The capture that is changed; `None` where nobody is the worse for it."""
        owner = self.facts.owner(mutation.scope, mutation.name)
        if mutation.attr is not None:
            return self._of_attribute(mutation, owner)
        if owner is None or (self.module, owner) in self.frames:
            return None
        read = self._read_later(mutation.name, owner)
        if read is None:
            kept = self._is_kept(mutation, owner)
            return self._made(mutation, owner, "kept", None) if kept else None
        if not self._is_data(mutation, owner) or self._runs_here():
            return None
        return self._made(mutation, owner, "mutated", read.at)

    def _made(
        self, mutation: _Mutation, owner: int | None, kind: ChangeKind, read: int | None
    ) -> Capture:
        spans = self.module.anchors
        at = spans.span(mutation.at)
        first = Step("global" if owner == MODULE else "cell", mutation.name)
        rest = () if mutation.attr is None else (Step("attribute", f".{mutation.attr}"),)
        seen = None if read is None else spans.span(read)
        change = Change(kind, at, seen, mutation.text)
        return Capture(path=(first, *rest), span=at, uses=(at,), change=change)

    # What it is

    def _is_data(self, mutation: _Mutation, owner: int) -> bool:
        """Whether a name is known to hold plain data, and no accumulator."""
        frame = self.shipment.frame.around(owner) or self.evaluator.frame(self.module, owner)
        values = [found.value for found in self.evaluator.captured(mutation.name, frame)]
        if mutation.binding is not None:
            return bool(values) and all(map(_is_plain, values))
        return any(map(_is_mutable, values)) and all(map(_is_plain, values))

    # Who reads it

    def _read_later(self, name: str, owner: int) -> Name | None:
        """Where the scope that ships, or one that uses the udf, reads a name afterwards."""
        for number, after in self._drivers:
            read = self._read_in(number, after, name, owner)
            if read is not None:
                return read
        return None

    @cached_property
    def _drivers(self) -> list[tuple[int, int]]:
        """The scopes of the driver that ship the function, and from where on it is shipped."""
        made = {wording.of_shipped(self.shipment)} if self.here == MODULE else set()
        found = [(self.here, self.shipment.at)]
        for number, scope in enumerate(self.facts.scopes):
            uses = (read.at for read in scope.reads if read.id in made)
            first = next(uses, None)
            if first is not None and number != self.here:
                found.append((number, first))
        return [(number, at) for number, at in found if (self.module, number) not in self.frames]

    def _read_in(self, number: int, after: int, name: str, owner: int) -> Name | None:
        if self.facts.owner(number, name) != owner:
            return None
        scope = self.facts.scopes[number]
        anew = [b.at for b in scope.bindings.get(name, ()) if b.at > after and not _grows(b, name)]
        changing = set(_receivers(scope, name))
        reads = (r for r in scope.reads if r.id == name and r.at > after and r.at not in changing)
        first = next(reads, None)
        return None if first is None or any(at < first.at for at in anew) else first

    def _runs_here(self) -> bool:
        """Whether the driver calls the shipped function, too."""
        for load in self.shipment.loads:
            for value in load.values:
                if isinstance(value, Function):
                    for number, call in self.module.calls.get(value.facts.name, ()):
                        frame = self.evaluator.frame(self.module, number)
                        called = self.evaluator.values(call.function, frame)
                        if (self.module, number) not in self.frames and value in called:
                            return True
        return False

    # Attributes of the object that ships itself

    def _of_attribute(self, mutation: _Mutation, owner: int | None) -> Capture | None:
        ships = self.facts.scopes[self.here]
        if not _is_method(self.facts.scopes, self.here) or not ships.parameters:
            return None
        receiver = ships.parameters[0].name
        is_own = owner == self.here or self._is_method_of_same(mutation, ships)
        if not is_own or mutation.name != receiver or mutation.attr is None:
            return None
        values = [
            found
            for held in self.evaluator.argument(ships.parameters[0], self.shipment.frame)
            for found in self._held(held, mutation.attr)
        ]
        if not values or not all(map(_is_plain, values)):
            return None
        read = self._attribute_read(ships, receiver, mutation.attr)
        return None if read is None else self._made(mutation, owner, "mutated", read)

    def _held(self, holder: Value, attr: str) -> Iterator[Value]:
        return (found.value for found in access.attribute(self.evaluator, holder, attr))

    def _is_method_of_same(self, mutation: _Mutation, ships: Scope) -> bool:
        scope = self.facts.scopes[mutation.scope]
        method = _is_method(self.facts.scopes, mutation.scope) and scope.name != "__init__"
        first = scope.parameters[0].name if scope.parameters else None
        same = scope.parent == ships.parent and first == mutation.name
        return method and same and self._takes_receiver(ships)

    def _takes_receiver(self, ships: Scope) -> bool:
        """Whether what ships is bound to the object, or reads it."""
        name = ships.parameters[0].name
        for load in self.shipment.loads:
            match load.expression:
                case Attribute(value=Name(id=held)) if held == name:
                    return True
        shipped = [v for load in self.shipment.loads for v in load.values]
        return any(
            isinstance(value, Function)
            and any(
                read.id == name
                for module, number in self.frames
                if module is self.module and number == value.scope
                for read in self.facts.scopes[number].reads
            )
            for value in shipped
        )

    def _attribute_read(self, ships: Scope, receiver: str, attr: str) -> int | None:
        after = self.shipment.at
        written = {b.target.at for b in ships.attribute_bindings}
        anew = [b.at for b in ships.attribute_bindings if b.target.attr == attr and b.at > after]
        for each in sorted(expressions(ships), key=lambda each: each.at):
            match each:
                case Attribute(value=Name(id=name), attr=read, at=at):
                    mine = name == receiver and read == attr and at > after
                    if mine and at not in written and not any(b < at for b in anew):
                        return at
        return None

    # What is kept for the next call

    def _is_kept(self, mutation: _Mutation, owner: int) -> bool:
        """Whether shipped code of the script makes a value once, to find it at the next call."""
        by_value = self.evaluator.index.runs_as_script(self.module)
        scope = self.facts.scopes[mutation.scope]
        if owner != MODULE or not by_value or mutation.binding is None:
            return False
        first = self.facts.scopes[MODULE].bindings[mutation.name][0].value
        read = any(read.id == mutation.name for read in scope.reads)
        made = isinstance(mutation.binding.value, Call)
        return isinstance(first, Constant) and first.value is None and read and made


def _is_method(scopes: tuple[Scope, ...], number: int) -> bool:
    parent = scopes[number].parent
    return (
        scopes[number].kind == "function"
        and parent is not None
        and (scopes[parent].kind == "class")
    )


def _is_plain(value: Value) -> bool:
    return isinstance(value, Literal) or _is_mutable(value)


def _is_mutable(value: Value) -> bool:
    match value:
        case Container(lazy=False):
            return True
        case Instance(type=type):
            return type in _MUTABLE
    return False


def _grows(binding: Binding, name: str) -> bool:
    """Whether a binding is made of the name's value before: `count += 1`."""
    return binding.value is not None and any(
        isinstance(each, Name) and each.id == name for each in within(binding.value)
    )


def _receivers(scope: Scope, name: str) -> Iterator[int]:
    """The reads of a name that only serve to change what it holds."""
    for call in scope.calls:
        match call.function:
            case Attribute(value=Name(id=held, at=at), attr=attr) if held == name:
                if attr in _CHANGING - {"pop", "popitem", "setdefault"}:
                    yield at
    for item in scope.item_bindings:
        match item.container:
            case Name(id=held, at=at) if held == name:
                yield at
    for binding in scope.bindings.get(name, ()):
        match binding.value:
            case Operation(operands=(Name(id=held, at=at), *_)) if held == name:
                yield at
