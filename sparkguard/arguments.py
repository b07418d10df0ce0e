"""The words that several verbs of the command line understand, and the codes that it ends with.

Built on argparse: click takes 50 ms to import where argparse takes 20, and a hook starts often.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction["Parser"]

N = TypeVar("N", int, float)


class ExitCode(IntEnum):
    """What the command's end means to the shell."""

    CLEAN = 0
    FOUND = 1
    FAILED = 2
    INTERRUPTED = 130
    CLOSED_PIPE = 141


class Failure(Exception):
    """The command cannot do its work; the text is the one line that says why."""


EXIT_CODES = """\
exit codes:
  0  nothing at or above --fail-on
  1  something at or above --fail-on
  2  wrong usage or settings, a file or folder that cannot be read, code that ends before
     it ships anything; all that could be
     checked is reported first
"""
SETTINGS = (
    *("select", "ignore", "fail-on", "exclude", "extend-exclude", "force-exclude"),
    *("respect-gitignore", "target", "output-format", "baseline", "require-reason"),
)
"""The options of `check` that a settings file may hold, too."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, which hostile words cannot steer a terminal with."""

    def error(self, message: str) -> NoReturn:
        """Say it, and end with the exit code for it."""
        from sparkguard.report.cells import visible

        line = f"{self.prog}: {message}; see `{self.prog} --help`"
        self.exit(ExitCode.FAILED, f"{visible(line)}\n")


class _Output(argparse.Action):
    """Keeps formats and files in their order, in which they belong together."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        namespace.outputs = (*namespace.outputs, values)


def add_verb(
    verbs: Verbs, name: str, words: str, *, usage: str, description: str, notes: str
) -> argparse.ArgumentParser:
    """A parser for a verb.

    Args:
        verbs: Where it is added.
        name: The verb.
        words: What it does, in the list of verbs.
        usage: Its words in short, the verb left out.
        description: What it does, in its own help.
        notes: What stands below its options.
    """
    return verbs.add_parser(
        name,
        usage=f"%(prog)s {usage}".rstrip(),
        help=words,
        description=description,
        epilog=notes,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_rules(check: argparse.ArgumentParser) -> None:
    """The options that choose rules."""
    group = check.add_argument_group("rules", "codes (SG103), prefixes (SG1), names, or ALL")
    add_words(group, "--select", "RULES", "only these, instead of those of the settings")
    add_words(group, "--ignore", "RULES", "none of these, besides those of the settings")
    add_words(group, "--target", "TARGETS", "classic, connect (default: both)")


def add_output(check: argparse.ArgumentParser) -> None:
    """The options about reports, and about what makes the exit code 1."""
    group = check.add_argument_group("output")
    formats = "text, concise, json, sarif, github, gitlab, junit or html; may be given again, each "
    formats += "with the --output-file beside it (default: text on a terminal, else concise)"
    group.add_argument("--output-format", metavar="FORMAT", action=_Output, help=formats)
    instead = "instead of standard output"
    group.add_argument("--output-file", metavar="PATH", type=Path, action=_Output, help=instead)
    counts = "how often each rule found something, instead of where: in text, concise, json"
    group.add_argument("--statistics", action="store_true", help=counts)
    check.set_defaults(outputs=())
    when = "auto heeds NO_COLOR, FORCE_COLOR and TERM (default: auto)"
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto", help=when)
    group.add_argument("-q", "--quiet", action="store_true", help="findings and nothing else")
    fail_on = "error, warning or never: what makes the exit code 1 (default: error)"
    group.add_argument("--fail-on", metavar="SEVERITY", help=fail_on)
    group.add_argument("--exit-zero", action="store_true", help="0 even where something is found")


def add_settings(check: argparse.ArgumentParser) -> None:
    """The options about settings files."""
    group = check.add_argument_group("settings").add_mutually_exclusive_group()
    group.add_argument("--config", metavar="PATH", type=Path, help="take the settings from here")
    group.add_argument("--isolated", action="store_true", help="take no settings from any file")


def add_words(group: argparse._ArgumentGroup, option: str, metavar: str, words: str) -> None:
    """An option that takes words with commas between them, and may be given again."""
    group.add_argument(option, metavar=metavar, type=split, action="extend", help=words)


def size(text: str) -> int:
    """The bytes that `500MB` or `1MiB` mean."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kMGT]?)(i?)B?", text.strip(), re.IGNORECASE)
    if match is None:
        raise argparse.ArgumentTypeError(f"`{text}` is no size, such as 500MB")
    number, unit, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** " kmgt".index(unit.lower() or " "))


def positive(kind: type[N]) -> Callable[[str], N]:
    """Reads a number above zero."""

    def number(text: str) -> N:
        value = kind(text)
        if not 0 < value < 10**9:
            raise ValueError(text)
        return value

    number.__name__ = "number"
    return number


def split(words: str) -> list[str]:
    """The words that commas stand between."""
    return [word.strip() for word in words.split(",") if word.strip()]
