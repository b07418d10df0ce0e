"""`sparkguard run`: a script on the user's own Spark, under guard."""

from __future__ import annotations

import argparse
import sys
import traceback
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sparkguard.arguments import EXIT_CODES, ExitCode, Failure, add_verb, size

if TYPE_CHECKING:
    from sparkguard.arguments import Verbs


def add(verbs: Verbs) -> None:
    """Add the verb and its words to the command line."""
    run = add_verb(
        verbs,
        "run",
        "run a script on your Spark, under guard",
        usage="[--max-bytes SIZE] SCRIPT [ARG ...]",
        description="Runs a script on your Spark; what does not travel ends it with the finding.",
        notes=EXIT_CODES,
    )
    heavy = "warn of payloads that are heavier (default: 1MiB)"
    run.add_argument("--max-bytes", metavar="SIZE", type=size, default=1 << 20, help=heavy)
    run.add_argument("script", metavar="SCRIPT", type=Path, help="the Python file")
    run.add_argument("arguments", metavar="ARG", nargs=argparse.REMAINDER, help="its arguments")


def run(options: Namespace) -> ExitCode:
    """The script in this process; its own exit code counts unless something was found."""
    from sparkguard import guarding
    from sparkguard.config import ConfigError

    if not options.script.is_file():
        raise Failure(f"{options.script}: there is no such file")
    try:
        guard = guarding.Guard(options.max_bytes)
    except ConfigError as error:
        raise Failure(error) from None
    code = int(ExitCode.CLEAN)
    try:
        guarding.run(options.script, options.arguments, guard)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    except guarding.ShipError as error:
        sys.stderr.write(f"{error}\n")
    except Exception as error:
        sys.stderr.writelines(_script_traceback(error, options.script))
        code = ExitCode.FAILED
    if guard.results:
        return ExitCode.FOUND
    return ExitCode.CLEAN if not code else ExitCode.FAILED


def _script_traceback(error: Exception, script: Path) -> Sequence[str]:
    """The traceback as Python shows it for the script alone."""
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename != str(script):
        trace = trace.tb_next
    return traceback.format_exception(type(error), error, trace)
