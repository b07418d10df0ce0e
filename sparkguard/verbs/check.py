"""`sparkguard check`: finds functions that cannot travel."""

from __future__ import annotations

import argparse
import shutil
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sparkguard.arguments import (
    EXIT_CODES,
    ExitCode,
    Failure,
    add_output,
    add_rules,
    add_settings,
    add_verb,
    add_words,
)
from sparkguard.verbs.reports import complain, exit_code, write
from sparkguard.verbs.settings import config

if TYPE_CHECKING:
    from sparkguard.arguments import Verbs
    from sparkguard.config import Config
    from sparkguard.engine import Progress
    from sparkguard.fixer import Fixed
    from sparkguard.source.text import SourceText

STDIN = Path("-")

_NOTES = """\
settings files:
  sparkguard.toml, or [tool.sparkguard] in pyproject.toml, holds the long options above by their
  names (select = ["SG1"]), and per-file-ignores, ship-points and driver-only. The nearest such
  file above the paths counts.

comments:
  # sparkguard: ignore[SG103] why       on the reported line, or at the call that ships
  # sparkguard: ignore-file[SG1] why    above the first statement
  # noqa: SG103                         like the first

examples:
  sparkguard check --select SG1 --ignore SG104 jobs/
  sparkguard check --diff jobs/ | patch -p0
  cat job.py | sparkguard check - --stdin-filename jobs/job.py
  sparkguard check --output-format github --fail-on warning
  sparkguard check --output-format text --output-format sarif --output-file findings.sarif
"""


def add(verbs: Verbs) -> None:
    """Add the verb and its words to the command line."""
    check = add_verb(
        verbs,
        "check",
        "find functions that cannot travel",
        usage="[OPTION ...] [PATH ...]",
        description="Finds functions that cannot travel to Spark's workers.",
        notes=f"{_NOTES}\n{EXIT_CODES}",
    )
    for add_group in (_add_paths, add_rules, _add_files, _add_fixes, add_output, add_settings):
        add_group(check)


def _add_paths(check: argparse.ArgumentParser) -> None:
    paths = "Python files, notebooks, folders (default: this folder); `-` is standard input"
    check.add_argument("paths", metavar="PATH", nargs="*", type=Path, default=[Path()], help=paths)
    check.add_argument(
        "--stdin-filename", metavar="PATH", type=Path, help="what standard input is called"
    )


def _add_files(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("files", "patterns are those of .gitignore")
    add_words(group, "--exclude", "PATTERNS", "passed over in folders, instead of .venv, build ...")
    add_words(group, "--extend-exclude", "PATTERNS", "passed over as well")
    group.add_argument(
        "--force-exclude",
        action="store_true",
        default=None,
        help="pass over excluded files even where they are named",
    )
    group.add_argument(
        "--no-respect-gitignore",
        dest="respect_gitignore",
        action="store_false",
        default=None,
        help="check what git ignores, too",
    )


def _add_fixes(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("fixes", "files are written whole or not at all")
    ways = group.add_mutually_exclusive_group()
    ways.add_argument("--fix", action="store_true", help="write the repairs that are known")
    ways.add_argument("--diff", action="store_true", help="show them as a diff, and write nothing")
    also = "also those that may change what the code does"
    group.add_argument("--unsafe-fixes", action="store_true", help=also)


def run(options: Namespace) -> ExitCode:
    """Check, and fix where that is asked for."""
    from sparkguard.engine import check
    from sparkguard.report.progress import ProgressLine

    if STDIN in options.paths and (options.fix or options.diff):
        raise Failure("standard input cannot be fixed: name a file")
    paths = [path for path in options.paths if path != STDIN]
    settings = config(options, [*paths, *filter(None, [options.stdin_filename])])
    stdin = _stdin(options)
    paths = [] if stdin else options.paths
    columns = shutil.get_terminal_size().columns
    with ProgressLine(sys.stderr, columns) as progress:
        if options.fix or options.diff:
            fixed = _fixed(options, paths, settings, progress)
            changed, result = bool(fixed.changes), fixed.result
        else:
            changed, result = False, check(paths, settings, stdin=stdin, progress=progress)
    if not options.diff:
        write(result, settings, options)
    for problem in result.problems:
        complain(str(problem), problem.detail)
    if not result.summary.files and not result.problems:
        complain("no Python files found")
    code = exit_code(result, settings, options.exit_zero)
    return ExitCode.FOUND if options.diff and changed and code is ExitCode.CLEAN else code


def _fixed(options: Namespace, paths: Sequence[Path], config: Config, progress: Progress) -> Fixed:
    """Fixes what can be fixed: on disk, or as a diff on standard output."""
    from sparkguard import fixer
    from sparkguard.diagnostic import Applicability

    least = Applicability.UNSAFE if options.unsafe_fixes else Applicability.SAFE
    fixed = fixer.fix(paths, config, least, progress)
    if options.diff:
        sys.stdout.writelines(_shown(line) for line in fixer.diff(fixed.changes))
        return fixed
    problems = tuple(fixer.write(fixed.changes))
    if fixed.changes and not options.quiet:
        counts = ", ".join(f"{code} {count}" for code, count in sorted(fixed.counts.items()))
        files = len(fixed.changes) - len(problems)
        print(f"sparkguard: fixed {counts}; files written: {files}", file=sys.stderr)
    kept = fixed.result
    return replace(fixed, result=replace(kept, problems=(*kept.problems, *problems)))


def _shown(line: str) -> str:
    """A line of a diff; on a terminal without what could drive it."""
    from sparkguard.report.cells import visible

    return f"{visible(line.rstrip())}\n" if sys.stdout.isatty() else line


def _stdin(options: Namespace) -> SourceText | None:
    """The text on standard input, if `-` asks for it."""
    from sparkguard.source.text import LIMIT, UnreadableSource, decode, display_name

    if STDIN not in options.paths:
        return None
    if len(options.paths) > 1:
        raise Failure("`-` stands alone: standard input is checked, or files are")
    path = options.stdin_filename or Path("<stdin>")
    name = display_name(path)
    try:
        return decode(sys.stdin.buffer.read(LIMIT + 1), path, name)
    except UnreadableSource as error:
        raise Failure(f"{name}: {error}") from None
