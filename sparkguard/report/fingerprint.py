"""What a finding is known by from one run to the next, wherever its lines have moved."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

from sparkguard.diagnostic import Diagnostic


def fingerprints(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """A name for each finding, made of the rule, the file, the function and the captured path.

    Lines, columns and cells have no part in it. What is alike in all of it is counted in order,
    so that every name stands for one finding.
    """
    seen: Counter[str] = Counter()
    for diagnostic in diagnostics:
        alike = _alike(diagnostic)
        seen[alike] += 1
        yield _digest([alike, seen[alike]])


def _alike(diagnostic: Diagnostic) -> str:
    shipped, captured = diagnostic.ship_point, diagnostic.capture
    what = [shipped.api, shipped.function] if shipped else []
    what += captured.path if captured else [diagnostic.message]
    return _digest([diagnostic.code, diagnostic.primary.span.path, *what])


def _digest(parts: list[str | int]) -> str:
    """Of JSON, where no two lists of words are written alike, and which any file name fits into."""
    return sha256(json.dumps(parts).encode()).hexdigest()
