"""How shipped code can do without a capture: the first way that is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sparkguard.model import Cargo, Refused
from sparkguard.repair import Hoist, Repair, Shared
from sparkguard.source.repairs.handed import handed
from sparkguard.source.repairs.hoist import hoist
from sparkguard.source.repairs.kept import kept
from sparkguard.source.repairs.left import left
from sparkguard.source.repairs.made import made_inside
from sparkguard.source.repairs.quoted import quoted
from sparkguard.source.repairs.shared import shared
from sparkguard.source.repairs.unbound import unbound
from sparkguard.source.taken import Given, Held, Hold, Noted, OfClass, Taken, Tied, Travels

if TYPE_CHECKING:
    from sparkguard.source.ship import Shipment
    from sparkguard.source.types import Evaluator


_OF_WORKERS = ("connection", "native", "stream")
"""Families of things that a worker may well have, each its own."""


def repair(
    evaluator: Evaluator,
    shipment: Shipment,
    refused: Refused,
    holds: tuple[Hold | None, ...],
    travels: Travels,
) -> Repair | None:
    """How shipped code can let go of a capture.

    Args:
        evaluator: Answers what an expression is.
        shipment: What ships.
        refused: What is captured.
        holds: By what the capture is held.
        travels: Asks what else could ship.
    """
    with evaluator.aside():
        for found in _repairs(evaluator, shipment, holds, travels):
            if found is not None:
                return found
    made = (made_inside(hold) for hold in holds if isinstance(hold, Taken))
    return next(made, None) if refused.family in _OF_WORKERS else None


def lightened(
    evaluator: Evaluator, hold: Hold | None, cargo: Cargo, *, itself: bool, plain: bool
) -> Hoist | Shared | None:
    """How shipped code can leave something heavy at home, or have a broadcast carry it.

    Args:
        evaluator: Answers what an expression is.
        hold: By what it is held, or what holds it.
        cargo: What makes it heavy.
        itself: Whether the function takes the heavy thing itself.
        plain: Whether plain pickle, which broadcasts use, takes it: a class of the user's may be
            one of `__main__`.
    """
    if not isinstance(hold, Taken):
        return None
    with evaluator.aside():
        if itself:
            return shared(evaluator, hold, cargo.kind, plain=plain)
        return hoist(evaluator, hold)


def _repairs(
    evaluator: Evaluator, shipment: Shipment, holds: tuple[Hold | None, ...], travels: Travels
) -> Iterator[Repair | None]:
    """The ways that are known, those first that a reader would take first."""
    taken = [hold for hold in holds if isinstance(hold, Taken)]
    held = [hold for hold in holds if isinstance(hold, Held)]
    for hold in holds:
        yield _let_go(evaluator, hold)
    for one in taken:
        yield hoist(evaluator, one, travels=travels)
    for each in held:
        yield left(evaluator, shipment, each) or kept(evaluator, each.instance.cls, each.attr)


def _let_go(evaluator: Evaluator, hold: Hold | None) -> Repair | None:
    match hold:
        case Taken():
            return hoist(evaluator, hold) or unbound(evaluator, hold)
        case Given():
            return handed(evaluator, hold)
        case Tied():
            return unbound(evaluator, hold)
        case OfClass(cls=cls, attr=attr):
            return kept(evaluator, cls, attr)
        case Noted():
            return quoted(hold)
    return None
