"""What others may ask of a file without looking into it: its imports, names, classes and calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from sparkguard.source.module import Module


Link: TypeAlias = tuple[str | None, str, int]
"""An import: the name that it takes, if it takes one, from which module, its leading dots."""


class Profile(Struct, frozen=True, array_like=True, gc=False):
    """What a file says to files that only pass it on their way.

    Args:
        imports: The names that imports take, from which module, with how many leading dots.
        renamed: What other things each name is bound to.
        bases: Its classes that derive from any, in order, and what from.
        called: The names that it calls something by.
    """

    imports: frozenset[Link]
    renamed: dict[str, frozenset[str]]
    bases: tuple[tuple[str, frozenset[str]], ...]
    called: frozenset[str]

    @classmethod
    def of(cls, module: Module) -> Profile:
        """The profile of a file."""
        nodes = (node for nodes in module.imports.values() for node in nodes)
        return cls(
            frozenset((node.name, node.module, node.level) for node in nodes),
            {name: frozenset(sources) for name, sources in module.renamed.items()},
            tuple((name, bases) for name, bases in module.derivations),
            frozenset(module.calls),
        )

    def links(self, other: Profile) -> frozenset[Link]:
        """The imports that one of two files has and the other has not."""
        return self.imports ^ other.imports

    def names(self, other: Profile) -> set[str]:
        """The names that stand for other things in one of two files than in the other."""
        changed = {name for name, _, _ in self.links(other) if name is not None}
        names = self.renamed.keys() | other.renamed.keys()
        return changed | {n for n in names if self.renamed.get(n) != other.renamed.get(n)}

    def derives(self, name: str) -> bool:
        """Whether a class of it derives from one so named."""
        return any(name in bases for _, bases in self.bases)

    def uses(self, names: Iterable[str]) -> bool:
        """Whether it calls something so named, or a class of its own that derives from one."""
        return not self.called.isdisjoint(self._with_derived(names))

    def uses_more(self, names: Iterable[str], before: Profile) -> bool:
        """Whether it calls or derives from something so named that it left alone before."""
        more = self.called - before.called
        return self.bases != before.bases or not more.isdisjoint(self._with_derived(names))

    def _with_derived(self, names: Iterable[str]) -> set[str]:
        wanted = set(names)
        for name, bases in self.bases:
            if not bases.isdisjoint(wanted):
                wanted.add(name)
        return wanted
