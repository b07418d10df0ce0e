"""What a finding is known by from one run to the next, wherever its lines have moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sparkguard.diagnostic import Diagnostic


class Identity(NamedTuple):
    """All of a finding that stays when its lines move; findings may be alike in all of it.

    Args:
        path: The file.
        code: The rule's code.
        api: The call that ships, for rules about closures.
        captured: The shipped function, and the steps to what travels with it.
        message: What was said, where nothing is captured.
    """

    path: str
    code: str
    api: str = ""
    captured: tuple[str, ...] = ()
    message: str = ""


def identity(diagnostic: Diagnostic) -> Identity:
    """What a finding is known by; lines, columns and cells have no part in it."""
    shipped, captured = diagnostic.ship_point, diagnostic.capture
    return Identity(
        path=diagnostic.primary.span.path,
        code=diagnostic.code,
        api=shipped.api if shipped else "",
        captured=captured.path if captured else (),
        message="" if captured else diagnostic.message,
    )


def fingerprints(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """A name for each finding, made of its identity.

    What is alike in all of it is counted in order, so that every name stands for one finding.
    """
    seen: Counter[Identity] = Counter()
    for diagnostic in diagnostics:
        known = identity(diagnostic)
        seen[known] += 1
        function = [diagnostic.ship_point.function] if diagnostic.ship_point else []
        what = [known.api, *function] if known.api else []
        what += known.captured or [known.message]
        yield _digest([_digest([known.code, known.path, *what]), seen[known]])


def _digest(parts: list[str | int]) -> str:
    """Of JSON, where no two lists of words are written alike, and which any file name fits into."""
    import json
    from hashlib import sha256

    return sha256(json.dumps(parts).encode()).hexdigest()
