"""A value that travels: by which steps it is reached, and what a repair has to let go of."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from sparkguard.model import Step, StepKind
from sparkguard.source import wording
from sparkguard.source.facts import Attribute, Name
from sparkguard.source.module import Module
from sparkguard.source.ship import Load
from sparkguard.source.taken import Held, Hold, OfClass, Taken, Tied
from sparkguard.source.values import (
    Class,
    Container,
    Found,
    Function,
    Instance,
    Library,
    Object,
    Value,
)


class Hop(Struct, frozen=True):
    """A step of a path, and where the source takes it, if it is written anywhere."""

    kind: StepKind
    text: str
    place: tuple[Module, int] | None = None


class Reach(Struct, frozen=True):
    """A value that travels, how it is reached, and where the code that travels names it.

    Args:
        inside: Whether an object of the user's, or a class, holds it.
        reader: What a function took, at the last step.
        taken: By what the last function on the way holds it.
        tied: The last method on the way that is bound.
        held: The instances that hold it one in the other, and in which attributes.
        of_class: The class that holds it, or holds what does, and in which attribute.
        readers: The functions on the way.
        called: The method that is bound to it, where the last step is to what one is bound to.
    """

    found: Found
    steps: tuple[Hop, ...]
    module: Module
    at: int
    uses: tuple[int, ...] = ()
    inside: bool = False
    holder: str | None = None
    entered: int | None = None
    reader: Taken | None = None
    taken: Hold | None = None
    tied: Tied | None = None
    held: tuple[Held, ...] = ()
    of_class: OfClass | None = None
    readers: tuple[Function, ...] = ()
    called: Function | None = None

    def next(self, hop: Hop, found: Found, **changes: object) -> Reach:
        """What lies a step further; what a function took, and what was called, is of one step."""
        changes = {"reader": None, "called": None, **changes}
        hops = (*self.steps, hop)
        return replace(self, found=found, steps=hops, **changes)


def steps_to(load: Load, value: Value) -> tuple[Hop, ...]:
    """The steps to what a ship point is given directly: a function takes none."""
    match value, load.argument.kind, load.expression:
        case Library(), _, _:
            return (Hop("call", wording.of(load.expression).rpartition(".")[0] or "receiver"),)
        case ((Instance() | Object()), "object", _):
            return (Hop("call", wording.of(load.expression)),)
        case Container(), "object", Name() | Attribute():
            return (Hop("call", wording.of(load.expression)),)
        case ((Function() | Class() | Container(lazy=True)), "object", _):
            return (Hop("call", wording.of(load.expression)),)
    return ()


def anchored(hop: Hop) -> Step:
    """The step of a capture's path."""
    span = None if hop.place is None else hop.place[0].anchors.span(hop.place[1])
    return Step(hop.kind, hop.text, span=span)
