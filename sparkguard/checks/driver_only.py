"""SG1xx: a function takes along something that cannot leave the driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from sparkguard import pyspark_api as api
from sparkguard.checks.finding import finding, listed, reached, root, subject
from sparkguard.diagnostic import Diagnostic, Severity, Span
from sparkguard.model import Capture, Check, Rule, ShipPoint


def _direct(family: api.Family, cure: str) -> Callable[[Rule], Check]:
    def rule_check(rule: Rule) -> Check:
        def check(ship_point: ShipPoint) -> Iterator[Diagnostic]:
            seen: set[tuple[Span, str]] = set()
            for capture, kind in _refused(ship_point):
                name = reached(capture.path)
                if kind.family != family or capture.holder or (capture.span, name) in seen:
                    continue
                seen.add((capture.span, name))
                message = (
                    f"{subject(ship_point)} ships {name}, {kind.noun}, "
                    "which cannot leave the driver"
                )
                held = f"{kind.noun}, bound here"
                yield finding(
                    rule, ship_point, capture, message=message, kind=kind, held=held, cure=cure
                )

        return check

    return rule_check


def _held(rule: Rule) -> Check:
    cure = "hand the function the values it needs, not the object that holds {noun}"

    def check(ship_point: ShipPoint) -> Iterator[Diagnostic]:
        grouped: dict[tuple[Span, str], list[tuple[Capture, api.DriverOnly]]] = {}
        for capture, kind in _refused(ship_point):
            if capture.holder:
                key = (capture.span, root(ship_point, capture))
                grouped.setdefault(key, []).append((capture, kind))
        for (_, name), members in grouped.items():
            capture, kind = members[0]
            held = dict.fromkeys(reached(one.path[one.entered :], name) for one, _ in members)
            whole = f"ships all of `{name}`" if capture.entered else "is shipped whole"
            message = (
                f"{subject(ship_point)} {whole}, and {listed(list(held))} cannot leave the driver"
            )
            yield finding(
                rule,
                ship_point,
                capture,
                message=message,
                kind=kind,
                held=f"{kind.noun}, held by every `{capture.holder}`",
                cure=cure.format(noun=kind.noun),
            )

    return check


def _refused(ship_point: ShipPoint) -> Iterator[tuple[Capture, api.DriverOnly]]:
    for capture in ship_point.captures:
        kind = api.driver_only(capture.type or "")
        if kind is not None and any(target in kind.refusals for target in ship_point.targets):
            yield capture, kind


def _rule(code: str, name: str, summary: str, check: Callable[[Rule], Check]) -> Rule:
    rule = Rule(code, name, Severity.ERROR, summary, None, since="0.1.0")
    return replace(rule, check=check(rule))


RULES = (
    _rule(
        "SG101",
        "captured-session",
        "a function that goes to the workers captures a SparkSession",
        _direct("session", "read what it needs from the session on the driver, and capture that"),
    ),
    _rule(
        "SG102",
        "captured-context",
        "a function that goes to the workers captures a SparkContext",
        _direct("context", "use the context on the driver, and capture only its results"),
    ),
    _rule(
        "SG103",
        "captured-self",
        "a function that goes to the workers captures an object that holds something driver-only",
        _held,
    ),
    _rule(
        "SG104",
        "captured-dataframe",
        "a function that goes to the workers captures a DataFrame, an RDD or grouped data",
        _direct("dataframe", "join with it, or collect it on the driver and broadcast the result"),
    ),
)
