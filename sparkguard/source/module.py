"""One file of the project, parsed when it must be, and what is looked up in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sparkguard.source.facts import (
    MODULE,
    Argument,
    Attribute,
    AttributeBinding,
    Binding,
    Branch,
    Call,
    Definition,
    Display,
    Expression,
    Import,
    ModuleFacts,
    Name,
    Part,
    Subscript,
)
from sparkguard.source.located import Located

if TYPE_CHECKING:
    from sparkguard.source.needs import Memory
    from sparkguard.source.parse import Anchors
    from sparkguard.source.profile import Link, Profile


class Put(NamedTuple):
    """Something put into a container: in which scope and arms, by which step, and what."""

    scope: int
    branch: Branch
    step: str
    value: Expression


class Module(Located, frozen=True, eq=False, dict=True):
    """A file of the project.

    Args:
        source: Its text.
        path: Where the file is, links resolved.
        profile: What is known of it, if it need not be parsed for that.
        memory: What may know its facts, if it has a profile.
    """

    profile: Profile | None = None
    memory: Memory | None = None

    @cached_property
    def _parsed(self) -> tuple[ModuleFacts, Anchors]:
        from sparkguard.source.parse import parse

        return parse(self.source)

    @cached_property
    def facts(self) -> ModuleFacts:
        """What it says.

        Raises:
            ParseError: It is not Python that can be read; one that has a profile is.
        """
        if self.memory is None:
            return self._parsed[0]
        known = self.memory.facts(self.source.text)
        if known is None:
            known = self._parsed[0]
            self.memory.keep(self.source.text, known)
        return known

    @cached_property
    def anchors(self) -> Anchors:
        """Where that stands in its text."""
        return self._parsed[1]

    @cached_property
    def free(self) -> dict[int, dict[str, list[tuple[Name, int]]]]:
        """What each function takes from outside, by its scope, as far as it was asked for."""
        return {}

    @cached_property
    def assigned(self) -> dict[int, dict[str, list[tuple[int, AttributeBinding]]]]:
        """What the methods of each class assign to attributes of their first parameter.

        By the class's scope and the attribute: the method's scope and the assignment.
        """
        found: dict[int, dict[str, list[tuple[int, AttributeBinding]]]] = defaultdict(dict)
        for number, scope in enumerate(self.facts.scopes):
            if scope.parent is None or self.facts.scopes[scope.parent].kind != "class":
                continue
            of_class = "classmethod" in map(last_name, scope.decorators)
            receiver = scope.parameters[0].name if scope.parameters and not of_class else None
            for binding in scope.attribute_bindings:
                match binding.target.value:
                    case Name(id=name) if name == receiver:
                        held = found[scope.parent].setdefault(binding.target.attr, [])
                        held.append((number, binding))
        return found

    @cached_property
    def assigned_outside(self) -> dict[str, list[tuple[int, AttributeBinding]]]:
        """What is assigned to attributes of anything but a method's own instance, by attribute."""
        own = {
            id(each)
            for held in self.assigned.values()
            for pairs in held.values()
            for _, each in pairs
        }
        found: dict[str, list[tuple[int, AttributeBinding]]] = defaultdict(list)
        for number, scope in enumerate(self.facts.scopes):
            for binding in scope.attribute_bindings:
                if id(binding) not in own:
                    found[binding.target.attr].append((number, binding))
        return found

    @cached_property
    def binders(self) -> dict[int, int]:
        """The function that binds a name of another scope, an attribute or an item, by its number.

        An item's number is that of what is put into the container.
        """
        scopes = enumerate(self.facts.scopes)
        found = {b.at: number for number, scope in scopes for b in scope.attribute_bindings}
        for owner, scope in enumerate(self.facts.scopes):
            for bindings in scope.bindings.values():
                found.update({b.at: b.scope for b in bindings if b.scope != owner})
        found.update({put.value.at: put.scope for puts in self.put_in.values() for put in puts})
        return found

    @cached_property
    def put_in(self) -> dict[tuple[int, str], list[Put]]:
        """What is put into a container after it was made.

        By the scope and the name that hold the container (`.attr` in the scope of a class).
        """
        found: dict[tuple[int, str], list[Put]] = defaultdict(list)
        for number, scope in enumerate(self.facts.scopes):
            for item in scope.item_bindings:
                place = self._place(number, item.container)
                if item.value is not None and place is not None:
                    step = "[...]" if item.key is None else f"[{item.key!r}]"
                    found[place].append(Put(number, item.branch, step, item.value))
            for call in scope.calls:
                for held, put in _puts(call):
                    place = self._place(number, held)
                    if place is not None:
                        found[place].append(Put(number, call.branch, "[...]", put))
        return found

    def _place(self, scope: int, held: Expression) -> tuple[int, str] | None:
        match held:
            case Name(id=name):
                owner = self.facts.owner(scope, name)
                return None if owner is None else (owner, name)
            case Attribute(value=Name(id=name), attr=attr):
                owner = self.facts.owner(scope, name)
                method = self.facts.scopes[owner or 0]
                if method.parameters and method.parameters[0].name == name and method.parent:
                    return (method.parent, f".{attr}")
        return None

    @cached_property
    def calls(self) -> dict[str, list[tuple[int, Call]]]:
        """Every call, decorators included, by the last name of what is called, with its scope."""
        found: dict[str, list[tuple[int, Call]]] = defaultdict(list)
        originals = self._originals

        def add(scope: int, call: Call) -> None:
            last = last_name(call.function)
            for name in (last, originals.get(last)):
                if name is not None:
                    found[name].append((scope, call))

        for number, scope in enumerate(self.facts.scopes):
            for call in scope.calls:
                add(number, call)
            for decorator in scope.decorators if scope.parent is not None else ():
                applied = (Argument(Definition(scope.at, number)),)
                add(scope.parent or 0, Call(decorator.at, decorator, applied, scope.statement))
        return found

    def with_derived(self, names: Iterable[str]) -> list[str]:
        """`names`, and the names of the classes here that derive from a class so called."""
        found = sorted(names)
        for number, bases in self._bases:
            if not bases.isdisjoint(found):
                found.append(self.facts.scopes[number].name)
        return found

    def derived_from(self, name: str) -> list[int]:
        """The scopes of the classes here that name `name` as a base."""
        return [number for number, bases in self._bases if name in bases]

    @property
    def derivations(self) -> Iterator[tuple[str, frozenset[str]]]:
        """The names of the classes here that derive from any, and those of their bases."""
        for number, bases in self._bases:
            yield self.facts.scopes[number].name, frozenset(base for base in bases if base)

    @cached_property
    def _bases(self) -> tuple[tuple[int, frozenset[str | None]], ...]:
        """The scopes of the classes here that derive from any, and the names of their bases."""
        return tuple(
            (number, frozenset(map(last_name, scope.bases)))
            for number, scope in enumerate(self.facts.scopes)
            if scope.kind == "class" and scope.bases
        )

    @cached_property
    def methods(self) -> dict[int, dict[str, int]]:
        """The functions in each class's body: their scopes by the class's scope and their name."""
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for number, scope in enumerate(self.facts.scopes):
            around = scope.parent
            if around is None or scope.kind != "function":
                continue
            if self.facts.scopes[around].kind == "class":
                found[around].setdefault(scope.name, number)
        return found

    @cached_property
    def kept(self) -> dict[int, dict[str, int]]:
        """The methods of each class whose value an instance keeps once it was read."""
        read = {attr for scope in self.facts.scopes for _, attr in scope.attributes}
        scopes = self.facts.scopes
        return {
            cls: {
                name: number
                for name, number in methods.items()
                if name in read and "cached_property" in map(last_name, scopes[number].decorators)
            }
            for cls, methods in self.methods.items()
        }

    @cached_property
    def imports(self) -> dict[str | None, list[Import]]:
        """The imports, each once, by the name that they take; `None` for a module and for `*`."""
        found: dict[str | None, list[Import]] = defaultdict(list)
        for name, dotted, level in self.profile.imports if self.profile else self._links():
            found[name].append(Import(MODULE, dotted, name, level))
        return found

    def _links(self) -> dict[Link, None]:
        bound = (node for node, _ in self._bound_imports)
        return dict.fromkeys((n.name, n.module, n.level) for n in (*self.facts.stars, *bound))

    @cached_property
    def imported_in(self) -> dict[int, list[tuple[Import, Binding | None]]]:
        """The imports of each scope, with what they bind: `import *` stands last, and binds all."""
        found: dict[int, list[tuple[Import, Binding | None]]] = defaultdict(list)
        for number, scope in enumerate(self.facts.scopes):
            for bindings in scope.bindings.values():
                for binding in bindings:
                    if isinstance(binding.value, Import):
                        found[number].append((binding.value, binding))
        found[MODULE] += [(star, None) for star in self.facts.stars]
        return found

    @property
    def _bound_imports(self) -> Iterator[tuple[Import, Binding]]:
        for pairs in self.imported_in.values():
            yield from ((node, binding) for node, binding in pairs if binding is not None)

    @cached_property
    def renamed(self) -> Mapping[str, AbstractSet[str]]:
        """The names of what each name is bound to, where those are others."""
        if self.profile:
            return self.profile.renamed
        found: dict[str, set[str]] = defaultdict(set)
        for scope in self.facts.scopes:
            for name, bindings in scope.bindings.items():
                for binding in bindings:
                    source = _source_name(binding.value)
                    if source is not None and source != name:
                        found[name].add(source)
        return found

    @cached_property
    def _originals(self) -> dict[str | None, str]:
        return {
            binding.name: node.name
            for node, binding in self._bound_imports
            if node.name and node.name != binding.name
        }


def _puts(call: Call) -> Iterator[tuple[Expression, Expression]]:
    """The container and the thing that a call puts into it, if that is what it does."""
    match call:
        case Call(function=Attribute(value=held, attr=attr), arguments=(*_, last)):
            if attr in ("append", "add", "insert", "setdefault", "appendleft"):
                match held:
                    case Subscript(value=outer):
                        yield outer, Display(call.at, "list", (("[...]", last.value),))
                    case _:
                        yield held, last.value
            elif attr in ("extend", "update"):
                yield held, Part(last.value.at, "element", last.value)


def _source_name(value: Expression | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, Import):
        return value.name
    last = last_name(value)
    if last == "partial" and isinstance(value, Call):
        return last_name(value.arguments[0].value) if value.arguments else None
    return last


def last_name(expression: Expression) -> str | None:
    """`c` of `a.b.c`, of `a.b.c(...)` and of `c`."""
    if isinstance(expression, Name):
        return expression.id
    if isinstance(expression, Attribute):
        return expression.attr
    return last_name(expression.function) if isinstance(expression, Call) else None
