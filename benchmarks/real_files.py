"""Fixes real files, on paper: `python benchmarks/real_files.py FOLDER`.

Each folder in it is a project. Nothing is written. Exits with 1 where a fix breaks the syntax of a
file, loses a comment, changes what it does not name, brings a finding, or is not made.

Published code has few findings. `--driver-only pandas.DataFrame` has more things stay on the driver
than do in truth, and `--ship-point builtins.map:0` more calls ship, so that more code is fixed.
"""

from __future__ import annotations

import argparse
import ast
import io
import os
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sparkguard.config import Config
from sparkguard.diagnostic import Applicability, Diagnostic, Edit, Position
from sparkguard.engine import check
from sparkguard.fixer import Change, diff, fix
from sparkguard.source.text import SourceText, line_starts, read_source

_PROJECT = Path()


def main() -> None:
    """Checks and fixes each project, and prints what came of it."""
    arguments = _arguments()
    least, count, wrong = Applicability[arguments.least.upper()], Counter[str](), list[str]()
    own = tuple((name, "make it there") for name in arguments.driver_only)
    config = Config(root=_PROJECT, driver_only=own, ship_points=tuple(arguments.ship_point))
    for project in sorted(path for path in arguments.folder.resolve().iterdir() if path.is_dir()):
        os.chdir(project)
        wrong += [f"{project.name}: {words}" for words in _fixed(config, least, count, arguments)]
    print(", ".join(f"{name} {number}" for name, number in count.items()))
    print("\n".join(wrong))
    raise SystemExit(bool(wrong))


def _fixed(
    config: Config, least: Applicability, count: Counter[str], arguments: argparse.Namespace
) -> Iterator[str]:
    result = check([_PROJECT], config)
    before = [one for one in result.diagnostics if one.code >= "SG1"]
    fixable = [one for one in before if _is_made(one, least)]
    count.update(files=result.summary.files, findings=len(before), fixable=len(fixable))
    if not fixable:
        return
    outcome = fix([_PROJECT], config, least)
    count.update(files_changed=len(outcome.changes), fixed=sum(outcome.counts.values()))
    if arguments.diff:
        print("".join(diff(outcome.changes)), flush=True)
    yield from (f"{one.name} is no Python any more" for one in outcome.changes if _is_broken(one))
    yield from _strays(config, least)
    new = {*map(_key, outcome.result.diagnostics)} - {*map(_key, result.diagnostics)}
    yield from (f"new: {' '.join(key)}" for key in new)
    missed = [one for one in outcome.result.diagnostics if _is_made(one, least)]
    yield from (f"not fixed: {one.code} {one.message}" for one in missed)


def _is_made(found: Diagnostic, least: Applicability) -> bool:
    return found.fix is not None and found.fix.applicability >= least


def _key(found: Diagnostic) -> tuple[str, str, str]:
    """What tells a finding; its words list all that is captured, of which a fix may take some."""
    where = found.primary.span.path
    return found.code, where, found.ship_point.function if found.ship_point else found.message


def _is_broken(change: Change) -> bool:
    if not change.name.endswith(".py"):
        return False
    try:
        ast.parse(change.after)
    except SyntaxError:
        return True
    return False


def _strays(config: Config, least: Applicability) -> Iterator[str]:
    """What the fixes of Python files change though none names it, round by round."""
    texts: dict[str, SourceText] = {}
    while True:
        step = fix([_PROJECT], config, least, texts=texts, rounds=1)
        changes = [one for one in step.changes if one.name.endswith(".py")]
        found = [one.fix for one in step.result.diagnostics if one.fix and _is_made(one, least)]
        for change in changes:
            edits = [edit for one in found for edit in one.edits if edit.span.path == change.name]
            if not _is_kept(change, edits):
                yield f"{change.name} is changed where no fix says so"
            if _comments(change.before) - _comments(change.after):
                yield f"{change.name} loses a comment"
            source = read_source(change.path, change.name)
            texts[change.name] = replace(source, text=change.after)
        if not changes:
            return


def _is_kept(change: Change, edits: Iterable[Edit]) -> bool:
    """Whether all that stands between what the edits name stands there still, in this order."""
    starts = line_starts(change.before)
    spans = sorted((_offset(starts, e.span.start), _offset(starts, e.span.end)) for e in edits)
    ends = [0]
    for _, end in spans:
        ends.append(max(end, ends[-1]))
    begins = [*(start for start, _ in spans), len(change.before)]
    pieces = [change.before[end:start] for end, start in zip(ends, begins, strict=True)]
    at = 0
    for piece in pieces[:-1]:
        found = change.after.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return change.after.startswith(pieces[0]) and change.after[at:].endswith(pieces[-1])


def _offset(starts: Sequence[int], position: Position) -> int:
    return starts[position.line - 1] + position.column - 1


def _comments(text: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="each folder in it is a project")
    parser.add_argument("--least", default="unsafe", choices=["safe", "unsafe", "display"])
    parser.add_argument("--diff", action="store_true", help="show what the fixes change")
    parser.add_argument("--driver-only", action="append", default=[], metavar="TYPE")
    parser.add_argument("--ship-point", action="append", default=[], metavar="CALL:ARGUMENT")
    return parser.parse_args()


if __name__ == "__main__":
    main()
