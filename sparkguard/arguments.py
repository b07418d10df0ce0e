"""The words that the command line understands, and the help that says so.

Built on argparse: click takes 50 ms to import where argparse takes 20, and a hook starts often.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import NoReturn

from sparkguard import __version__


class ExitCode(IntEnum):
    """What the command's end means to the shell."""

    CLEAN = 0
    FOUND = 1
    FAILED = 2
    INTERRUPTED = 130
    CLOSED_PIPE = 141


_DESCRIPTION = """\
Tells, before a cluster does, that a Python function cannot travel to Spark's workers,
and shows the way that works. `check` reads code, and never imports or runs it; `probe` runs it
without Spark, `run` on yours.
"""
_EXIT_CODES = """\
exit codes:
  0  nothing at or above --fail-on
  1  something at or above --fail-on
  2  wrong usage or settings, a file or folder that cannot be read, code that ends before
     it ships anything; all that could be
     checked is reported first
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
_CHECK_NOTES = """\
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
_EXPLAIN_NOTES = """\
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
_PROBE_NOTES = """\
targets:
  pkg.module:name         what an importable module holds, as a worker's driver has it
  file.py::name           a function of a file, or Class.method, as if the file were the script
  file.py [-- ARG ...]    the script runs with a session that has no JVM and answers nothing, and
                          all that it ships is probed; --target connect hands out a Connect one

examples:
  sparkguard probe jobs/etl.py::clean --call '"a row"'
  sparkguard probe jobs.model:predict --max-bytes 10MB --worker-python /usr/bin/python3.12
"""
_EXTRACT_NOTES = """\
A picture that cannot be read has an error instead of features, and ends nothing; Spark passes
over empty files. OUT appears when it is whole: a stopped run leaves nothing behind. Needs Java 17
and the extra `extractor`.

exit codes:
  0  OUT is written; the pictures without features are counted, by reason
  2  it cannot be done: Java, Spark, torch or the weights are missing, or OUT is there already

examples:
  sparkguard extract pictures/ features.parquet --model resnet18 --weights resnet18.pt
  sparkguard extract "pictures/*.jpg" features.parquet --master "local[4]" --decode draft
"""
SETTINGS = (
    *("select", "ignore", "fail-on", "exclude", "extend-exclude", "force-exclude"),
    *("respect-gitignore", "target", "output-format"),
)
"""The options of `check` that a settings file may hold, too."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
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


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; `verb` in its result is the verb that was given."""
    top = _Parser(
        prog="sparkguard",
        description=_DESCRIPTION,
        epilog=f"{_EXAMPLES}\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"sparkguard {__version__}")
    verbs = top.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=True)
    check = verbs.add_parser(
        "check",
        usage="%(prog)s [OPTION ...] [PATH ...]",
        help="find functions that cannot travel",
        description="Finds functions that cannot travel to Spark's workers.",
        epilog=f"{_CHECK_NOTES}\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for add in (_add_paths, _add_rules, _add_files, _add_fixes, _add_output, _add_settings):
        add(check)
    _add_probe(verbs)
    _add_run(verbs)
    _add_explain(verbs)
    _add_extract(verbs)
    clean = verbs.add_parser("clean", help="remove the cache of a project", allow_abbrev=False)
    clean.add_argument("path", metavar="PATH", type=Path, nargs="?", default=Path())
    rules = verbs.add_parser("rules", help="list the rules", allow_abbrev=False)
    rules.add_argument("--output-format", choices=("text", "json"), default="text")
    return top


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """The options that a command line gives; what stands behind `--` of a probe is the script's.

    Args:
        words: The words after the command's name.

    Raises:
        SystemExit: After `--help` and `--version`, and on wrong usage.
    """
    own, rest = list(words), None
    if own[:1] == ["probe"] and "--" in own:
        at = own.index("--")
        own, rest = own[:at], own[at + 1 :]
    options = parser().parse_args(own)
    if rest is not None:
        options.arguments = rest
    return options


def _add_explain(verbs: argparse._SubParsersAction[_Parser]) -> None:
    explain = verbs.add_parser(
        "explain",
        usage="%(prog)s CODE | NAME | FILE | TEXT | -",
        help="show the page of a rule, or the rule behind an error of Spark",
        description="Shows the page of a rule, or the rule behind an error of Spark.",
        epilog=_EXPLAIN_NOTES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    words = "`SG103`, `captured-self`; the text of an error, a file with it, `-` for standard input"
    explain.add_argument("words", metavar="CODE|NAME|FILE|TEXT|-", nargs="+", help=words)


def _add_probe(verbs: argparse._SubParsersAction[_Parser]) -> None:
    probe = verbs.add_parser(
        "probe",
        usage="%(prog)s [OPTION ...] TARGET [-- ARG ...]",
        help="pickle live functions as Spark would, without Spark",
        description="Loads a target in a process of its own and pickles what it ships.",
        epilog=f"{_PROBE_NOTES}\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    probe.add_argument("subject", metavar="TARGET", help="what to probe; see below")
    probe.set_defaults(arguments=())
    _add_limits(probe)
    _add_worker(probe)
    for add in (_add_rules, _add_output, _add_settings):
        add(probe)


def _add_limits(probe: argparse.ArgumentParser) -> None:
    group = probe.add_argument_group("the process")
    group.add_argument("--python", metavar="PATH", default="", help="the interpreter that loads it")
    group.add_argument(
        "--timeout", metavar="SECONDS", type=_positive(float), default=60.0, help="default: 60"
    )
    memory = "what it may take: 500MB, 8GB (default: 8GB)"
    group.add_argument("--max-memory", metavar="SIZE", type=_size, default=8 * 10**9, help=memory)
    heavy = "exit with 1 where a payload is heavier"
    group.add_argument("--max-bytes", metavar="SIZE", type=_size, help=heavy)


def _add_worker(probe: argparse.ArgumentParser) -> None:
    group = probe.add_argument_group("the worker's stand-in")
    group.add_argument("--no-worker", action="store_true", help="do not unpickle the payload")
    group.add_argument(
        "--worker-python", metavar="PATH", default="", help="the interpreter of the workers"
    )
    files = "files and folders that the workers import from"
    _add_words(group, "--py-files", "PATHS", files)
    call = "call the function there: --call '1, \"a\"'"
    group.add_argument("--call", metavar="ARGUMENTS", help=call)


def _add_run(verbs: argparse._SubParsersAction[_Parser]) -> None:
    run = verbs.add_parser(
        "run",
        usage="%(prog)s [--max-bytes SIZE] SCRIPT [ARG ...]",
        help="run a script on your Spark, under guard",
        description="Runs a script on your Spark; what does not travel ends it with the finding.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    heavy = "warn of payloads that are heavier (default: 1MiB)"
    run.add_argument("--max-bytes", metavar="SIZE", type=_size, default=1 << 20, help=heavy)
    run.add_argument("script", metavar="SCRIPT", type=Path, help="the Python file")
    run.add_argument("arguments", metavar="ARG", nargs=argparse.REMAINDER, help="its arguments")


def _add_paths(check: argparse.ArgumentParser) -> None:
    paths = "Python files, notebooks, folders (default: this folder); `-` is standard input"
    check.add_argument("paths", metavar="PATH", nargs="*", type=Path, default=[Path()], help=paths)
    check.add_argument(
        "--stdin-filename", metavar="PATH", type=Path, help="what standard input is called"
    )


def _add_rules(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("rules", "codes (SG103), prefixes (SG1), names, or ALL")
    _add_words(group, "--select", "RULES", "only these, instead of those of the settings")
    _add_words(group, "--ignore", "RULES", "none of these, besides those of the settings")
    _add_words(group, "--target", "TARGETS", "classic, connect (default: both)")


def _add_files(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("files", "patterns are those of .gitignore")
    _add_words(
        group, "--exclude", "PATTERNS", "passed over in folders, instead of .venv, build ..."
    )
    _add_words(group, "--extend-exclude", "PATTERNS", "passed over as well")
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


def _add_fixes(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("fixes", "files are written whole or not at all")
    ways = group.add_mutually_exclusive_group()
    ways.add_argument("--fix", action="store_true", help="write the repairs that are known")
    ways.add_argument("--diff", action="store_true", help="show them as a diff, and write nothing")
    also = "also those that may change what the code does"
    group.add_argument("--unsafe-fixes", action="store_true", help=also)


def _add_output(check: argparse.ArgumentParser) -> None:
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


def _add_settings(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("settings").add_mutually_exclusive_group()
    group.add_argument("--config", metavar="PATH", type=Path, help="take the settings from here")
    group.add_argument("--isolated", action="store_true", help="take no settings from any file")


def _add_extract(verbs: argparse._SubParsersAction[_Parser]) -> None:
    extract = verbs.add_parser(
        "extract",
        usage="%(prog)s IMAGES OUT --weights FILE|NAME [OPTION ...]",
        help="features of a folder of pictures, by Spark",
        description="Writes path, features and error of each picture to a Parquet, by Spark.",
        epilog=_EXTRACT_NOTES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    extract.add_argument("images", metavar="IMAGES", help="a folder with all below it, or a glob")
    extract.add_argument("out", metavar="OUT", help="the Parquet to write")
    network = extract.add_argument_group("network")
    network.add_argument("--model", default="resnet50", help="torchvision's name (resnet50)")
    weights = "a file with its state dict, or a name of torchvision's (DEFAULT)"
    network.add_argument("--weights", metavar="FILE|NAME", default="DEFAULT", help=weights)
    faster = "bfloat16 is faster where the CPU knows it (default: float32)"
    network.add_argument(
        "--precision", choices=("float32", "bfloat16"), default="float32", help=faster
    )
    draft = "draft decodes large JPEGs at a fraction of their size (default: exact)"
    network.add_argument("--decode", choices=("exact", "draft"), default="exact", help=draft)
    network.add_argument("--batch-size", type=_count, default=16, help="pictures at a time (16)")
    where = extract.add_argument_group("Spark").add_mutually_exclusive_group()
    where.add_argument("--master", default="local[*]", help="default: local[*], this machine")
    where.add_argument("--remote", metavar="ADDRESS", help="a Spark Connect server, sc://host")
    extract.add_argument("--overwrite", action="store_true", help="replace OUT if it is there")


def _add_words(group: argparse._ArgumentGroup, option: str, metavar: str, words: str) -> None:
    group.add_argument(option, metavar=metavar, type=_split, action="extend", help=words)


def _positive(kind: type[float]) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = kind(text)
        if not 0 < value < 10**9:
            raise ValueError(text)
        return value

    number.__name__ = "number"
    return number


def _size(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kMGT]?)(i?)B?", text.strip(), re.IGNORECASE)
    if match is None:
        raise argparse.ArgumentTypeError(f"`{text}` is no size, such as 500MB")
    number, unit, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** " kmgt".index(unit.lower() or " "))


def _count(word: str) -> int:
    if not word.isdecimal() or not int(word):
        raise argparse.ArgumentTypeError(f"`{word}` is no number of pictures")
    return int(word)


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]
