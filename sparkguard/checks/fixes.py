"""Repairs that are known from what a capture says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from sparkguard.checks.finding import listed
from sparkguard.diagnostic import Applicability, Edit, Fix, Span
from sparkguard.model import Capture, ShipPoint
from sparkguard.repair import (
    Handed,
    Hoist,
    Inside,
    Instead,
    Left,
    Place,
    Quoted,
    Shared,
    Unbound,
)


def fix(ship_point: ShipPoint, capture: Capture) -> Fix | None:
    """The edits after which shipped code does without a capture, where they are known.

    Args:
        ship_point: The call that ships.
        capture: What travels with it and must not.
    """
    match capture.repair:
        case Hoist() as hoist:
            return _hoisted(hoist)
        case Handed() as handed:
            return _handed(handed)
        case Unbound() as unbound:
            return _static(unbound)
        case Inside() as inside:
            return _inside(ship_point, inside)
        case Instead():
            return _replaced(ship_point, capture)
        case Shared() as shared:
            return _shared(shared)
        case Quoted(name=name, at=at, text=text):
            title = f"write the annotation of `{name}` as a text"
            return Fix(title, (Edit(at, text),), Applicability.UNSAFE)
        case Left() as left:
            return _left_out(ship_point, capture, left)
    return None


def _hoisted(hoist: Hoist) -> Fix:
    """Reads what shipped code needs before the function is made, so that only that travels."""
    edits = tuple(_before(hoist))
    before = [*(reading.text for reading in hoist.readings), *hoist.acts]
    if not before:
        return Fix("drop a name that nobody reads", edits, hoist.applicability)
    verb = "do" if hoist.acts else "read"
    title = f"{verb} {_quoted(before)} before the function is made"
    return Fix(title, edits, hoist.applicability)


def _before(hoist: Hoist) -> Iterator[Edit]:
    named = {reading.text: reading.name for reading in hoist.readings}
    lines = [*(f"{name} = {text}" for text, name in named.items()), *hoist.acts]
    if lines:
        yield _lines(hoist.place, lines)
    yield from (Edit(reading.span, reading.name) for reading in hoist.readings)
    yield from (Edit(one.at, one.text) for one in hoist.idle)


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


def _quoted(texts: Iterable[str]) -> str:
    return listed([f"`{text}`" for text in dict.fromkeys(texts)])


def _handed(handed: Handed) -> Fix:
    """Gives a parameter the value that the function reads from it."""
    edits = [Edit(handed.at, handed.text)]
    edits += [Edit(span, handed.parameter) for span in handed.readings]
    edits += [Edit(one.at, one.text) for one in handed.idle]
    title = f"give `{handed.parameter}` `{handed.text}`, and nothing that holds it"
    return Fix(title, tuple(edits), handed.applicability)


def _static(unbound: Unbound) -> Fix:
    """Makes a method static that has no use for its instance."""
    edits = [
        _lines(unbound.place, ["@staticmethod"]),
        Edit(unbound.receiver, ""),
    ]
    hoist = unbound.hoist
    if hoist is not None:
        edits += _before(hoist)
    least = Applicability.SAFE if hoist is None else hoist.applicability
    return Fix(f"make `{unbound.name}` a static method", tuple(edits), least)


def _inside(ship_point: ShipPoint, inside: Inside) -> Fix:
    """Makes a thing where the function runs: for each partition, or for each row."""
    word = ship_point.api.rpartition(".")[2]
    often = not word.endswith(("Partition", "Partitions", "WithIndex", "mapInArrow", "mapInPandas"))
    made = Edit(inside.place.at, f"{inside.text}\n{inside.place.indent}")
    title = f"make `{inside.name}` where the function runs"
    return Fix(title, (made,), Applicability.DISPLAY if often else Applicability.UNSAFE)


def _shared(shared: Shared) -> Fix:
    """Has a broadcast carry what is heavy, and asks for its value where the function runs."""
    edits = [Edit(span, f"{shared.name}.value") for span in shared.readings]
    title = f"ask `{shared.name}.value` where the function runs"
    if shared.place is None:
        return Fix(title, tuple(edits), Applicability.SAFE)
    made = _lines(shared.place, [f"{shared.name} = {shared.made}"])
    return Fix(f"broadcast it, and {title}", (made, *edits), Applicability.UNSAFE)


def _replaced(ship_point: ShipPoint, capture: Capture) -> Fix | None:
    """Puts plain Python where a function calls what works on the driver only."""
    beside = [
        other.repair
        for other in ship_point.captures
        if other.refused and other.path[:-1] == capture.path[:-1]
    ]
    calls = dict.fromkeys(one for one in beside if isinstance(one, Instead))
    if None in beside or not _are_apart([one.at for one in calls]):
        return None
    edits = tuple(Edit(one.at, one.text) for one in calls)
    title = f"use plain Python: {listed([f'`{one.text}`' for one in calls])}"
    return Fix(title, edits, Applicability.UNSAFE)


def _are_apart(spans: list[Span]) -> bool:
    ordered = sorted(spans, key=lambda span: (span.start, span.end))
    return all(one.end <= other.start for one, other in pairwise(ordered))


def _left_out(ship_point: ShipPoint, capture: Capture, left: Left) -> Fix | None:
    """Leaves out of an instance's state all that is refused of it."""
    beside = [
        other.repair
        for other in ship_point.captures
        if other.refused and other.span == capture.span and other.path[-1].kind != "run"
    ]
    leaving = [one for one in beside if isinstance(one, Left) and one.place == left.place]
    if len(leaving) != len(beside):
        return None
    by_attr = {one.attr: one for one in leaving}
    edits = [edit for one in by_attr.values() for edit in _kept(one)]
    title = f"leave {listed([f'`{attr}`' for attr in by_attr])} out of what is pickled"
    lines = [*_post_init(left.place, leaving), *_getstate(left.place, by_attr)]
    return Fix(title, (*edits, _lines(left.place, lines)), Applicability.DISPLAY)


def _kept(left: Left) -> Iterator[Edit]:
    """Keeps what shipped code reads of an attribute in attributes of their own."""
    if left.kept is not None and left.values:
        yield _lines(left.kept, _assigned(left))
    yield from (Edit(reading.span, reading.name) for reading in left.values)


def _assigned(left: Left) -> list[str]:
    named = {reading.name: reading.text for reading in left.values}
    return [f"{name} = {text}" for name, text in named.items()]


def _post_init(place: Place, leaving: Iterable[Left]) -> list[str]:
    lines = [line for one in leaving if one.kept is None for line in _assigned(one)]
    head = ["", "def __post_init__(self):"] if lines else []
    return [*head, *(_step(place) + line for line in lines)]


def _getstate(place: Place, attrs: Iterable[str]) -> list[str]:
    body = [
        "state = self.__dict__.copy()",
        *(f'state.pop("{attr}", None)' for attr in attrs),
        "return state",
    ]
    return ["", "def __getstate__(self):", *(_step(place) + line for line in body)]


def _step(place: Place) -> str:
    return "\t" if "\t" in place.indent else "    "


def _lines(place: Place, lines: Sequence[str]) -> Edit:
    """New lines, indented as what stands there."""
    if place.below:
        return Edit(place.at, "".join(f"\n{place.indent}{line}".rstrip(" \t") for line in lines))
    first, *others = lines
    text = "".join([first, *(f"\n{place.indent}{line}" for line in others)])
    return Edit(place.at, text + "\n" * (place.blank + 1) + place.indent)
