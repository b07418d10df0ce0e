"""`sparkguard check --interactive`: one finding at a time, and what a person says to it."""

from __future__ import annotations

import sys
from argparse import Namespace
from textwrap import wrap
from typing import TYPE_CHECKING

from sparkguard.arguments import ExitCode, Failure
from sparkguard.verbs.reports import complain, exit_code

if TYPE_CHECKING:
    from sparkguard.config import Config


def run(options: Namespace, settings: Config) -> ExitCode:
    """Check, and go through what was found."""
    from sparkguard.audit.deeds import Project, Refused
    from sparkguard.audit.session import Session
    from sparkguard.audit.terminal import Terminal, is_plain
    from sparkguard.report.output import has_colour
    from sparkguard.report.summary import closing_line

    _require_terminal(options)
    plain = is_plain()
    terminal = Terminal(has_colour(options.color, terminal=not plain), plain)
    project = Project(options.paths, settings, terminal.progress)
    try:
        project.check()
    except Refused as error:
        raise Failure(error) from None
    print("\n".join(wrap(closing_line(project.result), terminal.columns)))
    for problem in project.result.problems:
        complain(str(problem), problem.detail)
    if project.result.diagnostics:
        Session(project, terminal).run()
    return exit_code(project.result, settings, options.exit_zero)


def _require_terminal(options: Namespace) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Failure("--interactive needs a terminal to ask on; `--fix` and `--diff` need none")
    if options.outputs or options.statistics:
        raise Failure("--interactive shows the findings itself, and writes no report")
