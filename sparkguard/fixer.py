"""Applies fixes, checks again, until nothing changes; files are written only when asked to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

from msgspec.structs import replace

from sparkguard import engine
from sparkguard.config import Config
from sparkguard.diagnostic import Applicability, Diagnostic, Edit, Fix, Position
from sparkguard.engine import Progress
from sparkguard.report.output import replaced
from sparkguard.result import CheckResult, Problem
from sparkguard.source.cells import with_sources
from sparkguard.source.notebook import read_notebook
from sparkguard.source.syntax import is_python
from sparkguard.source.text import (
    NOTEBOOK,
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
    """The files as they are by now, by their names, and what was not taken."""

    read: dict[str, bytes] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    sources: dict[str, SourceText] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    refused: set[Diagnostic] = field(default_factory=set)


def fix(
    paths: Iterable[str | Path],
    config: Config,
    least: Applicability = Applicability.SAFE,
    progress: Progress | None = None,
    texts: Mapping[str, SourceText] | None = None,
    *,
    rounds: int = ROUNDS,
) -> Fixed:
    """Apply every fix that is at least this safe; nothing is written.

    Args:
        paths: Files and folders.
        config: The settings.
        least: What a fix must be at least.
        progress: Told of each file that is checked.
        texts: Texts that are fixed instead of what stands in the files of these names.
        rounds: How often a check is made anew, at most.
    """
    unsaved = dict(texts or {})
    before = {name: source.text for name, source in unsaved.items()}
    work = _Work(dict.fromkeys(unsaved, b""), before, {**before}, unsaved)
    given = list(paths)
    for _ in range(rounds):
        result = engine.check(given, config, changed=work.sources, progress=progress)
        if not _apply(work, dict(_fixable(work, result, least))):
            break
    changes = (
        Change(work.sources[name].path, name, work.read[name], before, work.after[name])
        for name, before in sorted(work.before.items())
        if work.after[name] != before
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


def written(source: SourceText, data: bytes) -> str:
    """What stands in a file, as people or a notebook's editor wrote it.

    Args:
        source: The file as it is checked.
        data: Its bytes.
    """
    return data.decode(encoding_of(data)) if source.path.suffix == NOTEBOOK else source.text


def around(source: SourceText, finding: Diagnostic) -> str:
    """What is written around a finding: the file, or its cell of a notebook."""
    in_cell = source.path.suffix == NOTEBOOK
    return source.shown(finding.primary.span.cell) if in_cell else source.text


def edited(source: SourceText, before: str, edits: Iterable[Edit]) -> tuple[str, SourceText]:
    """A file with edits made that do not overlap, as it is written and as it is checked.

    Args:
        source: The file as it is checked.
        before: What stands in it; of a notebook, its JSON.
        edits: Edits of this file, which name the cell where it is a notebook.
    """
    if source.path.suffix != NOTEBOOK:
        text = apply(before, edits)
        return text, replace(source, text=text)
    cells: dict[int, list[Edit]] = {}
    for edit in edits:
        cells.setdefault(edit.span.cell or 0, []).append(edit)
    sources = {cell: apply(source.shown(cell), some) for cell, some in cells.items()}
    text = with_sources(before, sources)
    return text, read_notebook(text, source.path, source.name)


def _offset(starts: Sequence[int], position: Position) -> int:
    return starts[position.line - 1] + position.column - 1


def _fixable(
    work: _Work, result: CheckResult, least: Applicability
) -> Iterator[tuple[Diagnostic, Fix]]:
    """The findings whose fixes can be made at once; what overlaps waits."""
    taken: list[Edit] = []
    for diagnostic in result.diagnostics:
        fix = diagnostic.fix
        if fix is None or fix.applicability < least or diagnostic in work.refused:
            continue
        known = {edit.span.path for edit in fix.edits} <= result.names
        if known and not _overlaps(fix.edits, taken):
            taken += fix.edits
            yield diagnostic, fix


def _overlaps(edits: Iterable[Edit], others: Sequence[Edit]) -> bool:
    return any(
        edit.span.where == other.span.where
        and (
            (edit.span.start <= other.span.end and other.span.start <= edit.span.end)
            or not _new_names(edit).isdisjoint(_new_names(other))
        )
        for edit in edits
        for other in others
    )


def _new_names(edit: Edit) -> set[str]:
    """The names that a new line gives a value: two fixes that give one name two values wait."""
    return set(_ASSIGNED.findall(edit.text)) if edit.span.start == edit.span.end else set()


def _apply(work: _Work, fixes: Mapping[Diagnostic, Fix]) -> bool:
    """Whether a file is another now, or one of the fixes will not be tried again."""
    edits: dict[str, list[Edit]] = {}
    for fix in fixes.values():
        for edit in fix.edits:
            edits.setdefault(edit.span.path, []).append(edit)
    broken = {name for name, some in edits.items() if not _is_taken(work, name, some)}
    for diagnostic, fix in fixes.items():
        if not broken.isdisjoint(edit.span.path for edit in fix.edits):
            work.refused.add(diagnostic)
    kept = {found: fix for found, fix in fixes.items() if found not in work.refused}
    if broken:
        return _apply(work, kept) or bool(fixes)
    for name, some in edits.items():
        source, text = work.sources[name], work.after[name]
        work.after[name], work.sources[name] = edited(source, text, some)
    work.counts.update(diagnostic.code for diagnostic in fixes)
    return bool(fixes)


def _is_taken(work: _Work, name: str, edits: Sequence[Edit]) -> bool:
    """Whether a file can be read and edited, and is Python then as far as it was."""
    try:
        if name not in work.before:
            _read(work, name)
        before, after = work.sources[name], edited(work.sources[name], work.after[name], edits)[1]
    except UnreadableSource:
        return False
    return is_sound(before, after)


def is_sound(before: SourceText, after: SourceText) -> bool:
    """Whether an edited file is Python as far as it was."""
    return is_python(after.text) and len(after.unparsed) <= len(before.unparsed)


def _read(work: _Work, name: str) -> None:
    data = read_bytes(Path(name))
    source = decode(data, Path(name), name)
    work.read[name], work.sources[name] = data, source
    work.before[name] = work.after[name] = written(source, data)
