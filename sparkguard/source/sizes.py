"""How many features the code around a network speaks of, or a test of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sparkguard.diagnostic import Position, Span
from sparkguard.source.index import ProjectIndex
from sparkguard.source.module import Module
from sparkguard.source.text import SourceText, split_lines
from sparkguard.source.values import Frame

_NAMING = (
    r"\blen\([^#\n]*\)\s*==\s*{n}\b",
    r"\b{n}\s*==\s*len\(",
    r"\bassertEqual\(\s*len\([^#\n]*\)\s*,\s*{n}\b",
    r"\b\w*(?i:dim|features|embedding)\w*\s*(?::\s*\w+\s*)?=\s*{n}\b",
    r"\b{n}[- ](?:d\b|dim|features|dimension|numbers)",
)


def named(
    index: ProjectIndex, modules: Iterable[Module], around: Iterable[Frame], features: int
) -> Span | None:
    """Where the files that run a network, or a test of them, speak of its number of features.

    Args:
        index: The project.
        modules: The files that run the network.
        around: The functions that do; a test names one of them, or its class.
        features: The number of features that stand before its last layer.
    """
    defined = {frame.facts.qualname.partition(".")[0] for frame in around} - {"<lambda>"}
    sources = [module.source for module in modules]
    for source in (*sources, *index.tests_of(frozenset(defined))):
        found = _named_in(source, features)
        if found is not None:
            return found
    return None


def _named_in(source: SourceText, features: int) -> Span | None:
    number = str(features)
    if number not in source.text:
        return None
    pattern = re.compile("|".join(each.format(n=number) for each in _NAMING))
    for row, line in enumerate(split_lines(source.text), 1):
        found = pattern.search(line)
        if found is not None:
            start = line.index(number, found.start()) + 1
            return source.span(Position(row, start), Position(row, start + len(number)))
    return None
