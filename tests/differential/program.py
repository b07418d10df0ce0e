"""A program: the parts that were drawn for it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.differential.parts import Bind, Decoy, Hold, Mention, Reach, Ship, Site, Thing, Wrap


class BrokenProgramError(Exception):
    """A program says nothing: it fails for a reason of its own, or the analyzer breaks down."""


@dataclass(frozen=True, slots=True)
class Program:
    """What was drawn.

    Args:
        holds: What the thing is in, the innermost first.
        wraps: What the function is in, the innermost first.
        names: Enough identifiers for all that the program names; the parts know none of them.
        use: Which of the thing's uses.
        entry: How `main` says what it gets: `name`, `annotation` or `call`.
    """

    ship: Ship
    thing: Thing
    holds: tuple[Hold, ...]
    bind: Bind
    mention: Mention
    reach: Reach
    wraps: tuple[Wrap, ...]
    site: Site
    decoys: tuple[Decoy, ...]
    names: tuple[str, ...]
    use: int = 0
    entry: str = "name"

    @property
    def parts(self) -> tuple[object, ...]:
        """All of them, the ship point and the thing included."""
        inner = (*self.holds, self.bind, self.mention, self.reach, *self.wraps)
        return (self.ship, self.thing, *inner, self.site, *self.decoys)

    @property
    def way(self) -> tuple[str, ...]:
        """The names of all parts between the ship point and the thing."""
        bound = [self.bind.name] if self.reach.binds else []
        inner, outer = [hold.name for hold in self.holds], [wrap.name for wrap in self.wraps]
        return (self.reach.name, *inner, *bound, self.mention.name, *outer, self.site.name)

    @property
    def codes(self) -> frozenset[str]:
        """The rules that may speak of it: that of the thing, of what holds it, of how it ships."""
        if not self.thing.code:
            return frozenset()
        parts: tuple[Hold | Reach | Wrap, ...] = (*self.holds, self.reach, *self.wraps)
        owned = any(part.owns for part in parts)
        shared = self.ship.api.endswith(".broadcast")
        also = {"SG103"} if owned and self.thing.code.startswith("SG1") else set()
        return frozenset({self.thing.code, *also, *(["SG204"] if shared else [])})
