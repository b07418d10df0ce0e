"""The words of a finding about a capture: its three places, its path, and Spark's own refusal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sparkguard.diagnostic import Captured, Diagnostic, Label, ShippedBy, Span
from sparkguard.model import Capture, Rule, ShipPoint, Step
from sparkguard.pyspark_api import DriverOnly

_NAMED = 3


def finding(
    rule: Rule,
    ship_point: ShipPoint,
    capture: Capture,
    *,
    message: str,
    kind: DriverOnly,
    held: str,
    cure: str,
) -> Diagnostic:
    """A diagnostic for something that cannot leave the driver.

    Args:
        rule: The rule that it belongs to.
        ship_point: The call that ships.
        capture: What travels.
        message: The sentence at the top.
        kind: What the type of the captured thing is.
        held: The words under the place where it was bound.
        cure: The help line.
    """
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        message=message,
        labels=tuple(_labels(ship_point, capture, held)),
        notes=tuple(_notes(ship_point, capture, kind)),
        help=f"{cure}; `sparkguard explain {rule.code}`",
        ship_point=ShippedBy(ship_point.api, ship_point.function, ship_point.span),
        capture=Captured(path_texts(ship_point, capture), capture.type, capture.bytes),
        origin=ship_point.origin,
    )


def subject(ship_point: ShipPoint) -> str:
    """The shipped function as the subject of a sentence."""
    return "the lambda" if ship_point.function == "<lambda>" else f"`{ship_point.function}`"


def path_texts(ship_point: ShipPoint, capture: Capture) -> tuple[str, ...]:
    """The capture path in words, the function first."""
    return (ship_point.function, *(step.text for step in capture.path))


def reached(path: Sequence[Step], base: str = "") -> str:
    """The end of a path as the user would write it, in backticks: `spark`, `tables['codes']`.

    Args:
        path: The steps.
        base: What stands before the first of them.
    """
    tail = ""
    for number in range(len(path), 0, -1):
        step = path[number - 1]
        if step.text.endswith("="):
            holder = "default of" if step.kind == "default" else "argument"
            return f"the {holder} `{step.text.rstrip('=')}{tail}`"
        if not step.text.startswith((".", "[")):
            return f"`{step.text}{tail}`{_read_by(path[: number - 1])}"
        tail = step.text + tail
    return f"`{base}{tail}`"


def _read_by(path: Sequence[Step]) -> str:
    """Which method of a class that travels whole reads the end of a path."""
    if path and path[-1].kind == "attribute":
        return f" (read by `{path[-1].text}`)"
    return ""


def root(ship_point: ShipPoint, capture: Capture) -> str:
    """The outermost object of the user's that holds what travels: `self` of `self.repo.spark`."""
    return reached(capture.path[: capture.entered], ship_point.function)


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: "`a`, `b` and 2 more"."""
    shown = list(names[:_NAMED])
    rest = len(names) - len(shown)
    if rest:
        shown.append(f"{rest} more")
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]


def _labels(ship_point: ShipPoint, capture: Capture, held: str) -> Iterator[Label]:
    texts = path_texts(ship_point, capture)
    first = texts[0 if capture.entered == 0 else 1].rstrip("=")
    seen: set[Span] = {capture.span}
    yield Label(capture.span, f"`{_named_at(capture, first)}` is captured here", primary=True)
    for span, text in [
        (ship_point.span, "shipped by this call"),
        *_on_the_way(ship_point, capture),
        (capture.bound_at, held),
    ]:
        if span is not None and span not in seen:
            seen.add(span)
            yield Label(span, text)


def _named_at(capture: Capture, first: str) -> str:
    here = [step.text for step in capture.path if step.span == capture.span]
    return here[0] if here else first


def _on_the_way(ship_point: ShipPoint, capture: Capture) -> Iterator[tuple[Span, str]]:
    texts = path_texts(ship_point, capture)
    for before, step in zip(texts, capture.path, strict=False):
        if step.span is not None:
            reader = "the lambda" if before == "<lambda>" else f"`{before}`"
            yield step.span, f"{reader} reads `{step.text}`"


def _notes(ship_point: ShipPoint, capture: Capture, kind: DriverOnly) -> Iterator[str]:
    path = " -> ".join(path_texts(ship_point, capture))
    yield f"path: {path} ({(capture.type or '').rpartition('.')[2]})"
    refusing = [target for target in ship_point.targets if target in kind.refusals]
    words = capture.refusal or kind.refusals[refusing[0]]
    yield f"Spark will say: {words}"
    if len(refusing) < len(ship_point.targets):
        yield f"only on: {', '.join(refusing)}"
