"""The SG3xx rules on ship points made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sparkguard.checks.semantics import RULES
from sparkguard.diagnostic import Applicability, Diagnostic, Severity
from sparkguard.model import Capture, Change, Draw, Returned, ShipPoint, Step
from tests.records import ship_point, span

CALL, PLACE, CHANGED, READ = span("9:5"), span("10:20", "10:25"), span("3:1"), span("12:1")


def found(point: ShipPoint) -> list[Diagnostic]:
    return [one for rule in RULES if rule.check for one in rule.check(point)]


def capture(*texts: str, change: Change | None = None) -> Capture:
    steps = (Step("attribute" if text[0] == "." else "cell", text) for text in texts)
    return Capture(tuple(steps), PLACE, change=change)


def test_a_name_that_has_another_value_by_then() -> None:
    change = Change("rebound", CHANGED, room=span("10:12", "10:13"))

    [diagnostic] = found(ship_point(CALL, captures=(capture("n", change=change),)))

    assert (diagnostic.code, diagnostic.severity) == ("SG301", Severity.ERROR)
    assert diagnostic.message == (
        "the lambda reads `n` when Spark pickles it, and it has another value by then"
    )
    assert [(label.span, label.primary) for label in diagnostic.labels] == [
        (PLACE, True),
        (CALL, False),
        (CHANGED, False),
    ]


def test_a_default_argument_keeps_the_value() -> None:
    change = Change("rebound", CHANGED, room=span("10:12", "10:13"))

    [diagnostic] = found(ship_point(CALL, captures=(capture("n", change=change),)))

    assert diagnostic.fix is not None
    assert diagnostic.fix.applicability is Applicability.SAFE
    assert [(edit.span, edit.text) for edit in diagnostic.fix.edits] == [
        (span("10:13", "10:13"), ", n=n")
    ]


def test_where_a_default_has_no_room_there_is_no_fix() -> None:
    change = Change("rebound", CHANGED)

    [diagnostic] = found(ship_point(CALL, captures=(capture("n", change=change),)))

    assert diagnostic.fix is None


def test_a_copy_that_the_driver_never_sees() -> None:
    change = Change("mutated", PLACE, READ, "self.seen.append(...)")

    [diagnostic] = found(
        ship_point(CALL, captures=(capture("self", ".seen", change=change),), function="note")
    )

    assert (diagnostic.code, diagnostic.severity) == ("SG302", Severity.ERROR)
    assert diagnostic.message == (
        "`note` changes a copy of `self.seen`, and the driver, which reads it afterwards, "
        "sees none of that"
    )
    assert diagnostic.labels[-1].span == READ


def test_what_is_kept_for_the_next_call_is_no_wrong_answer() -> None:
    assert not found(ship_point(CALL, captures=(capture("table", change=Change("kept", CHANGED)),)))


def test_what_nobody_changes_is_silent() -> None:
    assert not found(ship_point(CALL, captures=(capture("n"),)))


RETURNS = [
    ("int", "float", None, Severity.ERROR),
    ("float", "int", None, Severity.WARNING),
    ("float", "int", False, Severity.ERROR),
    ("float", "int", True, None),
    ("string", "int", None, None),
    ("array<float>", "list[int]", False, Severity.ERROR),
    ("struct<a:int>", "int", None, None),
    (None, "int", None, None),
]


@pytest.mark.parametrize(("declared", "type", "arrow", "severity"), RETURNS)
def test_what_is_declared_and_what_is_returned(
    declared: str | None, type: str, arrow: bool | None, severity: Severity | None
) -> None:
    returned = (Returned(PLACE, type),)

    diagnostics = found(ship_point(CALL, declared=declared, returned=returned, arrow=arrow))

    assert [one.severity for one in diagnostics] == ([severity] if severity else [])
    assert {one.code for one in diagnostics} <= {"SG305"}


def test_what_is_drawn_is_one_finding() -> None:
    draws = (Draw(PLACE, "random.random"), Draw(READ, "uuid4"), Draw(READ, "uuid4"))

    [diagnostic] = found(ship_point(CALL, draws=draws))

    assert (diagnostic.code, diagnostic.severity) == ("SG306", Severity.WARNING)
    assert diagnostic.message.startswith("the lambda calls `random.random` and `uuid4`, and Spark")
    assert diagnostic.primary.span == PLACE


def test_a_finding_without_a_capture_tells_which_call_ships() -> None:
    [diagnostic] = found(ship_point(CALL, draws=(Draw(PLACE, "uuid4"),)))

    assert diagnostic.ship_point is not None
    assert diagnostic.ship_point.span == CALL
    assert [label.text for label in diagnostic.labels] == [
        "gives another value each time",
        "shipped by this call",
    ]


def test_a_place_is_labelled_once() -> None:
    [diagnostic] = found(ship_point(CALL, draws=(Draw(CALL, "uuid4"),)))

    assert len(diagnostic.labels) == 1


def test_several_names_are_several_findings() -> None:
    change = Change("rebound", CHANGED)
    captures = (capture("n", change=change), replace(capture("m", change=change), span=READ))

    assert [one.code for one in found(ship_point(CALL, captures=captures))] == ["SG301", "SG301"]
