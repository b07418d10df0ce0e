"""How shipped code can do without what an attribute holds: it keeps a plain value of it instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from sparkguard.diagnostic import Applicability
from sparkguard.repair import Handed, Instead
from sparkguard.source import classes
from sparkguard.source.facts import AttributeBinding, Binding, Name
from sparkguard.source.module import Module
from sparkguard.source.repairs.handed import with_held
from sparkguard.source.repairs.layout import dropped
from sparkguard.source.repairs.plain import Plain
from sparkguard.source.repairs.reading import Reader
from sparkguard.source.values import Class, Function

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator


def kept(evaluator: Evaluator, cls: Class, attr: str) -> Handed | None:
    """What an attribute of a class, or of its instances, can be given instead of what it is given.

    Args:
        evaluator: Answers what an expression is.
        cls: The class.
        attr: The attribute.

    Returns:
        `None` where the attribute is bound more than once, where something else is done with it
        than reading one plain value, or where other files may read it.
    """
    module = cls.frame.module
    family = [*classes.bases(evaluator, cls), *classes.derived(evaluator, cls)]
    seen = evaluator.index.is_imported(module) and not attr.startswith("_")
    if seen or any(one.frame.module is not module for one in family):
        return None
    return _Attribute(evaluator, module, family, attr).handed()


@dataclass(frozen=True)
class _Attribute:
    """An attribute of classes of one file that derive from each other."""

    evaluator: Evaluator
    module: Module
    family: list[Class]
    attr: str

    def handed(self) -> Handed | None:
        bound = self._bound
        found = list(self._read()) if bound else []
        readings = [one for one in found if one is not None]
        if bound is None or len(readings) != len(found) or not self._is_all(len(found)):
            return None
        if any(plain.acts or plain.step for _, plain, _ in readings):
            return None
        texts = {self._instead(*one) for one in readings if not one[1].is_idle}
        text = next(iter(texts)) if len(texts) == 1 else None
        if text is None:
            return None
        span = self.module.anchors.span_of
        named = f"{self.family[0].facts.name}.{self.attr}"
        return Handed(
            named,
            span(bound[1]),
            text,
            (),
            tuple(
                dropped(self.module, plain)
                if plain.is_idle
                else Instead(span(plain.node), f"{name.value}.{self.attr}")
                for _, plain, name in readings
            ),
            min([Applicability.UNSAFE, *(plain.applicability for _, plain, _ in readings)]),
        )

    @cached_property
    def _bound(self) -> tuple[int, cst.BaseExpression] | None:
        """The scope that gives the attribute its one value, and that value."""
        module = self.module
        found: list[tuple[int, Binding | AttributeBinding]] = []
        for cls in self.family:
            found += [(cls.scope, one) for one in cls.facts.bindings.get(self.attr, ())]
            found += module.assigned.get(cls.scope, {}).get(self.attr, ())
            if any(read.id == self.attr for read in cls.facts.reads):
                return None
        if len(found) != 1 or self.attr in module.assigned_outside:
            return None
        scope, given = found[0][0], found[0][1].value
        node = None if given is None else module.anchors.nodes[given.at]
        match module.anchors.parents.get(node) if node else None:
            case cst.Assign(targets=[_], value=value) if value is node:
                return scope, value
        return None

    def _is_all(self, count: int) -> bool:
        """Whether nothing else in the file may read the attribute."""
        text = re.sub(r"__slots__ *=.*", "", self.module.source.text)
        named = re.findall(rf"\.\s*{self.attr}\b|[\"']{self.attr}[\"']", text)
        in_method = self._bound is not None and all(
            self._bound[0] != cls.scope for cls in self.family
        )
        return len(named) == count + in_method

    def _read(self) -> Iterator[tuple[Reader, Plain, cst.Name] | None]:
        """Where a name's attribute is read, and the plain value that is read of it."""
        nodes, parents = self.module.anchors.nodes, self.module.anchors.parents
        for number, scope in enumerate(self.module.facts.scopes):
            for read in scope.reads if self._is_in(number) else ():
                around = parents.get(nodes[read.at])
                match around:
                    case cst.Attribute(value=cst.Name() as name, attr=cst.Name(value=self.attr)):
                        if not isinstance(parents.get(around), cst.AssignTarget):
                            yield self._plain(read, number, name)

    def _is_in(self, number: int) -> bool:
        return any(attr == self.attr for _, attr in self.module.facts.scopes[number].attributes)

    def _plain(
        self, read: Name, number: int, name: cst.Name
    ) -> tuple[Reader, Plain, cst.Name] | None:
        reader = self._of_method(read, number) or self._of_name(read, number)
        plain = reader.read_by(name) if reader else None
        return (reader, plain, name) if reader and plain else None

    def _of_method(self, read: Name, number: int) -> Reader | None:
        """Reads of the first parameter of a method."""
        owner = self.module.facts.owner(number, read.id)
        for cls in self.family:
            for _, method in classes.methods(cls):
                first = method.facts.parameters[:1]
                if method.scope == owner and [one.name for one in first] == [read.id]:
                    held = classes.receiver_of(method.frame.child(owner))
                    return Reader(self.evaluator, method, (read.id, held)) if held else None
        return None

    def _of_name(self, read: Name, number: int) -> Reader | None:
        """Reads of a class by its name, in a function."""
        scopes, scope = self.module.facts.scopes, number
        named = self.evaluator.values(read, self.evaluator.frame(self.module, number))
        if not named or any(one not in self.family for one in named):
            return None
        while scopes[scope].kind not in ("function", "lambda"):
            if scopes[scope].parent is None:
                return None
            scope = scopes[scope].parent or 0
        outer = self.evaluator.frame(self.module, scopes[scope].parent or 0)
        return Reader(self.evaluator, Function(outer, scope))

    def _instead(self, reader: Reader, plain: Plain, name: cst.Name) -> str | None:
        """What is read of the attribute, read from what it is given."""
        scope, held = self._bound or (0, name)
        owner = self.module.facts.owner
        for read, at in reader.taken_by(plain.node):
            if reader.anchors.nodes[read.at] is not name and (
                owner(at, read.id) != owner(scope, read.id) or _is_late(self, scope, read.id)
            ):
                return None
        return with_held(reader, plain, {self.module.anchors.parents[name]}, held)


def _is_late(attribute: _Attribute, scope: int, name: str) -> bool:
    """Whether a class body may run before a name of the file has its value."""
    owner = attribute.module.facts.owner(scope, name)
    return owner is not None and any(scope == cls.scope for cls in attribute.family)
