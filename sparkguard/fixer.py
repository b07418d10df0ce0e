"""Applies fixes, checks again, until nothing changes; files are written only when asked to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from pathlib import Path

from sparkguard import engine
from sparkguard.config import Config
from sparkguard.diagnostic import Applicability, Diagnostic, Edit, Position
from sparkguard.engine import Progress
from sparkguard.report.output import replaced
from sparkguard.result import CheckResult, Problem
from sparkguard.source.syntax import is_python
from sparkguard.source.text import (
    SourceText,
    UnreadableSource,
    decode,
    encoding_of,
    read_bytes,
    reason,
    split_keeping,
)

ROUNDS = 50
"""How often a check is made anew; each round applies every fix that overlaps no other."""

_ASSIGNED = re.compile(r"^\s*(\w+) = ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Change:
    """A file that fixes change: its bytes as they were read, and its text before and after."""

    path: Path
    name: str
    read: bytes
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """What came of fixing.

    Args:
        result: The findings that are left.
        changes: The files that are not what they were, in the order of their names.
        counts: How many findings of each rule were fixed.
    """

    result: CheckResult
    changes: tuple[Change, ...]
    counts: Counter[str]


@dataclass(slots=True)
class _Work:
    """The texts as they are by now, by the name of the file, and what was not taken."""

    read: dict[str, bytes] = field(default_factory=dict)
    before: dict[str, SourceText] = field(default_factory=dict)
    after: dict[str, SourceText] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    refused: set[Diagnostic] = field(default_factory=set)


def fix(
    paths: Iterable[str | Path],
    config: Config,
    least: Applicability = Applicability.SAFE,
    progress: Progress | None = None,
    texts: Mapping[str, SourceText] | None = None,
) -> Fixed:
    """Apply every fix that is at least this safe; nothing is written.

    Args:
        paths: Files and folders.
        config: The settings.
        least: What a fix must be at least.
        progress: Told of each file that is checked.
        texts: Texts that are fixed instead of what stands in the files of these names.
    """
    unsaved = dict(texts or {})
    work, given = _Work(dict.fromkeys(unsaved, b""), unsaved, {**unsaved}), list(paths)
    for _ in range(ROUNDS):
        result = engine.check(given, config, changed=work.after, progress=progress)
        applied = [_apply(work, name, found) for name, found in _fixable(work, result, least)]
        if not any(applied):
            break
    changes = (
        Change(old.path, name, work.read[name], old.text, work.after[name].text)
        for name, old in sorted(work.before.items())
        if work.after[name].text != old.text
    )
    return Fixed(result, tuple(changes), work.counts)


def write(changes: Iterable[Change]) -> Iterator[Problem]:
    """Write the files, each whole or not at all; one that is not what was read is left alone.

    Yields:
        Why a file was not written.
    """
    for change in changes:
        try:
            if read_bytes(change.path) != change.read:
                yield Problem(change.name, "changed on disk meanwhile, so it was not fixed")
                continue
            with replaced(change.path, encoding_of(change.read)) as out:
                out.write(change.after)
        except UnicodeEncodeError as error:
            yield Problem(change.name, f"not fixed: {error.encoding} cannot hold the result")
        except UnreadableSource as error:
            yield Problem(change.name, f"not fixed: {error}")
        except OSError as error:
            yield Problem(change.name, f"not fixed: {reason(error)}")


def diff(changes: Iterable[Change]) -> Iterator[str]:
    """The lines of a unified diff of all changes, as `patch` reads them."""
    for change in changes:
        before, after = (
            [line for line in split_keeping(text) if line] for text in (change.before, change.after)
        )
        for line in unified_diff(before, after, change.name, change.name):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits made that do not overlap; new lines end as those of the text do."""
    lines = split_keeping(text)
    end = next((line[len(line.rstrip("\r\n")) :] for line in lines), "") or "\n"
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    parts, at = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        parts += [text[at : _offset(starts, edit.span.start)], edit.text.replace("\n", end)]
        at = _offset(starts, edit.span.end)
    return "".join([*parts, text[at:]])


def _offset(starts: Sequence[int], position: Position) -> int:
    return starts[position.line - 1] + position.column - 1


def _fixable(
    work: _Work, result: CheckResult, least: Applicability
) -> Iterator[tuple[str, list[Diagnostic]]]:
    """The findings of each file whose fixes can be made at once; what overlaps waits."""
    found: dict[str, list[Diagnostic]] = {}
    for diagnostic in result.diagnostics:
        fix = diagnostic.fix
        if fix is None or fix.applicability < least or diagnostic in work.refused:
            continue
        places = {(edit.span.path, edit.span.cell) for edit in fix.edits}
        taken = found.setdefault(diagnostic.primary.span.path, [])
        if places == {(diagnostic.primary.span.path, None)} and not _overlaps(diagnostic, taken):
            taken.append(diagnostic)
    yield from ((name, diagnostics) for name, diagnostics in found.items() if diagnostics)


def _overlaps(diagnostic: Diagnostic, taken: Iterable[Diagnostic]) -> bool:
    others = [edit for other in taken for edit in _edits(other)]
    return any(
        (edit.span.start <= other.span.end and other.span.start <= edit.span.end)
        or not _new_names(edit).isdisjoint(_new_names(other))
        for edit in _edits(diagnostic)
        for other in others
    )


def _new_names(edit: Edit) -> set[str]:
    """The names that a new line gives a value: two fixes that give one name two values wait."""
    return set(_ASSIGNED.findall(edit.text)) if edit.span.start == edit.span.end else set()


def _edits(diagnostic: Diagnostic) -> tuple[Edit, ...]:
    return diagnostic.fix.edits if diagnostic.fix else ()


def _apply(work: _Work, name: str, diagnostics: Sequence[Diagnostic]) -> bool:
    """Whether the text of a file is another now; fixes that break it are not tried again."""
    try:
        source = work.after.get(name) or _read(work, name)
    except UnreadableSource:
        return False
    text = apply(source.text, (edit for each in diagnostics for edit in _edits(each)))
    if not is_python(text):
        work.refused.update(diagnostics)
        return False
    work.after[name] = replace(source, text=text)
    work.counts.update(each.code for each in diagnostics)
    return True


def _read(work: _Work, name: str) -> SourceText:
    work.read[name] = read_bytes(Path(name))
    work.before[name] = decode(work.read[name], Path(name), name)
    return work.before[name]
