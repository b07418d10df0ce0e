"""Ignore patterns as git reads them, matched in linear time: a hostile pattern cannot hang a check.

Regular expressions made from whole patterns backtrack without end on `*a*a*a*a*a*b`. Here a path is
matched segment by segment, and a segment by `fnmatch`, whose translation does not backtrack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate

Matcher = Callable[[str], object]

_SPECIAL = re.compile(r"[*?\[\\]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of an ignore file.

    Args:
        segments: What each part of a path must match; `None` is `**`, any number of parts.
        anywhere: Whether the one segment is matched with the last part, wherever that stands.
        negated: A leading `!`: what matches is taken back in.
        folders_only: A trailing `/`.
    """

    segments: tuple[Matcher | None, ...]
    anywhere: bool
    negated: bool
    folders_only: bool

    def matches(self, parts: Sequence[str]) -> bool:
        """Whether the path matches, whatever it is."""
        if self.anywhere:
            return bool(self.segments[0] is None or self.segments[0](parts[-1]))
        states = self._past_stars({0})
        for part in parts:
            states = self._past_stars(set(self._after(states, part)))
        return len(self.segments) in states

    def _after(self, states: set[int], part: str) -> Iterable[int]:
        """The pattern as an automaton: a state is the number of segments that are behind."""
        for state in states - {len(self.segments)}:
            segment = self.segments[state]
            if segment is None:
                yield state
            if segment is None or segment(part):
                yield state + 1

    def _past_stars(self, states: set[int]) -> set[int]:
        """`**` matches no part as well, except at the end, where it means all that lies within."""
        for state, segment in enumerate(self.segments[:-1]):
            if segment is None and state in states:
                states.add(state + 1)
        return states


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of one ignore file, or of one setting; the last that matches decides."""

    patterns: tuple[Pattern, ...] = ()

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Patterns:
        """Read patterns in git's notation; blank lines and comments are passed over."""
        return cls(tuple(pattern for line in lines if (pattern := _parse(line))))

    def verdict(self, parts: Sequence[str], folder: bool) -> bool | None:
        """Whether the path is ignored (`True`), taken back in (`False`), or not spoken of (`None`).

        Args:
            parts: The path relative to where the patterns stand.
            folder: Whether it is a folder.
        """
        for pattern in reversed(self.patterns):
            if (folder or not pattern.folders_only) and pattern.matches(parts):
                return not pattern.negated
        return None

    def covers(self, parts: Sequence[str]) -> bool:
        """Whether the file, or a folder above it, is ignored."""
        ends = range(1, len(parts) + 1)
        return any(self.verdict(parts[:end], folder=end < len(parts)) for end in ends)


def _parse(line: str) -> Pattern | None:
    line = line.rstrip("\r\n")
    body = line.rstrip(" ")
    body += " " * (body.endswith("\\") and body != line)
    negated = body.startswith("!")
    body = body[negated:]
    if not body.strip("/") or (body.startswith("#") and not negated):
        return None
    segments = tuple(_matcher(segment) for segment in body.split("/") if segment)
    anywhere = "/" not in body.rstrip("/")
    return Pattern(segments, anywhere, negated, folders_only=body.endswith("/"))


def _matcher(segment: str) -> Matcher | None:
    if segment == "**":
        return None
    if not _SPECIAL.search(segment):
        return segment.__eq__
    plain = re.sub(r"\\([^*?\[])", r"\1", segment)
    plain = re.sub(r"\\([*?\[])", r"[\1]", plain)
    return re.compile(translate(plain.replace("[^", "[!"))).match
