"""`sparkguard explain`: the page of a rule, or the rule behind an error of Spark."""

from __future__ import annotations

import os
import shutil
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from sparkguard.arguments import ExitCode, Failure, add_verb
from sparkguard.verbs.reports import complain

if TYPE_CHECKING:
    from sparkguard.arguments import Verbs

_NOTES = """\
Of an error, a traceback or a driver's log it says which failure it is, what is likely meant, and
the rule; where the traceback names files that are here, they are checked, and what is found there
is shown.

exit codes:
  0  explained
  1  no failure that sparkguard knows is in the text
  2  a rule that does not exist, or a file that cannot be read

examples:
  sparkguard explain SG103
  sparkguard explain driver.log
  spark-submit job.py 2>&1 | sparkguard explain -
  sparkguard explain "TypeError: cannot pickle '_thread.RLock' object"
"""


def add(verbs: Verbs) -> None:
    """Add the verb and its words to the command line."""
    explain = add_verb(
        verbs,
        "explain",
        "show the page of a rule, or the rule behind an error of Spark",
        usage="CODE | NAME | FILE | TEXT | -",
        description="Shows the page of a rule, or the rule behind an error of Spark.",
        notes=_NOTES,
    )
    words = "`SG103`, `captured-self`; the text of an error, a file with it, `-` for standard input"
    explain.add_argument("words", metavar="CODE|NAME|FILE|TEXT|-", nargs="+", help=words)


def run(options: Namespace) -> ExitCode:
    """Show the page, or what the error means."""
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
        complain(str(problem), problem.detail)
    return ExitCode.CLEAN
