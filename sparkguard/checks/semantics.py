"""SG3xx: a function travels and runs, and the answer is not what its text says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sparkguard import pyspark_api as api
from sparkguard.checks.finding import finding, listed, place, reached, subject
from sparkguard.checks.fixes import bound_as_default
from sparkguard.diagnostic import Diagnostic, Severity
from sparkguard.model import Capture, Change, ChangeKind, Rule, ShipPoint


def _rule(code: str, name: str, severity: Severity, summary: str) -> Rule:
    return Rule(code, name, severity, summary, None, since="0.2.0")


LATE_BOUND = _rule(
    "SG301",
    "late-bound-loop-variable",
    Severity.ERROR,
    "a function that is pickled later reads a name that has another value by then",
)
MUTATION = _rule(
    "SG302",
    "driver-state-mutation",
    Severity.ERROR,
    "a function that goes to the workers changes its copy of what the driver reads afterwards",
)
ACCUMULATOR = _rule(
    "SG303",
    "accumulator-read-on-worker",
    Severity.ERROR,
    "a function that goes to the workers reads the value of an accumulator",
)
RETURN_TYPE = _rule(
    "SG305",
    "wrong-return-type",
    Severity.ERROR,
    "a udf returns what its declared type cannot hold",
)
NONDETERMINISTIC = _rule(
    "SG306",
    "nondeterministic-udf",
    Severity.WARNING,
    "a udf draws lots or asks the clock, and Spark is not told that its answers differ",
)


def changes(ship_point: ShipPoint, *kinds: ChangeKind) -> Iterator[tuple[Capture, Change]]:
    """The captures that are changed in one of these ways."""
    for capture in ship_point.captures:
        if capture.change is not None and capture.change.kind in kinds:
            yield capture, capture.change


def _late_bound(ship_point: ShipPoint) -> Iterator[Diagnostic]:
    for capture, change in changes(ship_point, "rebound"):
        name = capture.path[0].text
        yield finding(
            LATE_BOUND,
            ship_point,
            capture,
            message=f"{subject(ship_point)} reads `{name}` when Spark pickles it, "
            "and it has another value by then",
            cure=f"give the function the value that it has now, as a default: `{name}={name}`",
            fix=bound_as_default(capture),
            here=f"`{name}` is looked up when the function is pickled",
            more=[(change.at, f"`{name}` gets another value here")],
        )


def _mutation(ship_point: ShipPoint) -> Iterator[Diagnostic]:
    for capture, change in changes(ship_point, "mutated"):
        what = reached(capture.path)
        yield finding(
            MUTATION,
            ship_point,
            capture,
            message=f"{subject(ship_point)} changes a copy of {what}, "
            "and the driver, which reads it afterwards, sees none of that",
            cure="return what is found and collect it, or count with an accumulator",
            here=f"{what} is changed here, on a worker",
            more=[(change.read, "read here, unchanged")],
        )


def _accumulator(ship_point: ShipPoint) -> Iterator[Diagnostic]:
    for capture in ship_point.captures:
        refused = capture.refused
        if refused is not None and refused.family == "accumulator":
            yield finding(
                ACCUMULATOR,
                ship_point,
                capture,
                message=f"{subject(ship_point)} reads {reached(capture.path)}, "
                "which works on the driver only",
                refused=refused,
                cure="only add to it on the workers, and read it on the driver after an action",
                here="the value of an accumulator is read here, on a worker",
            )


def _return_type(ship_point: ShipPoint) -> Iterator[Diagnostic]:
    declared = ship_point.declared
    for returned in ship_point.returned if declared else ():
        outcome = api.outcome(declared or "", returned.type, ship_point.arrow)
        if outcome is not None:
            severity = Severity.ERROR if outcome.is_certain else Severity.WARNING
            found = place(
                RETURN_TYPE,
                ship_point,
                returned.span,
                message=f"{subject(ship_point)} returns {api.a_type(returned.type)}, "
                f"and is declared to return `{declared}`: {outcome.means}",
                cure="declare what is returned, or return what is declared",
                here=f"{api.a_type(returned.type)} is returned here",
            )
            yield replace(found, severity=severity)


def _nondeterministic(ship_point: ShipPoint) -> Iterator[Diagnostic]:
    draws = ship_point.draws
    if draws:
        names = listed(list(dict.fromkeys(f"`{draw.name}`" for draw in draws)))
        yield place(
            NONDETERMINISTIC,
            ship_point,
            draws[0].span,
            message=f"{subject(ship_point)} calls {names}, and Spark, which takes it that a udf "
            "always answers alike, may ask it twice for one row",
            cure="mark the udf with `.asNondeterministic()`",
            here="gives another value each time",
        )


RULES = (
    replace(LATE_BOUND, check=_late_bound),
    replace(MUTATION, check=_mutation),
    replace(ACCUMULATOR, check=_accumulator),
    replace(RETURN_TYPE, check=_return_type),
    replace(NONDETERMINISTIC, check=_nondeterministic),
)
