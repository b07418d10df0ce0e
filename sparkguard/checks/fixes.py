"""Repairs that are known from what a capture says of itself."""

from __future__ import annotations

from dataclasses import replace

from sparkguard.checks.finding import listed
from sparkguard.diagnostic import Applicability, Edit, Fix
from sparkguard.model import Capture, ShipPoint


def hoisted(ship_point: ShipPoint, capture: Capture) -> Fix | None:
    """Reads what shipped code needs before the function is made, so that only that travels.

    Args:
        ship_point: The call that ships.
        capture: What travels with it and must not.

    Returns:
        `None` where the code does more than read values, or reads the very thing that is refused.
    """
    hoist = capture.hoist
    if hoist is None or not _refused_steps(ship_point, capture).isdisjoint(
        reading.step for reading in hoist.readings
    ):
        return None
    named = {reading.text: reading.name for reading in hoist.readings}
    lines = (f"{name} = {text}\n{hoist.indent}" for text, name in named.items())
    edits = [Edit(hoist.at, "".join(lines))]
    edits += [Edit(reading.span, reading.name) for reading in hoist.readings]
    title = f"read {listed([f'`{text}`' for text in named])} before the function is made"
    return Fix(title, tuple(edits), Applicability.SAFE)


def bound_as_default(capture: Capture) -> Fix | None:
    """Gives a lambda the value that a name has where it is made, as a default argument.

    Args:
        capture: The name, which gets another value before the lambda is pickled.

    Returns:
        `None` where no default argument has room.
    """
    room = capture.change.room if capture.change else None
    if room is None:
        return None
    name = capture.path[0].text
    edit = Edit(replace(room, start=room.end), f", {name}={name}")
    return Fix(f"keep the value of `{name}` as a default", (edit,), Applicability.SAFE)


def _refused_steps(ship_point: ShipPoint, capture: Capture) -> set[str]:
    """The first steps from the captured object to anything that Spark refuses."""
    name = capture.path[0].text
    return {
        other.path[1].text
        for other in ship_point.captures
        if other.refused is not None and len(other.path) > 1 and other.path[0].text == name
    }
