"""Silences all that is found at once, by comments."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sparkguard import engine
from sparkguard.config import Config
from sparkguard.diagnostic import Diagnostic
from sparkguard.engine import Progress
from sparkguard.fixer import Change, Fixed
from sparkguard.silence import can_be_silenced, silenced
from sparkguard.source.text import NOTEBOOK, SourceText, UnreadableSource, decode, read_bytes


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
    for each in found:
        name = each.primary.span.path
        if name in texts and can_be_silenced(each.code):
            texts[name] = _silenced(texts[name], each, reason)
    result = engine.check(paths, config, changed=texts, progress=progress)
    counts = Counter(each.code for each in found) - Counter(e.code for e in result.diagnostics)
    changes = (
        Change(source.path, name, data, source.text, texts[name].text)
        for name, (source, data) in sorted(read.items())
        if texts[name].text != source.text
    )
    return Fixed(result, tuple(changes), counts)


def _silenced(source: SourceText, finding: Diagnostic, reason: str) -> SourceText:
    """Comments make lines longer and move none, so that all places of findings stay right."""
    text = next(silenced(source, finding, reason), source.text)
    return replace(source, text=text)


def _read(names: set[str]) -> Iterator[tuple[str, tuple[SourceText, bytes]]]:
    """The files that can be rewritten, with their bytes."""
    for name in names:
        if name.endswith(NOTEBOOK):
            continue
        with contextlib.suppress(UnreadableSource):
            data = read_bytes(Path(name))
            yield name, (decode(data, Path(name), name), data)
