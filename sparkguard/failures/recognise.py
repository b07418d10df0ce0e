"""From the text of an error to the failure it speaks of; a pure function."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sparkguard.failures.frames import Frame, frames, has_frames
from sparkguard.failures.measured import rules_for
from sparkguard.failures.table import FAILURES, PICKLING, Failure

_UNPICKLABLE = (
    re.compile(r"Could not serialize (?:object|broadcast): "),
    re.compile(r"\bcan(?:not|'t) pickle\b|\bbe pickled\b|\bPicklingError: ", re.IGNORECASE),
)
"""What says that something cannot be pickled, the more telling words first."""
_AROUND = 300
_ERROR = re.compile(r"^Traceback \(most recent|\b\w*(?:Error|Exception)\b|\[[A-Z_]{8,}\]", re.M)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a text speaks of.

    Args:
        said: The line of the text that shows it.
        means: What happened, in one sentence.
        likely: What is probably meant, and what to do.
        rules: The codes of the rules that it may be, the likeliest first; none where no rule is
            about it.
        frames: The places in files of the user's that the text names, in its order.
    """

    said: str
    means: str
    likely: str
    rules: tuple[str, ...]
    frames: tuple[Frame, ...]


def recognise(text: str) -> Recognised | None:
    """The failure that a message, a traceback or a driver's log speaks of.

    Args:
        text: Any text.

    Returns:
        `None` where it speaks of none that is known here.
    """
    traced = has_frames(text)
    for failure in FAILURES:
        shown = re.search(failure.pattern, text)
        if shown and _fits(failure, text, traced):
            told = (failure.means, failure.likely, failure.rules)
            return Recognised(_line(text, shown), *told, tuple(frames(text)))
    return _unpicklable(text, traced)


def is_error(text: str) -> bool:
    """Whether the text speaks of an error at all."""
    return _ERROR.search(text) is not None


def _fits(failure: Failure, text: str, traced: bool) -> bool:
    if failure.unless and re.search(failure.unless, text):
        return False
    return _in_order(failure.needs, text) and not (
        traced and failure.amid and not re.search(failure.amid, text)
    )


def _in_order(needs: Iterable[str], text: str) -> bool:
    end = 0
    for each in needs:
        found = re.compile(each).search(text, end)
        if not found:
            return False
        end = found.end()
    return True


def _unpicklable(text: str, traced: bool) -> Recognised | None:
    """What a pickler refused, by the tables of what is known to be refused in which words."""
    if traced and not re.search(PICKLING, text):
        return None  # another pickler than Spark's
    shown = next(filter(None, (words.search(text) for words in _UNPICKLABLE)), None)
    if not shown:
        return None
    said = _line(text, shown)
    means = "a function for the workers takes along something that cannot be pickled"
    likely = "make it inside the function, on the worker, and capture what it is made from"
    rules = rules_for(said.partition("Could not serialize object: ")[2] or said)
    return Recognised(said, means, likely, rules, tuple(frames(text)))


def _line(text: str, shown: re.Match[str]) -> str:
    """The line that shows it, or what stands around it where a log has all in one line."""
    start = text.rfind("\n", 0, shown.start()) + 1
    end = text.find("\n", shown.end())
    whole = text[start : end if end >= 0 else None]
    before = max(0, shown.start() - start - _AROUND)
    return whole[before : shown.end() - start + _AROUND].strip()
