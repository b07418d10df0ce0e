"""Times `sparkguard check` beside bare parsers and other linters, on the same files in one run.

    python -m benchmarks.speed --write benchmarks/results.md --peers VENV

Figures are CPU seconds, user and system, of a process and all that it starts, so that other work on
the machine hardly counts; memory is that of the largest process.
"""

from __future__ import annotations

import argparse
import compileall
import importlib.util
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import sparkguard as checked
from benchmarks import repository

LIMIT = 120
"""Seconds after which a tool is given up."""
_PARSE_ALL = """\
import contextlib
import sys
from pathlib import Path
{imports}
for path in sorted(Path(sys.argv[1]).rglob("*.py")):
    with contextlib.suppress(Exception):
        {parse}(path.read_bytes())
"""
_AST = _PARSE_ALL.format(imports="import ast", parse="ast.parse")
_LIBCST = _PARSE_ALL.format(imports="import libcst", parse="libcst.parse_module")
_ONE = "import libcst; libcst.parse_module(open({!r}).read())"
_UNIT = "import libcst and parse it"
_HOOKED = {
    "a file": "package_0000/module_00020.py",
    "a file without Spark": "package_0000/module_00021.py",
}
"""Small files of a repository, as a hook names them."""
_HOOK_ROUNDS = 7
"""How often at least so short a run is repeated."""
_CHECK = [sys.executable, "-m", "sparkguard", "check", "--output-format", "concise"]
_ANEW = "sparkguard, no cache, --jobs "
_CHANGED = ("join.py", "sql/dataframe.py")
"""A file of PySpark's that hardly another uses, and one that most use."""
_DRAWN = 21
"""Files of a folder that are drawn, and each changed once."""
_FOUND = (0, 1)
"""Exit codes of a tool that has done its work."""
_PEERS = {
    "ruff, all rules": ["ruff", "check", "--no-cache", "--isolated", "--select", "ALL"],
    "pyspark-antipattern": ["pyspark-antipattern", "check"],
    "spark-perf-lint": ["spark-perf-lint", "scan"],
    "cylint": ["cy", "lint"],
    "sparkdoctor": ["sparkdoctor", "lint"],
    "sparkguardian": ["sparkguardian", "analyze"],
    "fixit": ["fixit", "lint"],
    "pylint": ["pylint", "--recursive=y", "--score=n"],
}
_PACKAGES = {"ruff, all rules": "ruff"}
"""What a tool is called on PyPI, where that is not its name here."""


@dataclass(frozen=True)
class Cost:
    """CPU seconds, seconds and megabytes of a process; `note` says how it ended if not well."""

    seconds: float
    elapsed: float
    megabytes: float
    note: str = ""


def cost(command: Sequence[str], folder: Path) -> Cost:
    """Runs a command in a folder, and gives it up after `LIMIT` seconds."""
    start = time.monotonic()
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=folder, stdout=nowhere, stderr=nowhere, start_new_session=True
    )
    note = ""
    while True:
        done, status, usage = os.wait4(process.pid, 0 if note else os.WNOHANG)
        if done:
            break
        if time.monotonic() > start + LIMIT:
            os.killpg(process.pid, signal.SIGKILL)  # what it has started, too
            note = f"given up after {LIMIT} s"
        time.sleep(0.005)
    process.returncode = code = os.waitstatus_to_exitcode(status)
    if not note and code not in _FOUND:
        note = f"exit code {code}"
    elapsed = time.monotonic() - start
    return Cost(usage.ru_utime + usage.ru_stime, elapsed, usage.ru_maxrss / 1024, note)


def least(runs: Callable[[], Cost], rounds: int) -> Cost:
    """The cheapest of several runs: what disturbs one only ever makes it dearer."""
    return min((runs() for _ in range(rounds)), key=lambda one: one.seconds)


def sparkguard(folder: Path, changed: Sequence[str], rounds: int) -> Iterator[tuple[str, Cost]]:
    """A check without a cache, with an empty one, a full one, and one that a change leaves."""

    def cold() -> Cost:
        shutil.rmtree(folder / ".sparkguard_cache", ignore_errors=True)
        return cost([*_CHECK, "."], folder)

    def edited(name: str) -> Cost:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("another_name = 1\n")
        return cost([*_CHECK, "."], folder)

    for jobs in ("1", "2"):
        anew = [*_CHECK, "--no-cache", "--jobs", jobs, "."]
        yield f"{_ANEW}{jobs}", least(partial(cost, anew, folder), rounds)
    yield "sparkguard, cold", least(cold, rounds)
    time.sleep(2.5)  # what changed within two seconds before it was read is read again
    yield "sparkguard, warm", least(lambda: cost([*_CHECK, "."], folder), rounds)
    for name in changed:
        yield f"sparkguard, `{name}` changed", least(partial(edited, name), rounds)
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.py"))
    drawn = random.Random(0).sample(files, _DRAWN)  # noqa: S311
    costs = sorted(map(edited, drawn), key=lambda one: one.seconds)
    yield f"sparkguard, one file changed: the median of {_DRAWN}", costs[_DRAWN // 2]
    yield f"sparkguard, one file changed: the dearest of {_DRAWN}", costs[-1]


def parsers(folder: Path, rounds: int) -> Iterator[tuple[str, Cost]]:
    """The limits: to parse each file, and to parse it with all that it is written with."""
    for name, program in (("ast.parse", _AST), ("libcst.parse_module", _LIBCST)):
        words = [sys.executable, "-W", "ignore", "-c", program, "."]
        yield name, least(lambda words=words: cost(words, folder), rounds)  # type: ignore[misc]


def peers(folder: Path, bin: Path, names: Sequence[str]) -> Iterator[tuple[str, Cost]]:
    """Other linters, once each; what is not installed is left out."""
    for name in names:
        found = _found(name, bin)
        if found:
            yield name, cost([found, *_PEERS[name][1:], "."], folder)


def _found(name: str, bin: Path) -> str | None:
    """Where a tool is, if it is installed."""
    return shutil.which(_PEERS[name][0], path=os.pathsep.join([str(bin), os.environ["PATH"]]))


def one_file(folders: Sequence[tuple[int, Path]], rounds: int) -> Iterator[tuple[str, Cost]]:
    """What a hook waits for: one small file of a repository, small or large."""
    python, file = [sys.executable, "-c"], next(iter(_HOOKED.values()))
    _, small = folders[0]
    yield "python -c pass", least(lambda: cost([*python, "pass"], small), rounds)
    yield _UNIT, least(lambda: cost([*python, _ONE.format(file)], small), rounds)
    for size, folder in folders:
        for name, file in _HOOKED.items():
            yield from _hooked(f"{name} of {size:,}", [*_CHECK, file], folder, rounds)


def _hooked(
    name: str, words: Sequence[str], folder: Path, rounds: int
) -> Iterator[tuple[str, Cost]]:
    def cold() -> Cost:
        shutil.rmtree(folder / ".sparkguard_cache", ignore_errors=True)
        return cost(words, folder)

    yield f"{name}, cold", least(cold, rounds)
    yield f"{name}, warm", least(lambda: cost(words, folder), rounds)


def table(rows: Sequence[tuple[str, Cost]], unit: str) -> Iterator[str]:
    """A table of costs, as ratios to that of `unit`."""
    base = dict(rows)[unit].seconds
    yield f"| | CPU seconds | x `{unit}` | seconds | peak MB |"
    yield "|---|--:|--:|--:|--:|"
    for name, taken in sorted(rows, key=lambda row: row[1].seconds):
        note = f" ({taken.note})" if taken.note else ""
        ratio = f"{taken.seconds / base:.3f}"
        elapsed, memory = f"{taken.elapsed:.2f}", f"{taken.megabytes:.0f}"
        yield f"| {name}{note} | {taken.seconds:.2f} | {ratio} | {elapsed} | {memory} |"


def pyspark_package(work: Path, bin: Path, rounds: int) -> Iterator[str]:
    """The installed package of PySpark, its Python files."""
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        sys.exit("pyspark is not installed: its package is what is checked")
    home, folder = Path(spec.origin).parent, work / "pyspark"
    files = sorted(home.rglob("*.py"))
    for file in files:
        copy = folder / file.relative_to(home)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    rows = [*parsers(folder, rounds), *sparkguard(folder, _CHANGED, rounds)]
    rows += peers(folder, bin, [*_PEERS])
    size = sum(file.stat().st_size for file in files) / 1e6
    yield f"## The package of PySpark {version('pyspark')}: {len(files)} files, {size:.1f} MB"
    yield ""
    yield from table(rows, "libcst.parse_module")


def made_up(work: Path, bin: Path, sizes: Sequence[int], rounds: int) -> Iterator[str]:
    """Repositories of which one file in twenty speaks of Spark, and how the time grows."""
    grown: list[tuple[int, Cost]] = []
    folders = [(size, work / f"repository_{size}") for size in sizes]
    for size, folder in folders:
        repository.write(folder, size)
        rows = [*parsers(folder, rounds), *sparkguard(folder, [*_HOOKED.values()], rounds)]
        grown.append((size, dict(rows)[f"{_ANEW}1"]))
        if size == sizes[-1]:
            rows += peers(folder, bin, ["ruff, all rules", "pyspark-antipattern"])
            yield f"## A repository of {size:,} files, one in {repository.SPARK} about Spark"
            yield ""
            yield from table(rows, "ruff, all rules")
    yield ""
    yield "## One small file, as a hook names it"
    yield ""
    ends = [folders[0], *folders[1:][-1:]]
    yield from table([*one_file(ends, max(rounds, _HOOK_ROUNDS))], _UNIT)
    yield ""
    yield "## How the time grows"
    yield ""
    yield "| files | CPU seconds, no cache | files per second | peak MB |"
    yield "|--:|--:|--:|--:|"
    for size, taken in grown:
        speed = size / taken.seconds
        yield f"| {size:,} | {taken.seconds:.2f} | {speed:.0f} | {taken.megabytes:.0f} |"


def conditions(bin: Path, rounds: int) -> Iterator[str]:
    """What a reader needs to take the figures again."""
    own = ", ".join(f"{name} {version(name)}" for name in ("sparkguard", "libcst"))
    yield f"- Python {platform.python_version()}, {own}; best of {rounds}, other tools once."
    there = [name for name in _PEERS if _found(name, bin)]
    versions = dict(_versions(bin, [_PACKAGES.get(name, name) for name in there]))
    yield "- " + ", ".join(f"{name} {number}" for name, number in versions.items()) + "."
    missing = [name for name in _PEERS if name not in there]
    if missing:
        yield f"- Left out: {', '.join(missing)}."
    yield f"- {platform.system()} {platform.machine()}, {os.cpu_count()} cores."


def _versions(bin: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    code = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
    for name in names:
        for python in (bin / "python", Path(sys.executable)):
            words = [str(python), "-c", code, name]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            if not done.returncode:
                yield name, done.stdout.strip()
                break


def main() -> None:
    """Measures, and prints or writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page, instead of standard output")
    parser.add_argument("--peers", type=Path, default=Path(sys.prefix), help="their environment")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    bin, rounds = arguments.peers / "bin", arguments.rounds
    if not (bin / "python").exists():
        sys.exit(f"{arguments.peers} is no virtual environment")
    # As pip leaves a package; a checkout that keeps no bytecode would be compiled in each run.
    compileall.compile_dir(Path(checked.__file__).parent, quiet=2)
    with tempfile.TemporaryDirectory() as name:
        lines = ["# How long a check takes", "", *_INTRODUCTION.splitlines(), ""]
        lines += [*pyspark_package(Path(name), bin, rounds), ""]
        lines += [*made_up(Path(name), bin, arguments.sizes, rounds), ""]
        lines += ["## Taken with", "", *conditions(bin, rounds)]
    text = "\n".join(lines) + "\n"
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")
    else:
        print(text)


_INTRODUCTION = """\
CPU seconds, user and system, of whole processes and all that they start, side by side in one run of
`nox -s speed`; what counts are the ratios. `ast.parse` and `libcst.parse_module` of every file are
the limits: no tool that looks at the syntax of every file is faster than the first, and a tool that
keeps what a fix needs of every file pays the second. *Cold* also writes the cache, *warm* finds all
as it was; a file is *changed* by one more line of code, in rows with its name more than once, since
what a check learns of other files is there for the next."""


if __name__ == "__main__":
    main()
