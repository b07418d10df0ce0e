"""Names that have another value by the time a lazy function is pickled.

Source: PySpark 4.3.0. An RDD's function is pickled at the action (or at the first shuffle, `union`
or `persist`), a udf object's where it is first called on a column; both read the names then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sparkguard.diagnostic import Span
from sparkguard.model import Capture, Change, Step
from sparkguard.source import free
from sparkguard.source.evaluated import expressions, within
from sparkguard.source.facts import (
    MODULE,
    Arm,
    Attribute,
    Binding,
    Branch,
    Call,
    Comprehension,
    Constant,
    Definition,
    Display,
    Expression,
    Import,
    Name,
    Opaque,
    Operation,
    Part,
    Scope,
)
from sparkguard.source.module import Module
from sparkguard.source.ship import Shipment
from sparkguard.source.values import Function

_LAZY = frozenset(
    {"filter", "flatMap", "flatMapValues", "glom", "keyBy", "keys", "map", "mapPartitions"}
    | {"mapPartitionsWithIndex", "mapPartitionsWithSplit", "mapValues", "values"}
)
"""Methods of an RDD that pickle nothing."""
_OF_UDF = frozenset({"asNondeterministic"})
_STORING = frozenset({"add", "append", "appendleft", "insert"})


def rebound(shipment: Shipment) -> Iterator[Capture]:
    """The names that a lazy function reads and that get another value before it is pickled."""
    owner, _, method = shipment.point.name.rpartition(".")
    rdd = owner == "pyspark.RDD" and method in _LAZY
    made = _made(shipment) if rdd or shipment.point.decorator else None
    if made is None:
        return
    lazy = _Lazy(shipment, *made, _LAZY if rdd else _OF_UDF)
    for load in shipment.loads:
        for value in load.values:
            if isinstance(value, Function) and value.frame.module is shipment.module:
                yield from _of_function(lazy, value)


def _made(shipment: Shipment) -> tuple[Expression, Branch] | None:
    """What makes the lazy thing, a call or a decorated `def`, and the arms that it stands in."""
    scope = shipment.frame.facts
    if not shipment.decorates:
        return (shipment.call, shipment.call.branch) if shipment.call else None
    shipped = shipment.loads[0].expression
    for bound in scope.bindings.values():
        for binding in bound:
            match binding.value, shipped:
                case Definition(scope=one) as made, Definition(scope=other) if one == other:
                    return made, binding.branch
    return None


def _of_function(lazy: _Lazy, function: Function) -> Iterator[Capture]:
    module, here = lazy.module, lazy.shipment.frame.scope
    for name, reads in free.names(module, function.scope).items():
        if module.facts.owner(reads[0][1], name) != here:
            continue
        binding = lazy.later(name)
        if binding is not None:
            spans = tuple(module.anchors.span(read.at) for read, _ in reads)
            at = module.anchors.span(binding.at)
            yield Capture(
                path=(Step("global" if here == MODULE else "cell", name),),
                span=spans[0],
                bound_at=at,
                uses=spans,
                change=Change("rebound", at, room=_room(module, function)),
            )


def _room(module: Module, function: Function) -> Span | None:
    """The last parameter of a lambda, where a default argument can stand behind it."""
    match function.facts:
        case Scope(kind="lambda", parameters=(*_, last)):
            if last.default is None and last.kind in ("positional", "keyword"):
                return module.anchors.span(last.at)
    return None


class _Lazy:
    """A lazy thing and what becomes of it in the scope that makes it."""

    def __init__(
        self, shipment: Shipment, made: Expression, branch: Branch, methods: frozenset[str]
    ) -> None:
        self.shipment, self.made, self.branch, self._methods = shipment, made, branch, methods
        self.module, self.scope = shipment.module, shipment.frame.facts

    def later(self, name: str) -> Binding | None:
        """The binding that is in force when the thing is pickled, where another is now."""
        bindings = self.scope.bindings.get(name, ())
        if self.scope.kind == "comprehension":
            kept = self._is_element() and bindings and _last(bindings)
            return kept or None
        loops = [arm for arm in self.branch if arm.kind == "loop"]
        for arm in reversed(loops):
            anew = [b for b in bindings if arm in b.branch and self._varies(b, arm)]
            if anew and self._outlives(self.made, arm):
                return anew[-1]
        return None if loops else self._afterwards(name, bindings)

    # In a comprehension

    def _is_element(self) -> bool:
        """Whether the comprehension makes a list of such things."""
        top, around = self._chain(self.made), self.shipment.frame.parent
        for scope in (around.facts,) if around else ():
            for each in expressions(scope):
                match each:
                    case Comprehension(scope=number, element=element, kind="list" | "dict"):
                        if number == self.shipment.frame.scope and top is not None:
                            return _holds(element, top)
        return False

    # In a loop

    def _varies(self, binding: Binding, arm: Arm, depth: int = 6) -> bool:
        """Whether a binding gives a name another value each time round."""
        match binding.value:
            case Part() as part if _is_of_loop(part) and binding.branch[-1:] == (arm,):
                return True
            case None | Constant() | Definition() | Import():
                return False
            case Opaque(at=at):
                names = self._read_before(at)
            case value:
                names = [each.id for each in within(value) if isinstance(each, Name)]
        return binding.name in names or (
            depth > 0
            and any(
                self._varies(one, arm, depth - 1)
                for name in names
                for one in self.scope.bindings.get(name, ())
                if one is not binding and arm in one.branch
            )
        )

    def _read_before(self, at: int) -> list[str]:
        """The names that an expression of which nothing is kept reads, such as an f-string."""
        bound = (binding.at for bindings in self.scope.bindings.values() for binding in bindings)
        since = max((number for number in bound if number < at), default=0)
        return [read.id for read in self.scope.reads if since < read.at < at]

    def _outlives(self, made: Expression, arm: Arm) -> bool:
        """Whether a thing is kept beyond one time round, and nothing pickles it before."""
        top = self._chain(made)
        if top is None:
            return False
        return self._is_stored(top, arm) or any(
            self._is_kept(name, binding, arm)
            for name, bound in self.scope.bindings.items()
            for binding in bound
            if binding.value is top
        )

    def _is_stored(self, thing: Expression, arm: Arm) -> bool:
        """Whether a thing is put into a container that was there before the loop."""
        for call in self.scope.calls:
            match call:
                case Call(function=Attribute(value=Name(id=name), attr=attr), arguments=(*_, last)):
                    if attr in _STORING and _holds(last.value, thing):
                        return self._is_outside(name, arm)
        for item in self.scope.item_bindings:
            if item.value is not None and _holds(item.value, thing):
                return isinstance(item.container, Name) and self._is_outside(item.container.id, arm)
        return any(
            _holds(operand, thing) and self._is_outside(name, arm)
            for name, bound in self.scope.bindings.items()
            for binding in bound
            if isinstance(binding.value, Operation)
            for operand in binding.value.operands
            if isinstance(operand, Display)
        )

    def _is_outside(self, name: str, arm: Arm) -> bool:
        """Whether a container was there before the loop, and is only filled in it."""
        bound = self.scope.bindings.get(name, ())
        inside = [binding.value for binding in bound if arm in binding.branch]
        filled = set(self._filled(name))
        reads = (read for read in self.scope.reads if read.id == name and arm in read.branch)
        return (
            bool(bound)
            and all(isinstance(value, Operation) for value in inside)
            and all(read.at in filled for read in reads)
        )

    def _filled(self, name: str) -> Iterator[int]:
        """The reads of a container that put something into it."""
        for call in self.scope.calls:
            match call.function:
                case Attribute(value=Name(id=held, at=at), attr=attr) if attr in _STORING:
                    if held == name:
                        yield at
        yield from (item.container.at for item in self.scope.item_bindings)
        for binding in self.scope.bindings.get(name, ()):
            match binding.value:
                case Operation(operands=operands):
                    yield from (operand.at for operand in operands)

    def _is_kept(self, name: str, binding: Binding, arm: Arm) -> bool:
        """Whether what a name holds is only stored, or goes on growing until the loop is over."""
        reads = [read for read in self.scope.reads if read.id == name]
        inside = [read for read in reads if arm in read.branch]
        base = _base(binding.value)
        stored = [read for read in inside if read.at > binding.at and self._stores(read, arm)]
        others = [read for read in inside if read is not base and read not in stored]
        if others or self._is_closed_over(name):
            return False
        after = any(read.at > binding.at and arm not in read.branch for read in reads)
        return bool(stored) or (base in inside and after)

    def _stores(self, read: Name, arm: Arm) -> bool:
        top = self._chain(read)
        return top is not None and self._is_stored(top, arm)

    def _is_closed_over(self, name: str) -> bool:
        return any(name in free.names(self.module, inner) for inner in self.scope.children)

    # In a row

    def _is_used_again(self, name: str, after: int) -> bool:
        """Whether another function reads the new value: the first one was to read the old one."""
        scopes = self.module.facts.scopes
        later = (number for number in self.scope.children if scopes[number].at > after)
        return any(name in free.names(self.module, number) for number in later)

    def _afterwards(self, name: str, bindings: Sequence[Binding]) -> Binding | None:
        """The binding that replaces a name's value before anything reads the lazy thing."""
        branch, top = self.branch, self._chain(self.made)
        anew = [b for b in bindings if b.at > self.made.at and b.branch == branch]
        before = [b for b in bindings if b.at < self.made.at]
        if not anew or not before or _same(before[-1].value, anew[0].value):
            return None
        if not self._is_used_again(name, anew[0].at):
            return None
        for kept, bound in self.scope.bindings.items():
            for binding in bound:
                if binding.value is top and top is not None and binding.branch == branch:
                    reads = [r.at for r in self.scope.reads if r.id == kept and r.at > binding.at]
                    late = bool(reads) and min(reads) > anew[0].at
                    return anew[0] if late and not self._is_closed_over(kept) else None
        return None

    # Chains

    def _chain(self, made: Expression) -> Expression | None:
        """The end of the chain of calls that goes on from a thing; `None` where one pickles it."""
        for call in self.scope.calls:
            match call.function:
                case Attribute(value=value, attr=attr) if value is made:
                    return self._chain(call) if attr in self._methods else None
        return made


def _is_of_loop(part: Part) -> bool:
    """Whether a part is an element of something, or a part of one."""
    return part.kind == "element" or (isinstance(part.of, Part) and _is_of_loop(part.of))


def _base(value: Expression | None) -> Expression | None:
    """The name that a chain of calls begins with: `rdd` of `rdd.map(f).filter(g)`."""
    match value:
        case Call(function=Attribute(value=inner)):
            return _base(inner)
    return value


def _holds(given: Expression, thing: Expression) -> bool:
    """Whether a thing is given itself, or in a tuple or list that is written out."""
    match given:
        case Display(items=items):
            return any(_holds(item, thing) for _, item in items)
    return given is thing


def _same(one: Expression | None, other: Expression | None) -> bool:
    match one, other:
        case Constant(value=first), Constant(value=second):
            return first == second
    return one is None or other is None


def _last(bindings: Sequence[Binding]) -> Binding | None:
    """The target of a comprehension."""
    return bindings[-1] if isinstance(bindings[-1].value, Part) else None
