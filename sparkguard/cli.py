"""The command line: arguments in, exit code out."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from sparkguard import __version__
from sparkguard.arguments import EXIT_CODES, ExitCode, Failure, Parser

_VERBS = ("check", "probe", "run", "explain", "extract", "clean", "rules", "server")
_DESCRIPTION = """\
Tells, before a cluster does, that a Python function cannot travel to Spark's workers,
and shows the way that works. `check` reads code, and never imports or runs it; `probe` runs it
without Spark, `run` on yours.
"""
_EXAMPLES = """\
examples:
  sparkguard check                    the project in this folder
  sparkguard check jobs/ etl.py       a folder and a file
  sparkguard probe jobs/etl.py        what that script ships, without Spark
  sparkguard run jobs/etl.py          the script on your Spark, under guard
  sparkguard explain SG103            why it fails, and what to write instead
  sparkguard explain driver.log       what Spark meant, and where that is
"""


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
    try:
        options = parsed(sys.argv[1:] if arguments is None else arguments)
        code: int = _module(options.verb).run(options)
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
        from sparkguard.result import breakdown

        problem = breakdown("", error)
        _complain(problem.message, problem.detail)
    return ExitCode.FAILED


def _complain(line: str, detail: str = "") -> None:
    from sparkguard.verbs.reports import complain

    complain(line, detail)


def _module(verb: str) -> ModuleType:
    return import_module(f"sparkguard.verbs.{verb}")


def parser(verbs: Sequence[str] = _VERBS) -> argparse.ArgumentParser:
    """The parser of the command line; `verb` in its result is the verb that was given.

    Args:
        verbs: Those that it knows: to make the parser of one takes a quarter of the time.
    """
    top = Parser(
        prog="sparkguard",
        description=_DESCRIPTION,
        epilog=f"{_EXAMPLES}\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"sparkguard {__version__}")
    known = top.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=True)
    for verb in verbs:
        _module(verb).add(known)
    return top


def _told_apart(words: Sequence[str]) -> list[str]:
    """In `--write-baseline jobs/` the folder is checked: the option's value stands behind a `=`."""
    own = list(words)
    end = own.index("--") if "--" in own else len(own)
    if own[:1] == ["check"]:
        from sparkguard.verbs.check import OPTIONAL

        own[:end] = [f"{word}=" if word in OPTIONAL else word for word in own[:end]]
    return own


def _asked(words: Sequence[str]) -> Sequence[str]:
    """The verbs that a command line may be about."""
    first = words[0] if words else ""
    return () if first == "--version" else [first] if first in _VERBS else _VERBS


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """The options that a command line gives; what stands behind `--` of a probe is the script's.

    Args:
        words: The words after the command's name.

    Raises:
        SystemExit: After `--help` and `--version`, and on wrong usage.
    """
    own, rest = _told_apart(words), None
    if own[:1] == ["probe"] and "--" in own:
        at = own.index("--")
        own, rest = own[:at], own[at + 1 :]
    options = parser(_asked(own)).parse_args(own)
    if rest is not None:
        options.arguments = rest
    return options
