"""`sparkguard probe`: pickles live functions as Spark would."""

from __future__ import annotations

import argparse
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from sparkguard.arguments import (
    EXIT_CODES,
    ExitCode,
    add_output,
    add_rules,
    add_settings,
    add_verb,
    add_words,
    positive,
    size,
)
from sparkguard.verbs.reports import complain, exit_code, write
from sparkguard.verbs.settings import config

if TYPE_CHECKING:
    from sparkguard.arguments import Verbs

_NOTES = """\
targets:
  pkg.module:name         what an importable module holds, as a worker's driver has it
  file.py::name           a function of a file, or Class.method, as if the file were the script
  file.py [-- ARG ...]    the script runs with a session that has no JVM and answers nothing, and
                          all that it ships is probed; --target connect hands out a Connect one

examples:
  sparkguard probe jobs/etl.py::clean --call '"a row"'
  sparkguard probe jobs.model:predict --max-bytes 10MB --worker-python /usr/bin/python3.12
"""


def add(verbs: Verbs) -> None:
    """Add the verb and its words to the command line."""
    probe = add_verb(
        verbs,
        "probe",
        "pickle live functions as Spark would, without Spark",
        usage="[OPTION ...] TARGET [-- ARG ...]",
        description="Loads a target in a process of its own and pickles what it ships.",
        notes=f"{_NOTES}\n{EXIT_CODES}",
    )
    probe.add_argument("subject", metavar="TARGET", help="what to probe; see below")
    probe.set_defaults(arguments=())
    for add_group in (_add_limits, _add_worker, add_rules, add_output, add_settings):
        add_group(probe)


def _add_limits(probe: argparse.ArgumentParser) -> None:
    group = probe.add_argument_group("the process")
    group.add_argument("--python", metavar="PATH", default="", help="the interpreter that loads it")
    group.add_argument(
        "--timeout", metavar="SECONDS", type=positive(float), default=60.0, help="default: 60"
    )
    memory = "what it may take: 500MB, 8GB (default: 8GB)"
    group.add_argument("--max-memory", metavar="SIZE", type=size, default=8 * 10**9, help=memory)
    heavy = "exit with 1 where a payload is heavier"
    group.add_argument("--max-bytes", metavar="SIZE", type=size, help=heavy)


def _add_worker(probe: argparse.ArgumentParser) -> None:
    group = probe.add_argument_group("the worker's stand-in")
    group.add_argument("--no-worker", action="store_true", help="do not unpickle the payload")
    group.add_argument(
        "--worker-python", metavar="PATH", default="", help="the interpreter of the workers"
    )
    files = "files and folders that the workers import from"
    add_words(group, "--py-files", "PATHS", files)
    call = "call the function there: --call '1, \"a\"'"
    group.add_argument("--call", metavar="ARGUMENTS", help=call)


def run(options: Namespace) -> ExitCode:
    """Probe the target, and report what was found."""
    from sparkguard.engine import probe
    from sparkguard.live.seen import Order

    settings = config(options, [Path(options.subject.partition(":")[0])])
    order = Order(
        target=options.subject,
        arguments=tuple(options.arguments),
        worker=not options.no_worker,
        worker_python=options.worker_python,
        py_files=tuple(options.py_files or ()),
        call=options.call,
        timeout=options.timeout,
        max_memory=options.max_memory,
        remote=settings.target == ("connect",),
    )
    result = probe(order, settings, python=options.python, max_bytes=options.max_bytes)
    if result.payloads or not result.problems:
        write(result, settings, options)
    for problem in result.problems:
        complain(problem.message, problem.detail)
    fails = result.heavy or any(one.fails for one in result.payloads)
    code = exit_code(result, settings, options.exit_zero)
    return ExitCode.FOUND if fails and code is ExitCode.CLEAN and not options.exit_zero else code
