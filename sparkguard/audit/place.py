"""Where the walk through the findings stands after they were found anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sparkguard.diagnostic import Diagnostic
from sparkguard.fingerprint import identity


def moved(passed: Sequence[Diagnostic], found: Sequence[Diagnostic]) -> int:
    """How many findings at the front of a new list were passed before.

    Findings are known by what stays when their lines move. A new one that stands among those that
    were passed ends the count, so that nobody walks past it.

    Args:
        passed: The findings that the walk had behind it.
        found: The new list.
    """
    behind = Counter(map(identity, passed))
    for number, diagnostic in enumerate(found):
        known = identity(diagnostic)
        if not behind[known]:
            return number
        behind[known] -= 1
    return len(found)
