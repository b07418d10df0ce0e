"""Silences all that is found at once, by comments."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from sparkguard import engine
from sparkguard.config import Config
from sparkguard.engine import Progress
from sparkguard.fixer import Change, Fixed, around, edited, written
from sparkguard.silence import can_be_silenced, silencing
from sparkguard.source.text import SourceText, UnreadableSource, decode, read_bytes


def ignore_all(
    paths: Sequence[str | Path], config: Config, reason: str, progress: Progress | None = None
) -> Fixed:
    """Write a comment for each finding that one can silence; nothing is written to disk.

    Args:
        paths: Files and folders.
        config: The settings.
        reason: What the comments say about why.
        progress: Told of each file that is checked.

    Returns:
        The changes, how many findings of each rule they silence, and the findings that are left.
    """
    found = engine.check(paths, config, progress=progress).diagnostics
    read = dict(_read({each.primary.span.path for each in found if can_be_silenced(each.code)}))
    texts = {name: source for name, (source, _) in read.items()}
    before = {name: written(source, data) for name, (source, data) in read.items()}
    after = dict(before)
    for each in found:
        name = each.primary.span.path
        if name in texts and can_be_silenced(each.code):
            # comments make lines longer and move none: all places of findings stay right
            edits = islice(silencing(each, around(texts[name], each), reason), 1)
            after[name], texts[name] = edited(texts[name], after[name], edits)
    result = engine.check(paths, config, changed=texts, progress=progress)
    counts = Counter(each.code for each in found) - Counter(e.code for e in result.diagnostics)
    changes = (
        Change(source.path, name, data, before[name], after[name])
        for name, (source, data) in sorted(read.items())
        if before[name] != after[name]
    )
    return Fixed(result, tuple(changes), counts)


def _read(names: set[str]) -> Iterator[tuple[str, tuple[SourceText, bytes]]]:
    """The files that can be rewritten, with their bytes."""
    for name in names:
        with contextlib.suppress(UnreadableSource):
            data = read_bytes(Path(name))
            yield name, (decode(data, Path(name), name), data)
