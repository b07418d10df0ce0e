"""The project across files: which file an import names, and who calls a function."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sparkguard.source.facts import (
    Argument,
    Attribute,
    AttributeBinding,
    Call,
    Definition,
    Expression,
    Import,
    ModuleFacts,
    Name,
    Part,
)
from sparkguard.source.syntax import ParseError
from sparkguard.source.text import SourceText, UnreadableSource, read_source

if TYPE_CHECKING:
    from sparkguard.source.parse import Anchors


@dataclass(frozen=True, eq=False)
class Module:
    """A parsed file of the project."""

    source: SourceText
    facts: ModuleFacts
    anchors: Anchors

    @cached_property
    def path(self) -> Path:
        """Where the file is, links resolved."""
        return self.source.path.resolve()

    @cached_property
    def in_package(self) -> bool:
        """Whether the file stands in a folder that is a package."""
        return (self.path.parent / "__init__.py").is_file()

    @cached_property
    def package_root(self) -> Path:
        """The folder from which the file's dotted name counts."""
        folder = self.path.parent
        while (folder / "__init__.py").is_file() and folder != folder.parent:
            folder = folder.parent
        return folder

    def absolute(self, dotted: str, level: int) -> str:
        """The dotted name that an import in this file names, leading dots resolved."""
        if not level:
            return dotted
        here = self.path.parent.relative_to(self.package_root).parts
        base = here[: len(here) - level + 1]
        return ".".join([*base, *([dotted] if dotted else [])])

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
    def put_in(self) -> dict[tuple[int, str], list[tuple[int, str, Expression]]]:
        """What is put into a container after it was made.

        By the scope and the name that hold the container (`.attr` in the scope of a class): the
        scope that puts it in, the step to it, and what it is.
        """
        found: dict[tuple[int, str], list[tuple[int, str, Expression]]] = defaultdict(list)
        for number, scope in enumerate(self.facts.scopes):
            for item in scope.item_bindings:
                place = self._place(number, item.container)
                if item.value is not None and place is not None:
                    step = "[...]" if item.key is None else f"[{item.key!r}]"
                    found[place].append((number, step, item.value))
            for call in scope.calls:
                for held, put in _puts(call):
                    place = self._place(number, held)
                    if place is not None:
                        found[place].append((number, "[...]", put))
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
        for number, scope in enumerate(self.facts.scopes):
            for call in scope.calls:
                for name in self._names_of(call.function):
                    found[name].append((number, call))
            for decorator in scope.decorators if scope.parent is not None else ():
                applied = (Argument(Definition(scope.at, number)),)
                call = Call(decorator.at, decorator, applied, scope.statement)
                for name in self._names_of(decorator):
                    found[name].append((scope.parent or 0, call))
        return found

    def with_derived(self, names: Iterable[str]) -> list[str]:
        """`names`, and the names of the classes here that derive from a class so called."""
        found = sorted(names)
        for scope in self.facts.scopes:
            if scope.kind == "class" and not {last_name(b) for b in scope.bases}.isdisjoint(found):
                found.append(scope.name)
        return found

    @cached_property
    def _originals(self) -> dict[str, str]:
        bindings = (b for scope in self.facts.scopes for bs in scope.bindings.values() for b in bs)
        return {
            b.name: b.value.name
            for b in bindings
            if isinstance(b.value, Import) and b.value.name and b.value.name != b.name
        }

    def _names_of(self, called: Expression) -> Iterator[str]:
        last = last_name(called)
        if last is not None:
            yield last
            if last in self._originals:
                yield self._originals[last]


def _puts(call: Call) -> Iterator[tuple[Expression, Expression]]:
    """The container and the thing that a call puts into it, if that is what it does."""
    match call:
        case Call(function=Attribute(value=held, attr=attr), arguments=(*_, last)):
            if attr in ("append", "add", "insert", "setdefault", "appendleft"):
                yield held, last.value
            elif attr in ("extend", "update"):
                yield held, Part(last.value.at, "element", last.value)


def last_name(expression: Expression) -> str | None:
    """`c` of `a.b.c`, of `a.b.c(...)` and of `c`."""
    match expression:
        case Name(id=name) | Attribute(attr=name):
            return name
        case Call(function=function):
            return last_name(function)
    return None


class ProjectIndex:
    """The files of a project, each parsed when it is first asked for.

    Args:
        checked: The files that are checked.
        around: Other files of the project; nothing outside both is ever read.
    """

    def __init__(self, checked: Sequence[SourceText], around: Sequence[Path] = ()) -> None:
        self._sources: dict[Path, SourceText | None] = {s.path.resolve(): s for s in checked}
        self._known = dict.fromkeys([*self._sources, *(path.resolve() for path in around)])
        self._modules: dict[Path, Module | None] = {}
        self._vocabulary: dict[Path, frozenset[str]] = {}

    @cached_property
    def _roots(self) -> tuple[Path, ...]:
        folders = {path.parent for path in self._known}
        return tuple(sorted(f for f in folders if f / "__init__.py" not in self._known))

    def source(self, path: Path) -> SourceText | None:
        """The text of one of the project's files, `None` if it cannot be read."""
        if path not in self._sources:
            try:
                self._sources[path] = read_source(path, _shown(path))
            except UnreadableSource:
                self._sources[path] = None
        return self._sources[path]

    def parse(self, source: SourceText) -> Module:
        """The module of a file that is checked.

        Raises:
            ParseError: The file is not Python that can be read.
        """
        path = source.path.resolve()
        module = self._modules.get(path)
        if module is None:
            from sparkguard.source.parse import parse

            module = Module(source, *parse(source.text, source.name))
            self._modules[path] = module
        return module

    def module_at(self, path: Path) -> Module | None:
        """The module of a file, `None` if the project has no such file or it cannot be parsed."""
        if path not in self._known:
            return None
        if path not in self._modules:
            source = self.source(path)
            try:
                self._modules[path] = None if source is None else self.parse(source)
            except ParseError:
                self._modules[path] = None
        return self._modules[path]

    def imported(self, importer: Module, dotted: str, level: int) -> Module | None:
        """The module that `importer` gets by `dotted`, with `level` leading dots."""
        parts = tuple(part for part in dotted.split(".") if part)
        if level:
            base = importer.path.parents[level - 1]
            return self._found(base, parts)
        for base in (importer.path.parent, importer.package_root, *self._roots):
            found = self._found(base, parts)
            if found is not None:
                return found
        return None

    def _found(self, base: Path, parts: tuple[str, ...]) -> Module | None:
        target = base.joinpath(*parts)
        if parts:
            found = self.module_at(target.with_name(target.name + ".py"))
            if found is not None:
                return found
        return self.module_at(target / "__init__.py")

    def calls_to(self, names: Iterable[str], definer: Module) -> Iterator[tuple[Module, int, Call]]:
        """Every call in the project of something that `definer` defines under one of `names`.

        A class is called by the names of the classes that derive from it, too.
        """
        wanted = frozenset(names)
        for path in self._known:
            module = self._may_call(path, wanted, definer)
            for name in module.with_derived(wanted) if module else ():
                for scope, call in module.calls.get(name, ()) if module else ():
                    yield module, scope, call  # type: ignore[misc]

    def _may_call(self, path: Path, names: frozenset[str], definer: Module) -> Module | None:
        if path == definer.path:
            return definer
        stem = definer.path.stem if definer.path.stem != "__init__" else definer.path.parent.name
        words = self._words(path)
        if stem not in words or names.isdisjoint(words):
            return None
        return self.module_at(path)

    def _words(self, path: Path) -> frozenset[str]:
        if path not in self._vocabulary:
            source = self.source(path)
            words = re.findall(r"\w+", source.text) if source is not None else ()
            self._vocabulary[path] = frozenset(words)
        return self._vocabulary[path]

    def derived(self, name: str, definer: Module) -> Iterator[tuple[Module, int]]:
        """The classes of the project that name `name`, a class of `definer`, as a base."""
        for path in self._known:
            module = self._may_call(path, frozenset({name}), definer)
            for number, scope in enumerate(module.facts.scopes if module else ()):
                if scope.kind == "class" and name in map(last_name, scope.bases) and module:
                    yield module, number

    def is_imported(self, module: Module) -> bool:
        """Whether another file of the project imports this one by its name."""
        line = re.compile(rf"^[ \t]*(?:from|import)\b[^\n]*\b{re.escape(module.path.stem)}\b", re.M)
        for path in self._known:
            source = self.source(path) if path != module.path else None
            if source is not None and line.search(source.text):
                return True
        return False

    def runs_as_script(self, module: Module) -> bool:
        """Whether the file's own functions belong to `__main__`, and so go by value."""
        if module.facts.has_main_guard:
            return True
        return not module.in_package and not self.is_imported(module)


def _shown(path: Path) -> str:
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
