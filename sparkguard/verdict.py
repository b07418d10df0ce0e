"""What a check says of one file, before comments and the baseline have their say: as plain data."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from msgspec import Struct

from sparkguard.diagnostic import Applicability, Diagnostic, Edit, Fix, Span
from sparkguard.source.needs import Learnt, Needs

if TYPE_CHECKING:
    from sparkguard.model import ShipPoint


class Suppression(Struct, frozen=True):
    """One comment that silences, or means to.

    Args:
        span: The comment's own part of the line, from its `#`.
        written: What it says, `ignore[SG103]`.
        silences: Each of its words with the codes of the rules that it chooses.
        whole_file: Whether it counts for the file, not for its line.
        optional: Whether it may silence nothing without being reported: a bare `noqa`.
        complaints: What is wrong with it, a sentence each.
        reason: What it says about why.
        words: All that it lists, rules of others included.
        listed: Where they stand, from the first to the last.
        whole: All that goes with it: the comment, the blanks before it, the line where it has one
            of its own; `None` where the comment says something else, too.
    """

    span: Span
    written: str
    silences: tuple[tuple[str, frozenset[str]], ...] = ()
    whole_file: bool = False
    optional: bool = False
    complaints: tuple[str, ...] = ()
    reason: str = ""
    words: tuple[str, ...] = ()
    listed: Span | None = None
    whole: Span | None = None

    def without(self, words: Collection[str]) -> Fix | None:
        """Takes rules out of the list, or the comment away where nothing would be left in it."""
        left = [word for word in self.words if word not in words]
        if left and self.listed:
            title = f"take {' and '.join(f'`{word}`' for word in words)} out of the comment"
            return Fix(title, (Edit(self.listed, ", ".join(left)),), Applicability.SAFE)
        if left or self.whole is None:
            return None
        return Fix("remove the comment", (Edit(self.whole, ""),), Applicability.SAFE)


class Reported(Struct, frozen=True):
    """A finding and the lines, as (path, cell, line), where a comment can silence it."""

    diagnostic: Diagnostic
    lines: frozenset[tuple[str, int | None, int]]

    @classmethod
    def at(cls, diagnostic: Diagnostic, point: ShipPoint) -> Reported:
        """The lines of what is reported, and the first and last line of the call that ships."""
        primary, statement = diagnostic.primary.span, point.statement
        reported = range(primary.start.line, primary.end.line + 1)
        lines = {(primary.path, primary.cell, line) for line in reported}
        ends = (point.span.start, statement.start, statement.end)
        shipped = {(statement.path, statement.cell, end.line) for end in ends}
        return cls(diagnostic, frozenset(lines | shipped))


class Verdict(Struct, frozen=True):
    """What is said of one file.

    Args:
        found: The findings.
        comments: Those of its comments that silence, or mean to; a `noqa` without rules counts
            only where something is found.
        ship_points: How many calls in it ship something.
        parsed: Whether it was checked.
        whole: Whether all of it was.
        needs: What that hangs on besides the file; `None` for nothing.
        learnt: What was learnt of other files on the way.
    """

    found: tuple[Reported, ...] = ()
    comments: tuple[Suppression, ...] = ()
    ship_points: int = 0
    parsed: bool = True
    whole: bool = True
    needs: Needs | None = None
    learnt: Learnt | None = None
