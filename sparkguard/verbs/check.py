"""`sparkguard check`: finds functions that cannot travel."""

from __future__ import annotations

import argparse
import gc
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
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
    positive,
)
from sparkguard.verbs import baselines
from sparkguard.verbs.reports import complain, exit_code, write
from sparkguard.verbs.settings import config, outputs

if TYPE_CHECKING:
    from sparkguard.arguments import Verbs
    from sparkguard.config import Config
    from sparkguard.engine import Progress
    from sparkguard.fixer import Fixed
    from sparkguard.report.progress import ProgressLine
    from sparkguard.result import CheckResult
    from sparkguard.source.text import SourceText

STDIN = Path("-")
OPTIONAL = ("--add-ignores", "--write-baseline")
"""Options whose value may be left out, and is written behind a `=`."""

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
  sparkguard check --interactive jobs/
  sparkguard check --write-baseline
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
    shared = (_add_comments, _add_baseline, add_output, add_settings)
    for add_group in (_add_paths, add_rules, _add_files, _add_fixes, *shared):
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
    anew = "neither take nor keep answers in .sparkguard_cache"
    group.add_argument("--no-cache", action="store_true", help=anew)
    share = "processes that share the work (default: as many as are worth it)"
    group.add_argument("-j", "--jobs", metavar="N", type=positive(int), default=0, help=share)


def _add_fixes(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("fixes", "files are written whole or not at all")
    group.add_argument("--fix", action="store_true", help="write the repairs that are known")
    group.add_argument("--diff", action="store_true", help="show them as a diff, and write nothing")
    ask = "go through the findings one by one: fix, ignore, accept, open, explain"
    group.add_argument("-i", "--interactive", action="store_true", help=ask)
    also = "also those that may change what the code does"
    group.add_argument("--unsafe-fixes", action="store_true", help=also)


def _add_comments(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("comments", "see below")
    why = "report comments that silence something and say not why (SG003)"
    add = "write a comment for each finding, with the reason if one is given"
    group.add_argument("--add-ignores", metavar="=REASON", nargs="?", help=add)
    group.add_argument("--require-reason", action="store_true", default=None, help=why)


def _add_baseline(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group(
        "baseline", "findings accepted for now, which are counted and not reported"
    )
    which = group.add_mutually_exclusive_group()
    usual = "the file (default: .sparkguard-baseline.jsonl beside the settings, if it is there)"
    which.add_argument("--baseline", metavar="FILE", help=usual)
    none = "report all that is found"
    which.add_argument("--no-baseline", dest="baseline", action="store_const", const="", help=none)
    accept = "accept all that is found: writes the file, or another"
    group.add_argument("--write-baseline", metavar="=FILE", nargs="?", help=accept)
    prune = "take out of the file what is not found any more"
    group.add_argument("--prune-baseline", action="store_true", help=prune)


def run(options: Namespace) -> ExitCode:
    """Check, and do with the findings what is asked for."""
    _require_one_way(options)
    with nullcontext() if options.interactive else _no_garbage():
        return _done(options)


def _done(options: Namespace) -> ExitCode:
    from sparkguard.config import ConfigError

    named = [path for path in options.paths if path != STDIN]
    settings = config(options, [*named, *filter(None, [options.stdin_filename])])
    try:
        return (_audited if options.interactive else _checked)(options, settings)
    except ConfigError as error:  # of the baseline
        raise Failure(error) from None


def _audited(options: Namespace, settings: Config) -> ExitCode:
    from sparkguard.verbs import interactive

    return interactive.run(options, settings)


def _require_one_way(options: Namespace) -> None:
    """What writes does one thing at a time, and to files."""
    ways = {
        "--fix": options.fix,
        "--diff": options.diff,
        "--interactive": options.interactive,
        "--add-ignores": options.add_ignores is not None,
        "--write-baseline": options.write_baseline is not None,
        "--prune-baseline": options.prune_baseline,
    }
    chosen = [way for way, is_chosen in ways.items() if is_chosen]
    if len(chosen) > 1:
        raise Failure(f"{' and '.join(chosen)} are done one after the other, not at once")
    if chosen and STDIN in options.paths:
        raise Failure(f"`{chosen[0]}` is not for standard input: name a file")


def _checked(options: Namespace, settings: Config) -> ExitCode:
    stdin = _stdin(options)
    paths = [] if stdin else options.paths
    used, changed = baselines.prepared(options, settings), False
    if options.fix or options.diff or options.add_ignores is not None:
        fixed = _fixed(options, paths, used)
        changed, result = bool(fixed.changes), fixed.result
    else:
        result = _found(options, paths, used, stdin)
    _tell(options, settings, result)
    if options.write_baseline is not None:
        return ExitCode.FAILED if result.problems else ExitCode.CLEAN
    code = exit_code(result, settings, options.exit_zero)
    return ExitCode.FOUND if options.diff and changed and code is ExitCode.CLEAN else code


def _found(
    options: Namespace, paths: Sequence[Path], config: Config, stdin: SourceText | None
) -> CheckResult:
    from sparkguard.cache import Cache
    from sparkguard.engine import check

    kept, jobs = None if options.no_cache else Cache(config.root), options.jobs
    with _progress() as progress:
        return check(paths, config, stdin=stdin, progress=progress, kept=kept, jobs=jobs)


def _progress() -> ProgressLine:
    """The line that is gone before anything else is written."""
    from sparkguard.report.progress import ProgressLine

    return ProgressLine(sys.stderr, shutil.get_terminal_size().columns)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Leaves memory to the end of the process: to look for garbage takes longer than to read."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # or the next object that is made starts a look at everything
        gc.enable()


def _tell(options: Namespace, settings: Config, result: CheckResult) -> None:
    if options.write_baseline is not None:
        baselines.write(options, settings, result)
    elif not options.diff:
        write(result, settings, options)
        baselines.settle(options, settings, result)
        _offer(options, settings, result)
    for problem in result.problems:
        complain(str(problem), problem.detail)
    if not result.summary.files and not result.problems:
        complain("no Python files found")


def _offer(options: Namespace, settings: Config, result: CheckResult) -> None:
    """The next step, for a person who reads the findings on a terminal."""
    people = sys.stdin.isatty() and sys.stdout.isatty() and not options.quiet
    if people and result.diagnostics and ("text", None) in outputs(options, settings):
        print("Go through them one by one: `sparkguard check --interactive`")


def _fixed(options: Namespace, paths: Sequence[Path], config: Config) -> Fixed:
    """Fixes or ignores what it can: on disk, or as a diff on standard output."""
    from sparkguard import fixer

    with _progress() as progress:
        fixed, done = _changes(options, paths, config, progress)
    if options.diff:
        sys.stdout.writelines(_shown(line) for line in fixer.diff(fixed.changes))
        return fixed
    problems = tuple(fixer.write(fixed.changes))
    if fixed.changes and not options.quiet:
        counts = ", ".join(f"{code} {count}" for code, count in sorted(fixed.counts.items()))
        files = len(fixed.changes) - len(problems)
        print(f"sparkguard: {done} {counts}; files written: {files}", file=sys.stderr)
    kept = fixed.result
    return replace(fixed, result=replace(kept, problems=(*kept.problems, *problems)))


def _changes(
    options: Namespace, paths: Sequence[Path], config: Config, progress: Progress
) -> tuple[Fixed, str]:
    """What would be written, and the word for it."""
    from sparkguard import fixer
    from sparkguard.audit.bulk import ignore_all
    from sparkguard.diagnostic import Applicability

    if options.add_ignores is None:
        least = Applicability.UNSAFE if options.unsafe_fixes else Applicability.SAFE
        return fixer.fix(paths, config, least, progress), "fixed"
    if config.require_reason and not options.add_ignores.strip():
        raise Failure("a reason is required: `--add-ignores='why they may stay'`")
    return ignore_all(paths, config, options.add_ignores, progress), "ignored"


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
