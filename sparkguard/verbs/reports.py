"""What a verb writes: its reports, and the lines about what went wrong."""

from __future__ import annotations

import shutil
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from sparkguard.arguments import ExitCode, Failure
from sparkguard.verbs.settings import outputs

if TYPE_CHECKING:
    from sparkguard.config import Config
    from sparkguard.report import View
    from sparkguard.result import CheckResult


def write(result: CheckResult, config: Config, options: Namespace) -> None:
    """Write each report that is asked for; raises `Failure` where one cannot be written."""
    from sparkguard import report
    from sparkguard.report.output import replaced
    from sparkguard.source.text import reason

    for kind, path in outputs(options, config):
        view = _view(options, path)
        if not path:
            report.write(kind, result, sys.stdout, page_url, view)
            continue
        try:
            with replaced(path) as out:
                report.write(kind, result, out, page_url, view)
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


def page_url(code: str) -> str:
    """Where the page of a rule stands."""
    from sparkguard import catalog

    rule = catalog.find(code)
    return catalog.page(rule).url if rule else ""


def exit_code(result: CheckResult, config: Config, exit_zero: bool) -> ExitCode:
    """What a result means to the shell."""
    if result.problems:
        return ExitCode.FAILED
    summary = result.summary
    counts = {"error": summary.errors, "warning": summary.errors + summary.warnings, "never": 0}
    found = counts[config.fail_on] and not exit_zero
    return ExitCode.FOUND if found else ExitCode.CLEAN


def complain(line: str, detail: str = "") -> None:
    """Say in one line on standard error what went wrong."""
    from sparkguard.report.cells import visible

    print(f"sparkguard: {visible(line)}", file=sys.stderr)
    sys.stderr.write(detail)
