"""The command line: arguments in, exit code out."""

from __future__ import annotations

import gc
import io
import os
import shutil
import sys
import traceback
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sparkguard.arguments import SETTINGS, ExitCode, parsed
from sparkguard.result import breakdown

if TYPE_CHECKING:
    from sparkguard.config import Config, OutputFormat
    from sparkguard.engine import Progress
    from sparkguard.fixer import Fixed
    from sparkguard.report import View
    from sparkguard.result import CheckResult
    from sparkguard.source.text import SourceText

STDIN = Path("-")


class Failure(Exception):
    """The command cannot do its work; the text is the one line that says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: The words after the command's name; by default those of this process.

    Returns:
        An `ExitCode`.

    Raises:
        SystemExit: After `--help` and `--version`, and on wrong usage.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # any source text on any terminal
    verbs = {
        "check": _check,
        "probe": _probe,
        "run": _run,
        "extract": _extract,
        "explain": _explain,
        "rules": _rules,
        "clean": _clean,
    }
    options = parsed(sys.argv[1:] if arguments is None else arguments)
    try:
        code = verbs[options.verb](options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.CLOSED_PIPE
    except Failure as failure:
        _complain(str(failure))
    except Exception as error:
        problem = breakdown("", error)
        _complain(problem.message, problem.detail)
    return ExitCode.FAILED


def _check(options: Namespace) -> ExitCode:
    from sparkguard.cache import Cache
    from sparkguard.engine import check
    from sparkguard.report.progress import ProgressLine

    if STDIN in options.paths and (options.fix or options.diff):
        raise Failure("standard input cannot be fixed: name a file")
    paths = [path for path in options.paths if path != STDIN]
    config = _config(options, [*paths, *filter(None, [options.stdin_filename])])
    stdin = _stdin(options)
    paths = [] if stdin else options.paths
    columns = shutil.get_terminal_size().columns
    with _no_garbage(), ProgressLine(sys.stderr, columns) as progress:
        if options.fix or options.diff:
            fixed = _fixed(options, paths, config, progress)
            changed, result = bool(fixed.changes), fixed.result
        else:
            kept = None if options.no_cache else Cache(config.root)
            result = check(paths, config, stdin=stdin, progress=progress, kept=kept)
            changed = False
    if not options.diff:
        _write(result, config, options)
    for problem in result.problems:
        _complain(str(problem), problem.detail)
    if not result.summary.files and not result.problems:
        _complain("no Python files found")
    code = _exit_code(result, config, options.exit_zero)
    return ExitCode.FOUND if options.diff and changed and code is ExitCode.CLEAN else code


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Leaves memory to the end of the process: to look for garbage takes longer than to read."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # or the next object that is made starts a look at everything
        gc.enable()


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


def _exit_code(result: CheckResult, config: Config, exit_zero: bool) -> ExitCode:
    if result.problems:
        return ExitCode.FAILED
    summary = result.summary
    counts = {"error": summary.errors, "warning": summary.errors + summary.warnings, "never": 0}
    found = counts[config.fail_on] and not exit_zero
    return ExitCode.FOUND if found else ExitCode.CLEAN


def _probe(options: Namespace) -> ExitCode:
    from sparkguard.engine import probe
    from sparkguard.live.seen import Order

    config = _config(options, [Path(options.subject.partition(":")[0])])
    order = Order(
        target=options.subject,
        arguments=tuple(options.arguments),
        worker=not options.no_worker,
        worker_python=options.worker_python,
        py_files=tuple(options.py_files or ()),
        call=options.call,
        timeout=options.timeout,
        max_memory=options.max_memory,
        remote=config.target == ("connect",),
    )
    result = probe(order, config, python=options.python, max_bytes=options.max_bytes)
    if result.payloads or not result.problems:
        _write(result, config, options)
    for problem in result.problems:
        _complain(problem.message, problem.detail)
    fails = result.heavy or any(one.fails for one in result.payloads)
    code = _exit_code(result, config, options.exit_zero)
    return ExitCode.FOUND if fails and code is ExitCode.CLEAN and not options.exit_zero else code


def _run(options: Namespace) -> ExitCode:
    """The script in this process; its own exit code counts unless something was found."""
    from sparkguard.config import ConfigError
    from sparkguard.guarding import Guard, ShipError, run

    if not options.script.is_file():
        raise Failure(f"{options.script}: there is no such file")
    try:
        guarding = Guard(options.max_bytes)
    except ConfigError as error:
        raise Failure(error) from None
    code = int(ExitCode.CLEAN)
    try:
        run(options.script, options.arguments, guarding)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    except ShipError as error:
        sys.stderr.write(f"{error}\n")
    except Exception as error:
        sys.stderr.writelines(_script_traceback(error, options.script))
        code = ExitCode.FAILED
    if guarding.results:
        return ExitCode.FOUND
    return ExitCode.CLEAN if not code else ExitCode.FAILED


def _script_traceback(error: Exception, script: Path) -> Sequence[str]:
    """The traceback as Python shows it for the script alone."""
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename != str(script):
        trace = trace.tb_next
    return traceback.format_exception(type(error), error, trace)


def _config(options: Namespace, paths: Sequence[Path]) -> Config:
    from sparkguard.config import ConfigError, load
    from sparkguard.engine import common_folder

    written = vars(options)
    given = {key: written[name] for key in SETTINGS if (name := key.replace("-", "_")) in written}
    given = {key: value for key, value in given.items() if value is not None}
    try:
        config = load(common_folder(paths), options.config, isolated=options.isolated)
        for key, held in (("ignore", config.ignore), ("extend-exclude", config.extend_exclude)):
            given[key] = [*held, *given.get(key, ())]
        config = config.updated(given, "command line")
    except ConfigError as error:
        raise Failure(error) from None
    _outputs(options, config)  # what is wrong with them is said before the work
    return config


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


def _outputs(options: Namespace, config: Config) -> list[tuple[OutputFormat, Path | None]]:
    """The reports that are asked for, each with a format that exists and a place of its own."""
    from sparkguard.report.output import is_terminal, paired

    outputs: list[tuple[OutputFormat, Path | None]] = []
    for kind, path in paired(options.outputs):
        terminal = not path and is_terminal(sys.stdout)
        outputs.append((_format(kind, config) or ("text" if terminal else "concise"), path))
    if len({path for _, path in outputs}) < len(outputs):
        raise Failure("two reports in one place: each `--output-format` takes an `--output-file`")
    if options.statistics:
        from sparkguard.report.statistics import FORMATS

        if not any(kind in FORMATS for kind, _ in outputs):
            raise Failure(f"--statistics is for the formats {', '.join(FORMATS)}")
    return outputs


def _format(kind: str, config: Config) -> OutputFormat | None:
    from sparkguard.config import ConfigError

    try:
        given = {"output-format": kind} if kind else {}
        return config.updated(given, "command line").output_format
    except ConfigError as error:
        raise Failure(error) from None


def _write(result: CheckResult, config: Config, options: Namespace) -> None:
    from sparkguard import report
    from sparkguard.report.output import replaced
    from sparkguard.source.text import reason

    for kind, path in _outputs(options, config):
        view = _view(options, path)
        if not path:
            report.write(kind, result, sys.stdout, _page_url, view)
            continue
        try:
            with replaced(path) as out:
                report.write(kind, result, out, _page_url, view)
        except OSError as error:
            raise Failure(f"{path}: {reason(error)}") from None


def _view(options: Namespace, path: Path | None) -> View:
    from sparkguard.report import View
    from sparkguard.report.output import has_colour, is_terminal

    terminal = not path and is_terminal(sys.stdout)
    return View(
        columns=shutil.get_terminal_size().columns if terminal else None,
        colour=has_colour(options.color, terminal),
        quiet=options.quiet,
        statistics=options.statistics,
    )


def _page_url(code: str) -> str:
    from sparkguard import catalog

    rule = catalog.find(code)
    return catalog.page(rule).url if rule else ""


def _explain(options: Namespace) -> ExitCode:
    from sparkguard import catalog
    from sparkguard.explain import error_text
    from sparkguard.failures import recognise
    from sparkguard.report.output import is_terminal
    from sparkguard.report.page import write_page
    from sparkguard.selectors import UnknownRule
    from sparkguard.source.text import reason

    words = " ".join(options.words)
    rule = catalog.find(words)
    if rule:
        write_page(catalog.page(rule).text, sys.stdout, is_terminal(sys.stdout))
        return ExitCode.CLEAN
    try:
        text = error_text(words, sys.stdin.buffer)
    except OSError as error:
        raise Failure(f"{words}: {reason(error)}") from None
    if text is words and len(words.split()) == 1 and not recognise(text):
        named_like_a_file = Path(words).suffix or os.sep in words
        missing = f"{words}: no such file, and no rule"
        raise Failure(missing if named_like_a_file else UnknownRule(words, catalog.rules()))
    return _explain_error(text)


def _explain_error(text: str) -> ExitCode:
    from sparkguard import catalog, report
    from sparkguard.config import ConfigError
    from sparkguard.explain import findings
    from sparkguard.failures import is_error, recognise
    from sparkguard.report import explained
    from sparkguard.report.output import has_colour, is_terminal

    recognised = recognise(text)
    if recognised is None:
        what = "no failure that sparkguard knows" if is_error(text) else "no error"
        print(f"There is {what} in this text.")
        return ExitCode.FOUND
    terminal = is_terminal(sys.stdout)
    columns = shutil.get_terminal_size().columns if terminal else None
    view = report.View(columns, has_colour("auto", terminal))
    try:
        result = findings(recognised)
    except ConfigError as error:
        raise Failure(error) from None
    explained.write(recognised, result, catalog.rules(), sys.stdout, view)
    for problem in result.problems:
        _complain(str(problem), problem.detail)
    return ExitCode.CLEAN


def _rules(options: Namespace) -> ExitCode:
    from sparkguard import catalog
    from sparkguard.report.page import write_rules

    write_rules(catalog.rules(), sys.stdout, options.output_format, _page_url)
    return ExitCode.CLEAN


def _clean(options: Namespace) -> ExitCode:
    from sparkguard.cache import FOLDER, Cache
    from sparkguard.config import ConfigError, load
    from sparkguard.engine import common_folder
    from sparkguard.source.text import reason

    try:
        root = load(common_folder([options.path])).root
        removed = Cache(root).clean()
    except ConfigError as error:
        raise Failure(error) from None
    except OSError as error:
        raise Failure(f"{FOLDER}: {reason(error)}") from None
    print(f"Removed {root / FOLDER}." if removed else f"There is no {FOLDER} in {root}.")
    return ExitCode.CLEAN


def _extract(options: Namespace) -> ExitCode:
    from sparkguard.extractor import SetupError
    from sparkguard.extractor.command import extract
    from sparkguard.report.extraction import write_outcome
    from sparkguard.report.progress import ProgressLine

    columns = shutil.get_terminal_size().columns
    try:
        with ProgressLine(sys.stderr, columns, "extracting") as progress:
            outcome = extract(options, progress)
    except SetupError as error:
        raise Failure(error) from None
    write_outcome(outcome, options.out, sys.stdout)
    return ExitCode.CLEAN


def _complain(line: str, detail: str = "") -> None:
    from sparkguard.report.cells import visible

    print(f"sparkguard: {visible(line)}", file=sys.stderr)
    sys.stderr.write(detail)
