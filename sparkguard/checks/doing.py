"""The words of a finding about what shipped code does where it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from sparkguard.checks.finding import subject
from sparkguard.diagnostic import Diagnostic, Fix, Label, Severity, ShippedBy, Span
from sparkguard.model import Act, Rule, ShipPoint

Message = Callable[[ShipPoint, Act], str]


def rule(
    code: str,
    name: str,
    summary: str,
    matches: Callable[[ShipPoint, Act], bool],
    *,
    message: Message,
    here: Callable[[Act], str],
    cure: str,
    severity: Severity = Severity.WARNING,
    there: str = "",
    fix: Callable[[Act], Fix | None] = lambda act: None,
) -> Rule:
    """A rule about what a function does on the workers.

    Args:
        code: The rule's code.
        name: The rule's name.
        summary: What it finds.
        matches: Whether an act of a ship point is this rule's.
        message: The sentence at the top.
        here: The words under the place that is reported.
        cure: The help line.
        severity: Error only where the answer is wrong.
        there: The words under the act's other place.
        fix: Edits that mend it, where they are known.
    """
    made = Rule(code, name, severity, summary, None, since="0.2.0")
    check = partial(
        _check, made, matches=matches, message=message, here=here, cure=cure, there=there, fix=fix
    )
    return replace(made, check=check)


def _check(
    rule: Rule,
    ship_point: ShipPoint,
    *,
    matches: Callable[[ShipPoint, Act], bool],
    message: Message,
    here: Callable[[Act], str],
    cure: str,
    there: str,
    fix: Callable[[Act], Fix | None],
) -> Iterator[Diagnostic]:
    for act in ship_point.acts:
        if matches(ship_point, act):
            yield Diagnostic(
                code=rule.code,
                name=rule.name,
                severity=rule.severity,
                message=message(ship_point, act),
                labels=tuple(_labels(ship_point, act, here(act), there)),
                notes=tuple(_notes(ship_point, act)),
                help=f"{cure}; `sparkguard explain {rule.code}`",
                fix=fix(act),
                ship_point=ShippedBy(ship_point.api, ship_point.function, ship_point.span),
                origin=ship_point.origin,
            )


def _labels(ship_point: ShipPoint, act: Act, here: str, there: str) -> Iterator[Label]:
    seen: set[Span] = {act.place}
    led = act.place != act.span and act.kind != "build"
    yield Label(act.place, f"leads to `{act.text}`" if led else here, primary=True)
    places: list[tuple[Span | None, str]] = []
    if act.kind != "build":
        places.append((ship_point.span, "shipped by this call"))
        places += [(step.span, f"calls `{step.text}`") for step in act.path]
        places += [(act.span, here)] if led else []
        places += [(act.other, there)] if there else []
    for span, text in places:
        if span is not None and span not in seen:
            seen.add(span)
            yield Label(span, text)


def _notes(ship_point: ShipPoint, act: Act) -> Iterator[str]:
    if act.path:
        path = (ship_point.function, *(step.text for step in act.path), act.text)
        yield f"path: {' -> '.join(path)}"


def who(ship_point: ShipPoint, act: Act) -> str:
    """Who does it, as the subject of a sentence: the shipped function, or a helper of it."""
    if act.path:
        return f"{subject(ship_point)} calls `{act.path[0].text}`, which"
    return subject(ship_point)
