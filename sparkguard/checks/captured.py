"""One finding for each place of the shipped code that names something which Spark refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from sparkguard import pyspark_api as api
from sparkguard.checks.finding import finding, listed, reached, root, subject
from sparkguard.checks.fixes import fix
from sparkguard.diagnostic import Diagnostic, Severity, Span
from sparkguard.model import Capture, Family, Refused, Rule, ShipPoint, Step

Matches = Callable[[ShipPoint, Capture, Refused], bool]
_Members = list[tuple[Capture, Refused]]


def rule(code: str, name: str, summary: str, matches: Matches, *, cannot: str, cure: str) -> Rule:
    """A rule about what travels with a function and must not.

    Args:
        code: The rule's code.
        name: The rule's name.
        summary: What it finds.
        matches: Whether a capture that Spark refuses at a ship point is this rule's.
        cannot: What the captured thing cannot do, as the end of a sentence.
        cure: The help line, where the captured type has none of its own.
    """
    made = Rule(code, name, Severity.ERROR, summary, None, since="0.1.0")
    return replace(made, check=partial(_check, made, matches=matches, cannot=cannot, cure=cure))


def named(*families: Family) -> Matches:
    """Captures of these families that the code names itself: no object of the user's holds them."""
    return lambda point, capture, refused: refused.family in families and not capture.holder


def _check(
    rule: Rule, ship_point: ShipPoint, *, matches: Matches, cannot: str, cure: str
) -> Iterator[Diagnostic]:
    for members in _by_place(ship_point, matches):
        capture, refused = members[0]
        yield finding(
            rule,
            ship_point,
            capture,
            message=_message(ship_point, members, cannot),
            refused=refused,
            cure=refused.cure or cure.format(noun=refused.noun),
            fix=fix(ship_point, capture),
        )


def _by_place(ship_point: ShipPoint, matches: Matches) -> Iterable[_Members]:
    """What Spark refuses and a rule speaks of, by the place that names it.

    The calls that one function makes are one finding, at the first of them.
    """
    places: dict[Span | tuple[Step, ...], _Members] = {}
    for capture in ship_point.captures:
        refused = capture.refused
        if refused and _is_refused(ship_point, refused) and matches(ship_point, capture, refused):
            runs = capture.path[-1].kind == "run"
            place = capture.path[:-1] if runs else capture.span
            places.setdefault(place, []).append((capture, refused))
    return places.values()


def _is_refused(ship_point: ShipPoint, refused: Refused) -> bool:
    if ship_point.api in api.REBINDING and refused.family in ("session", "dataframe"):
        return False
    return not refused.refusals.keys().isdisjoint(ship_point.targets)


def _message(ship_point: ShipPoint, members: _Members, cannot: str) -> str:
    capture, refused = members[0]
    who = subject(ship_point)
    if capture.path[-1].kind == "run":
        return f"{who} {_calls(capture, members)} on the driver only"
    if capture.holder:
        held = [one for one, _ in members if one.holder]
        owners = _unlike(root(ship_point, one) for one in held)
        names = _unlike(reached(one.path, ship_point.function) for one in held)
        whole = f"ships all of {listed(owners)}" if capture.entered else "is shipped whole"
        return f"{who} {whole}, and {listed(names)} {cannot}"
    names = _unlike(reached(one.path) for one, _ in members if not one.holder)
    what = listed(names) + (f", {refused.noun}" if len(names) == 1 else "")
    return f"{who} ships {what}, which {cannot}"


def _calls(capture: Capture, members: _Members) -> str:
    """What the workers call, and whether one thing or several work elsewhere."""
    names = _unlike(f"`{one.path[-1].text}`" for one, _ in members)
    one = len(names) == 1
    imports = [step.text for step in capture.path if step.kind == "import"]
    if imports:
        calls = "call of" if one else "calls of"
        works = "works" if one else "work"
        return f"makes workers import `{imports[-1]}`, whose {calls} {listed(names)} {works}"
    first = capture.path[0].text
    by = f"`{first}`, hence " if len(capture.path) > 1 else ""
    what = f", {members[0][1].noun}, which works" if one else ", which work"
    return f"calls {by}{listed(names)}{what}"


def _unlike(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
