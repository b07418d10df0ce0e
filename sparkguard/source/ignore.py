"""Ignore patterns as git reads them, matched in linear time: a hostile pattern cannot hang a check.

Regular expressions made from whole patterns backtrack without end on `*a*a*a*a*a*b`. Here a path is
matched segment by segment, and a segment by `fnmatch`, whose translation does not backtrack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import translate
from functools import partial
from operator import itemgetter
from typing import NamedTuple

Matcher = Callable[[str], object]

_SPECIAL = re.compile(r"[*?\[\\]")


class Pattern(NamedTuple):
    """One line of an ignore file.

    Args:
        segments: What each part of a path must match; `None` is `**`, any number of parts.
        anywhere: Whether the one segment is matched with the last part, wherever that stands.
        negated: A leading `!`: what matches is taken back in.
        folders_only: A trailing `/`.
        name: What the last part of a path must be, where no other can match.
    """

    segments: tuple[Matcher | None, ...]
    anywhere: bool
    negated: bool
    folders_only: bool
    name: str | None = None

    def matches(self, parts: Sequence[str]) -> bool:
        """Whether the path matches, whatever it is."""
        if self.anywhere:
            return bool(self.segments[0] is None or self.segments[0](parts[-1]))
        first = self.segments[0]
        if first is not None and not first(parts[0]):
            return False
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


class Patterns:
    """The patterns of one ignore file, or of one setting; the last that matches decides.

    Args:
        patterns: The patterns in order.
    """

    def __init__(self, patterns: Iterable[Pattern] = ()) -> None:
        self._named: dict[str, list[tuple[int, Pattern]]] = {}
        self._others: list[tuple[int, Pattern]] = []
        for number, pattern in enumerate(patterns):
            name = pattern.name
            alike = self._others if name is None else self._named.setdefault(name, [])
            alike.append((number, pattern))
        others = [pattern for _, pattern in reversed(self._others)]
        self._of_files = tuple(pattern for pattern in others if not pattern.folders_only)
        self._of_folders = tuple(others)

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Patterns:
        """Read patterns in git's notation; blank lines and comments are passed over."""
        return cls(pattern for line in lines if (pattern := _parse(line)))

    def about(self, name: str, folder: bool) -> Sequence[Pattern]:
        """The patterns that may speak of something of this name, the last one first."""
        named = self._named.get(name)
        if named is None:
            return self._of_folders if folder else self._of_files
        both = sorted([*named, *self._others], key=itemgetter(0), reverse=True)
        return [pattern for _, pattern in both if folder or not pattern.folders_only]

    def verdict(self, parts: Sequence[str], folder: bool) -> bool | None:
        """Whether the path is ignored (`True`), taken back in (`False`), or not spoken of (`None`).

        Args:
            parts: The path relative to where the patterns stand.
            folder: Whether it is a folder.
        """
        return verdict(self.about(parts[-1], folder), parts)

    def covers(self, parts: Sequence[str]) -> bool:
        """Whether the file, or a folder above it, is ignored."""
        ends = range(1, len(parts) + 1)
        return any(self.verdict(parts[:end], folder=end < len(parts)) for end in ends)


def verdict(about: Iterable[Pattern], parts: Sequence[str]) -> bool | None:
    """What patterns say of a path, the last one first; see `Patterns.verdict`."""
    for pattern in about:
        if pattern.matches(parts):
            return not pattern.negated
    return None


def _parse(line: str) -> Pattern | None:
    line = line.rstrip("\r\n")
    body = line.rstrip(" ")
    body += " " * (body.endswith("\\") and body != line)
    negated = body.startswith("!")
    body = body[negated:]
    if not body.strip("/") or (body.startswith("#") and not negated):
        return None
    named = [segment for segment in body.split("/") if segment]
    anywhere = "/" not in body.rstrip("/")
    name = named[0] if anywhere and not _SPECIAL.search(named[0]) else None
    return Pattern(tuple(map(_matcher, named)), anywhere, negated, body.endswith("/"), name)


def _matcher(segment: str) -> Matcher | None:
    if segment == "**":
        return None
    if not _SPECIAL.search(segment):
        return segment.__eq__
    if segment.startswith("*") and not _SPECIAL.search(segment, 1):
        return partial(_ends, segment[1:])
    plain = re.sub(r"\\([^*?\[])", r"\1", segment)
    plain = re.sub(r"\\([*?\[])", r"[\1]", plain)
    return re.compile(translate(plain.replace("[^", "[!"))).match


def _ends(end: str, name: str) -> bool:
    return name.endswith(end)
