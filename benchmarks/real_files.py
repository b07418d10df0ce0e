"""Fixes real files, on paper: `python benchmarks/real_files.py FOLDER`.

Each folder in it is a project. Nothing is written. Exits with 1 where a fix breaks the syntax of a
file, brings a finding, or is not made.
"""

from __future__ import annotations

import argparse
import ast
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sparkguard.config import Config
from sparkguard.diagnostic import Applicability, Diagnostic
from sparkguard.engine import check
from sparkguard.fixer import Change, diff, fix


def main() -> None:
    """Checks and fixes each project, and prints what came of it."""
    arguments = _arguments()
    least, count, wrong = Applicability[arguments.least.upper()], Counter[str](), list[str]()
    for project in sorted(path for path in arguments.folder.resolve().iterdir() if path.is_dir()):
        os.chdir(project)
        wrong += [f"{project.name}: {words}" for words in _fixed(least, count, arguments.diff)]
    print(", ".join(f"{name} {number}" for name, number in count.items()))
    print("\n".join(wrong))
    raise SystemExit(bool(wrong))


def _fixed(least: Applicability, count: Counter[str], show: bool) -> Iterator[str]:
    config = Config(root=Path())
    result = check([Path()], config)
    before = [one for one in result.diagnostics if one.code >= "SG1"]
    fixable = [one for one in before if one.fix and one.fix.applicability >= least]
    count.update(files=result.summary.files, findings=len(before), fixable=len(fixable))
    if not fixable:
        return
    outcome = fix([Path()], config, least)
    count.update(files_changed=len(outcome.changes), fixed=sum(outcome.counts.values()))
    if show:
        print("".join(diff(outcome.changes)), flush=True)
    yield from (f"{one.name} is no Python any more" for one in outcome.changes if _is_broken(one))
    new = {*map(_key, outcome.result.diagnostics)} - {*map(_key, result.diagnostics)}
    yield from (f"new: {code} {message}" for code, message in new)
    left = outcome.result.diagnostics
    missed = [one for one in left if one.fix and one.fix.applicability >= least]
    yield from (f"not fixed: {one.code} {one.message}" for one in missed)


def _key(found: Diagnostic) -> tuple[str, str]:
    return found.code, found.message


def _is_broken(change: Change) -> bool:
    if not change.name.endswith(".py"):
        return False
    try:
        ast.parse(change.after)
    except SyntaxError:
        return True
    return False


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="each folder in it is a project")
    parser.add_argument("--least", default="unsafe", choices=["safe", "unsafe", "display"])
    parser.add_argument("--diff", action="store_true", help="show what the fixes change")
    return parser.parse_args()


if __name__ == "__main__":
    main()
