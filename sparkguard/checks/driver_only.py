"""SG1xx: a function takes along something that cannot leave the driver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from sparkguard import pyspark_api as api
from sparkguard.checks.finding import finding, listed, reached, root, subject
from sparkguard.diagnostic import Diagnostic, Severity, Span
from sparkguard.model import Capture, Rule, ShipPoint

_Refused = list[tuple[Capture, api.DriverOnly]]


def _direct(
    rule: Rule, ship_point: ShipPoint, *, family: api.Family, cure: str
) -> Iterator[Diagnostic]:
    """One finding for each place that names something of the family, no object holding it."""
    for members in _by_place(ship_point):
        named = [one for one in members if not one[0].holder and one[1].family == family]
        if not named:
            continue
        capture, kind = named[0]
        names = _unlike(reached(one.path) for one, _ in named)
        what = listed(names) + (f", {kind.noun}" if len(names) == 1 else "")
        yield finding(
            rule,
            ship_point,
            capture,
            message=f"{subject(ship_point)} ships {what}, which cannot leave the driver",
            kind=kind,
            held=f"{kind.noun}, bound here",
            cure=cure,
        )


def _held(rule: Rule, ship_point: ShipPoint, *, cure: str) -> Iterator[Diagnostic]:
    """One finding for each place that names an object holding something driver-only."""
    for members in _by_place(ship_point):
        held = [one for one in members if one[0].holder]
        if not held:
            continue
        capture, kind = held[0]
        names = _unlike(reached(one.path, ship_point.function) for one, _ in held)
        owners = _unlike(root(ship_point, one) for one, _ in held)
        whole = f"ships all of {listed(owners)}" if capture.entered else "is shipped whole"
        yield finding(
            rule,
            ship_point,
            capture,
            message=f"{subject(ship_point)} {whole}, and {listed(names)} cannot leave the driver",
            kind=kind,
            held=f"{kind.noun}, held by every `{capture.holder}`",
            cure=cure.format(noun=kind.noun),
        )


def _by_place(ship_point: ShipPoint) -> Iterable[_Refused]:
    """What Spark refuses to take along, by the place that names it."""
    places: dict[Span, _Refused] = {}
    for capture in ship_point.captures:
        kind = api.driver_only(capture.type or "")
        if kind is not None and _is_refused(ship_point, kind):
            places.setdefault(capture.span, []).append((capture, kind))
    return places.values()


def _is_refused(ship_point: ShipPoint, kind: api.DriverOnly) -> bool:
    if ship_point.api in api.REBINDING and kind.family in ("session", "dataframe"):
        return False
    return not kind.refusals.keys().isdisjoint(ship_point.targets)


def _unlike(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _rule(
    code: str, name: str, summary: str, check: Callable[[Rule, ShipPoint], Iterable[Diagnostic]]
) -> Rule:
    rule = Rule(code, name, Severity.ERROR, summary, None, since="0.1.0")
    return replace(rule, check=partial(check, rule))


RULES = (
    _rule(
        "SG101",
        "captured-session",
        "a function that goes to the workers captures a SparkSession",
        partial(
            _direct,
            family="session",
            cure="read what it needs from the session on the driver, and capture that",
        ),
    ),
    _rule(
        "SG102",
        "captured-context",
        "a function that goes to the workers captures a SparkContext",
        partial(
            _direct,
            family="context",
            cure="use the context on the driver, and capture only its results",
        ),
    ),
    _rule(
        "SG103",
        "captured-self",
        "a function that goes to the workers captures an object that holds something driver-only",
        partial(
            _held, cure="hand the function the values it needs, not the object that holds {noun}"
        ),
    ),
    _rule(
        "SG104",
        "captured-dataframe",
        "a function that goes to the workers captures a DataFrame, an RDD or grouped data",
        partial(
            _direct,
            family="dataframe",
            cure="join with it, or collect it on the driver and broadcast the result",
        ),
    ),
)
