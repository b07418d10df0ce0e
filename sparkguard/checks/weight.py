"""SG4xx: a function travels, and what it takes along is paid for with each task."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from sparkguard.checks.finding import finding, reached, root, subject
from sparkguard.checks.fixes import fix
from sparkguard.checks.semantics import changes
from sparkguard.diagnostic import Diagnostic, Severity, Span
from sparkguard.model import Capture, Cargo, CargoKind, Rule, ShipPoint
from sparkguard.repair import Hoist, Shared


def _rule(code: str, name: str, summary: str) -> Rule:
    return Rule(code, name, Severity.WARNING, summary, None, since="0.2.0")


def _weighs(
    rule: Rule, ship_point: ShipPoint, *, kind: CargoKind, costs: str, cure: str, connect: str
) -> Iterator[Diagnostic]:
    """What of a kind is heavy; Connect has no broadcasts, and so another cure."""
    for capture, cargo in _heavy(ship_point):
        if cargo.kind == kind and not _is_for_nothing(ship_point, capture):
            what = reached(capture.path, ship_point.function)
            yield finding(
                rule,
                ship_point,
                capture,
                message=f"{subject(ship_point)} ships {what}, {cargo.noun}, {costs}",
                cure=connect if ship_point.targets == ("connect",) else cure,
                fix=fix(ship_point, capture) if isinstance(capture.repair, Shared) else None,
                notes=_bytes(capture),
            )


def _whole(rule: Rule, ship_point: ShipPoint) -> Iterator[Diagnostic]:
    for capture, cargo in _heavy(ship_point):
        if _is_for_nothing(ship_point, capture):
            yield finding(
                rule,
                ship_point,
                capture,
                message=f"{subject(ship_point)} ships all of {root(ship_point, capture)} for "
                f"{_readings(capture)}, and {reached(capture.path)}, {cargo.noun}, goes along",
                cure="read the values before the function is made, and use them in it",
                fix=fix(ship_point, capture),
                notes=_bytes(capture),
            )


def _readings(capture: Capture) -> str:
    return " and ".join(f"`{text}`" for text in dict.fromkeys(_read(capture)))


def _read(capture: Capture) -> list[str]:
    """All that the code reads of what it captures, where it reads plain values only."""
    repair = capture.repair
    return [reading.text for reading in repair.readings] if isinstance(repair, Hoist) else []


def _is_for_nothing(ship_point: ShipPoint, capture: Capture) -> bool:
    """Whether the code reads other things of an object than the one that is heavy."""
    read = _read(capture)
    if not read or not capture.holder or len(capture.path) < 2:
        return False
    name = capture.path[0].text
    heavy = [
        name + one.path[1].text
        for one in ship_point.captures
        if one.cargo and len(one.path) > 1 and one.path[0].text == name
    ]
    return not any(re.match(rf"{re.escape(one)}(?!\w)", text) for one in heavy for text in read)


def _heavy(ship_point: ShipPoint) -> Iterable[tuple[Capture, Cargo]]:
    """What is heavy, once for each place; where something is refused, that comes first."""
    refused = {one.span for one in ship_point.captures if one.refused is not None}
    found: dict[Span, tuple[Capture, Cargo]] = {}
    for capture in ship_point.captures:
        if capture.cargo is not None and capture.span not in refused:
            found.setdefault(capture.span, (capture, capture.cargo))
    return found.values()


def _bytes(capture: Capture) -> tuple[str, ...]:
    return () if capture.bytes is None else (f"weighs: {capture.bytes:,} bytes",)


def _kept(rule: Rule, ship_point: ShipPoint) -> Iterator[Diagnostic]:
    refused = {
        step.text for one in ship_point.captures if one.refused is not None for step in one.path
    }
    for capture, _ in changes(ship_point, "kept"):
        if capture.path[0].text in refused:
            continue
        name = reached(capture.path)
        yield finding(
            rule,
            ship_point,
            capture,
            message=f"{subject(ship_point)} keeps {name} for the next call, and each task starts "
            "with a fresh copy of the script's globals",
            cure="keep it in a module that the workers import, where one process makes it once",
            here=f"{name} is made here, again in every task",
        )


def _made(rule: Rule, check: Callable[[Rule, ShipPoint], Iterator[Diagnostic]]) -> Rule:
    return replace(rule, check=partial(check, rule))


RULES = (
    _made(
        _rule(
            "SG401",
            "whole-self-shipped",
            "a function that goes to the workers takes a whole object along for a plain value",
        ),
        _whole,
    ),
    _made(
        _rule(
            "SG402",
            "captured-model",
            "a function that goes to the workers takes a model along in its closure",
        ),
        partial(
            _weighs,
            kind="model",
            costs="which is sent and unpickled anew for every task",
            cure="broadcast it, and use `.value` in the function, or load it on the worker",
            connect="load it on the worker, from a file that `addArtifacts` sends",
        ),
    ),
    _made(
        _rule(
            "SG403",
            "captured-broadcast-value",
            "a function that goes to the workers takes along what a broadcast holds",
        ),
        partial(
            _weighs,
            kind="broadcast",
            costs="so that the broadcast saves nothing",
            cure="capture the broadcast, and ask for its `.value` inside the function",
            connect="load it on the worker, from a file that `addArtifacts` sends",
        ),
    ),
    _made(
        _rule(
            "SG404",
            "captured-collection",
            "a function that goes to the workers takes along what was collected on the driver",
        ),
        partial(
            _weighs,
            kind="collection",
            costs="which is sent and unpickled anew for every task",
            cure="join with the DataFrame, or broadcast what was collected",
            connect="join with the DataFrame",
        ),
    ),
    _made(
        _rule(
            "SG408",
            "lazy-global-of-main",
            "a function of the script keeps a value in a global, which every task finds empty",
        ),
        _kept,
    ),
)
