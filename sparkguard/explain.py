"""From an error to what the check finds at the places that its traceback names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sparkguard.config import load
from sparkguard.diagnostic import Diagnostic
from sparkguard.engine import check, common_folder
from sparkguard.failures import Frame, Recognised
from sparkguard.result import CheckResult
from sparkguard.source.text import UnreadableSource, display_name, read_source, split_lines

OWN = "SG108"
"""The rule whose types the settings name: whatever Spark said of them, it may be one."""
_FILES = 20
_FAR = 1_000_000


def error_text(words: str, stdin: BinaryIO) -> str:
    """What `-` or the name of a file stands for; other words stand for themselves.

    Raises:
        OSError: The file cannot be read.
    """
    if words == "-":
        return stdin.read().decode(errors="replace")
    if os.path.isfile(words):  # noqa: PTH113 - any text may stand here, and be no path at all
        return Path(words).read_text(encoding="utf-8", errors="replace")
    return words


def findings(recognised: Recognised) -> CheckResult:
    """What the check finds in the named files that are here, and that the error may stand for.

    Args:
        recognised: What the text of the error speaks of.

    Returns:
        The findings, the nearest to a named line first; `summary.files` is how many were looked at.

    Raises:
        ConfigError: The settings of the project cannot be followed.
    """
    here = [*here_of(recognised.frames)]
    paths = list(dict.fromkeys(path for path, _ in here))[:_FILES]
    if not paths or not recognised.rules:
        return CheckResult()
    config = load(common_folder(paths))
    config = replace(config, select=("ALL",), ignore=(), per_file_ignores=(), baseline=None)
    result = check(paths, config)
    named = [(display_name(path), line) for path, line in here]
    fitting = [each for each in result.diagnostics if each.code in {*recognised.rules, OWN}]
    nearest = sorted(fitting, key=lambda each: (_distance(each, named), each.sort_key))
    return replace(result, diagnostics=tuple(nearest))


def here_of(frames: Sequence[Frame]) -> Iterator[tuple[Path, int]]:
    """The file and the line of each frame whose file is here.

    A traceback from another machine names other folders: a file here is taken for the one there
    if the end of its path is the same, and the line is the one that the traceback quotes.
    """
    for frame in frames:
        path = Path(frame.path).expanduser()
        if path.suffix != ".py":
            continue
        if path.is_file():
            yield path, frame.line
            continue
        tails = (Path(*path.parts[start:]) for start in range(1, len(path.parts)))
        same = (tail for tail in tails if tail.is_file() and _quoted(frame, tail))
        for tail in islice(same, 1):
            yield tail, frame.line


def _quoted(frame: Frame, path: Path) -> bool:
    try:
        lines = split_lines(read_source(path, display_name(path)).text)
    except UnreadableSource:
        return False
    return bool(frame.code) and frame.code in (line.strip() for line in lines)


def _distance(diagnostic: Diagnostic, named: Sequence[tuple[str, int]]) -> int:
    """How many lines lie between what the finding marks and the nearest line that is named."""
    spans = [label.span for label in diagnostic.labels]
    near = [
        abs(span.start.line - line)
        for span in spans
        for path, line in named
        if os.path.realpath(span.path) == os.path.realpath(path)
    ]
    return min(near, default=_FAR)
