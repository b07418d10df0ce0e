"""The words of a finding about a capture: its three places, its path, and Spark's own refusal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sparkguard.diagnostic import Captured, Diagnostic, Fix, Label, ShippedBy, Span
from sparkguard.model import PROBED, Capture, Refused, Rule, ShipPoint, Step

Place = tuple[Span | None, str]
"""Where something is, and the words under it."""
_NAMED = 3
_VERBS = {"import": "imports", "run": "calls"}


def finding(
    rule: Rule,
    ship_point: ShipPoint,
    capture: Capture,
    *,
    message: str,
    cure: str,
    refused: Refused | None = None,
    fix: Fix | None = None,
    here: str = "",
    more: Sequence[Place] = (),
    notes: Sequence[str] = (),
) -> Diagnostic:
    """A diagnostic for something that travels, or is refused.

    Args:
        rule: The rule that it belongs to.
        ship_point: The call that ships.
        capture: What travels.
        message: The sentence at the top.
        cure: The help line.
        refused: What is known of the captured thing, where Spark refuses it.
        fix: Edits that mend it, where they are known.
        here: The words under the reported place, where they are not the usual ones.
        more: Other places and the words under them.
        notes: Lines after that of the path.
    """
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        message=message,
        labels=tuple(_labels(ship_point, capture, refused, here, more)),
        notes=(*_notes(ship_point, capture, refused), *notes),
        help=f"{cure}; `sparkguard explain {rule.code}`",
        fix=fix,
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


def place(
    rule: Rule, ship_point: ShipPoint, span: Span, *, message: str, cure: str, here: str
) -> Diagnostic:
    """A diagnostic for a place of the shipped code that captures nothing.

    Args:
        rule: The rule that it belongs to.
        ship_point: The call that ships.
        span: The place.
        message: The sentence at the top.
        cure: The help line.
        here: The words under the place.
    """
    shipped = "probed here" if ship_point.api == PROBED else "shipped by this call"
    labels = [Label(span, here, primary=True)]
    labels += [Label(ship_point.span, shipped)] if ship_point.span != span else []
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        message=message,
        labels=tuple(labels),
        help=f"{cure}; `sparkguard explain {rule.code}`",
        ship_point=ShippedBy(ship_point.api, ship_point.function, ship_point.span),
        origin=ship_point.origin,
    )


def _labels(
    ship_point: ShipPoint,
    capture: Capture,
    refused: Refused | None,
    here: str,
    more: Sequence[Place],
) -> Iterator[Label]:
    seen: set[Span] = {capture.span}
    yield Label(capture.span, here or _here(ship_point, capture), primary=True)
    for span, text in [
        (ship_point.span, "probed here" if ship_point.api == PROBED else "shipped by this call"),
        *_on_the_way(ship_point, capture),
        *more,
        (capture.bound_at, _bound(capture, refused)),
    ]:
        if span is not None and span not in seen:
            seen.add(span)
            yield Label(span, text)


def _here(ship_point: ShipPoint, capture: Capture) -> str:
    texts = path_texts(ship_point, capture)
    match capture.path[0].kind:
        case "run":
            return f"`{texts[1]}` is called here"
        case "import":
            return f"makes workers import `{texts[1]}`"
    first = texts[0 if capture.entered == 0 else 1].rstrip("=")
    return f"`{_named_at(capture, first)}` is captured here"


def _bound(capture: Capture, refused: Refused | None) -> str:
    by = f"held by every `{capture.holder}`" if capture.holder else "bound here"
    known = refused or capture.cargo
    return f"{known.noun}, {by}" if known else by


def _named_at(capture: Capture, first: str) -> str:
    here = [step.text for step in capture.path if step.span == capture.span]
    return here[0] if here else first


def _on_the_way(ship_point: ShipPoint, capture: Capture) -> Iterator[tuple[Span, str]]:
    texts = path_texts(ship_point, capture)
    for before, step in zip(texts, capture.path, strict=False):
        if step.span is not None:
            reader = "the lambda" if before == "<lambda>" else f"`{before}`"
            yield step.span, f"{reader} {_VERBS.get(step.kind, 'reads')} `{step.text}`"


def _notes(ship_point: ShipPoint, capture: Capture, refused: Refused | None) -> Iterator[str]:
    path = " -> ".join(path_texts(ship_point, capture))
    kind = f" ({capture.type.rpartition('.')[2]})" if capture.type else ""
    yield f"path: {path}{kind}"
    if refused is None:
        return
    refusing = [target for target in ship_point.targets if target in refused.refusals]
    words = capture.refusal or refused.refusals[refusing[0]]
    yield words if refused.family == "own" else f"Spark will say: {words}"
    if len(refusing) < len(ship_point.targets):
        yield f"only on: {', '.join(refusing)}"
