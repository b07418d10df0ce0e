"""Text to facts: one libcst tree, one walk; spans are looked up later, for what is reported."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from sparkguard.diagnostic import Position, Span
from sparkguard.source.facts import ModuleFacts
from sparkguard.source.statements import StatementReader
from sparkguard.source.syntax import ParseError, refused


@dataclass(frozen=True)
class Anchors:
    """Where the numbered expressions of one file stand in its text.

    Positions of a whole tree cost twice what parsing it does, so that only files with something
    to report pay for them.
    """

    name: str
    tree: cst.Module
    nodes: tuple[cst.CSTNode, ...]

    @cached_property
    def _positions(self) -> object:
        return MetadataWrapper(self.tree, unsafe_skip_copy=True).resolve(PositionProvider)

    def span(self, at: int) -> Span:
        """The span of expression number `at`."""
        found = self._positions[self.nodes[at]]  # type: ignore[index]
        start, end = found.start, found.end
        return Span(
            self.name,
            Position(start.line, start.column + 1),
            Position(end.line, end.column + 1),
        )


def parse(text: str, name: str) -> tuple[ModuleFacts, Anchors]:
    """Parses `text`, the contents of the file that is shown as `name`.

    Raises:
        ParseError: It is not Python, or of a Python that libcst does not read.
    """
    try:
        tree = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise refused(text) or _refused_by_libcst(error) from None
    except RecursionError:
        raise ParseError(1, 1, "nested too deeply") from None
    reader = StatementReader()
    facts = reader.module(tree)
    return facts, Anchors(name, tree, tuple(reader.nodes))


def _refused_by_libcst(error: cst.ParserSyntaxError) -> ParseError:
    reason = error.message.strip().splitlines()[0]
    return ParseError(error.raw_line, error.raw_column + 1, reason)
