"""The findings that are accepted for now: a file with a line for each, which a check leaves out.

Its lines are sorted, and each stands for itself, so that two people's changes merge as text.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from sparkguard.config import ConfigError
from sparkguard.diagnostic import Diagnostic
from sparkguard.fingerprint import Identity, identity
from sparkguard.source.text import UnreadableSource, display_name, read_bytes

VERSION = 1
_HEADER = "sparkguard-baseline"
_MANY = 10**9


class Accepted(NamedTuple):
    """What a baseline makes of the findings of a check.

    Args:
        left: The findings that it does not hold.
        baselined: How many it holds.
        stale: Entries that stand for more findings than there are, and for how many more.
    """

    left: list[Diagnostic]
    baselined: int = 0
    stale: Mapping[Identity, int] = {}


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a baseline holds.

    Args:
        path: Its file.
        entries: How many findings are accepted, by what they are known by. Their paths are
            relative to the folder of the file, so that it holds wherever a check is started.
    """

    path: Path
    entries: Mapping[Identity, int] = field(default_factory=dict)

    def known(self, diagnostic: Diagnostic) -> Identity:
        """What a finding is known by in this file."""
        found = identity(diagnostic)
        return found._replace(path=_moved(found.path, os.curdir, self.path.parent))

    def shown(self, path: str) -> str:
        """The path of an entry as findings show it."""
        return _moved(path, self.path.parent, os.curdir)

    def with_findings(self, found: Iterable[Diagnostic]) -> Baseline:
        """This baseline with findings that are accepted as well."""
        more = Counter(map(self.known, found))
        return replace(self, entries=dict(Counter(self.entries) + more))

    def without(self, stale: Mapping[Identity, int]) -> Baseline:
        """This baseline without what is not found any more."""
        return replace(self, entries=dict(Counter(self.entries) - Counter(stale)))

    def accept(self, found: Iterable[Diagnostic], judged: Callable[[str, str], bool]) -> Accepted:
        """Leave out the findings that are accepted.

        Args:
            found: The findings, in the order in which equal ones are left out.
            judged: Whether a rule, by its code, had its say on the whole of a file. Of the rest no
                entry is called stale, unless the file is gone.
        """
        waiting = Counter(self.entries)
        left, count = [], 0
        for diagnostic in found:
            known = self.known(diagnostic)
            if waiting[known]:
                waiting[known] -= 1
                count += 1
            else:
                left.append(diagnostic)
        paths = {entry: self.shown(entry.path) for entry, short in waiting.items() if short}
        stale = {
            entry: waiting[entry]
            for entry, path in paths.items()
            if judged(path, entry.code) or not os.path.lexists(path)
        }
        return Accepted(left, count, stale)


def load(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        ConfigError: It is missing, is none, or is one of another version.
    """
    name = display_name(path)
    try:
        lines = read_bytes(path).decode("utf-8").splitlines()
    except UnreadableSource as error:
        raise ConfigError(f"{name}: {error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{name}: no baseline of sparkguard: it is not UTF-8") from None
    _require_version(name, lines[0] if lines else "")
    entries: dict[Identity, int] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        entry = _entry(_json(line))
        if entry is None:
            what = "a merge left open" if line[:7] in ("<" * 7, "=" * 7, ">" * 7) else "no entry"
            raise ConfigError(f"{name}: line {number} is {what}: mend it, or write it anew")
        known, count = entry
        entries[known] = max(count, entries.get(known, 0))  # a merge may leave both counts
    return Baseline(path, entries)


def lines(baseline: Baseline) -> Iterable[str]:
    """The lines of the file, sorted by path."""
    yield json.dumps({_HEADER: VERSION})
    for known, count in sorted(baseline.entries.items()):
        record = {name: value for name, value in known._asdict().items() if value}
        more = {"count": count} if count > 1 else {}
        yield json.dumps({**record, **more})


def _require_version(name: str, line: str) -> None:
    match _json(line):
        case {"sparkguard-baseline": int(version)} if version != VERSION:
            words = f"a baseline of version {version}, and this sparkguard reads {VERSION}"
        case {"sparkguard-baseline": int()}:
            return
        case _:
            words = "no baseline of sparkguard: its first line does not say so"
    raise ConfigError(f"{name}: {words}")


def _json(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _entry(record: object) -> tuple[Identity, int] | None:
    """An entry and its count; `None` where the line holds something else."""
    if not isinstance(record, dict) or not {"path", "code"} <= record.keys() <= _KNOWN:
        return None
    fields: dict[str, Any] = {"captured": [], **record}
    count, captured = fields.pop("count", 1), fields.pop("captured")
    if not isinstance(captured, list) or not isinstance(count, int) or not 0 < count < _MANY:
        return None
    if not all(isinstance(text, str) for text in [*fields.values(), *captured]):
        return None
    return Identity(**fields, captured=tuple(captured)), count


_KNOWN = {*Identity._fields, "count"}


def _moved(path: str, start: str | Path, folder: str | Path) -> str:
    """A path relative to one folder as one relative to another, with `/`."""
    try:
        return Path(os.path.relpath(Path(start) / path, folder)).as_posix()
    except ValueError:  # another drive, on Windows, or no path
        return path
