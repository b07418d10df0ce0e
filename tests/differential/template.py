"""Texts with holes: `$name` is a word, and a line that is nothing but `$name` is a block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Template
from textwrap import dedent, indent

_GIVEN = frozenset({"spark", "it", "f", "make", "bind", "use", "body", "value", "root", "ship"})


class Scope(dict[str, str]):
    """What stands in the holes of one part; a hole that nobody filled gets a name of its own.

    Args:
        names: Where names are drawn from, none of them twice in a program.
        number: Stands in the names of modules: workers are used again, and keep what they import.
        holes: What is known from the start.
    """

    def __init__(self, names: Iterator[str], number: int, **holes: str) -> None:
        super().__init__(holes)
        self.names, self.number = names, number

    def __missing__(self, hole: str) -> str:
        if hole in _GIVEN:
            raise LookupError(f"nothing to put in ${hole}")
        name = next(self.names)
        if hole.startswith(("module", "package")):
            name = f"{name}_{self.number}"
        self[hole] = name.capitalize() if hole[0].isupper() else name
        return self[hole]

    def fill(self, text: str, **holes: str) -> str:
        """A text with its holes filled; a block takes on the indentation of its line.

        Args:
            text: The template.
            holes: What stands in some of them this time only.
        """
        mine = _Laid(self, holes)
        return "\n".join(out for line in dedent(text).splitlines() for out in _line(line, mine))


class _Laid(Mapping[str, str]):
    """Holes laid over a scope, which keeps the names that it finds."""

    def __init__(self, scope: Scope, holes: Mapping[str, str]) -> None:
        self.scope, self.holes = scope, holes

    def __getitem__(self, hole: str) -> str:
        return self.holes[hole] if hole in self.holes else self.scope[hole]

    def __iter__(self) -> Iterator[str]:
        return iter({**self.scope, **self.holes})

    def __len__(self) -> int:
        return len({**self.scope, **self.holes})


def _line(line: str, holes: Mapping[str, str]) -> Iterator[str]:
    margin, word = line[: len(line) - len(line.lstrip())], line.strip()
    if word.startswith("$") and word[1:].isidentifier():
        yield from indent(holes[word[1:]], margin).splitlines()
    else:
        yield Template(line).substitute(holes)
