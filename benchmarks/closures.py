"""Fifteen bad closures before sparkguard, Ray, dill, Spark and cloudpickle, side by side.

Needs `pip install ray dill` besides. Each tool sees each closure in a fresh interpreter, for at
most a minute, and is asked for the way to each thing that does not travel. Of sparkguard every step
must be right, and no step too many; of Ray the names must be right as far as the thing, of dill
and of messages the last name.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.bad_closures import MAKERS, Closure

PAGE = Path(__file__).with_name("closures.md")
_PATIENCE = 60
_PACKAGES = ("sparkguard", "ray", "dill", "pyspark", "cloudpickle")
_INTRODUCTION = """\
# Fifteen bad closures

Written by `python -m benchmarks.closures`: how many of the things that do not travel each tool
names, *weight* where it names what holds 200 MB, and how many milliseconds it took.

Python {python}, {versions}.
"""
_TOOLS = ("sparkguard", "ray", "dill", "Spark", "cloudpickle")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool said of a closure.

    Args:
        found: How many of the things that do not travel it names by the right name.
        weight: Whether it names what is heavy.
        took: Seconds.
        said: Its own words, shortened; why it gave none.
    """

    found: int
    weight: bool
    took: float
    said: str


def _sparkguard(closure: Closure) -> Answer:
    from sparkguard.live.probe import probe

    started = time.perf_counter()
    probed = probe(closure.function)
    took = time.perf_counter() - started
    ways = {tuple(step.text for step in one.path) for one in probed.point.captures}
    held = [part.text for part in probed.payload.weight.held[:1]]
    said = "; ".join(" -> ".join(way) for way in sorted(ways)) or f"{held} {probed.payload.bytes}"
    return Answer(len(ways & set(closure.ways)), closure.heavy in held, took, said)


def _ray(closure: Closure) -> Answer:
    inspect_serializability = import_module("ray.util").inspect_serializability
    started = time.perf_counter()
    _, failures = inspect_serializability(closure.function, print_file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    took = time.perf_counter() - started
    paths = [tuple(map(str, failure.path)) for failure in failures]
    ways = [tuple(map(_bare, way)) for way in closure.ways]
    right = sum(any(path[: len(way)] == way for path in paths) for way in ways)
    return Answer(right, False, took, "; ".join(str(failure.path) for failure in failures))


def _dill(closure: Closure) -> Answer:
    detect = import_module("dill.detect")
    started = time.perf_counter()
    bad = detect.badobjects(closure.function, depth=3)  # deeper, most take more than a minute
    took = time.perf_counter() - started
    keys = set(_keys(bad))
    return Answer(sum(_bare(w[-1]) in keys for w in closure.ways), False, took, str(bad)[:120])


def _keys(bad: object) -> Iterator[str]:
    if isinstance(bad, dict):
        for key, below in bad.items():
            yield str(key)
            yield from _keys(below)


def _bare(step: str) -> str:
    """The name that a holder knows a thing by: `lock` of `.lock`, `db` of `['db']`."""
    return re.sub(r"^[.\[']+|['\]=]+$", "", step).rpartition(".")[2]


def _by_message(dumps: Callable[[Any], Any]) -> Callable[[Closure], Answer]:
    def ask(closure: Closure) -> Answer:
        started = time.perf_counter()
        said = "no error"
        try:
            dumps(closure.function)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        took = time.perf_counter() - started
        right = sum(re.search(rf"\b{_bare(way[-1])}\b", said) is not None for way in closure.ways)
        named = right if any(_bare(way[0]) in said for way in closure.ways) else 0
        return Answer(named, False, took, said)

    return ask


def _spark(obj: Any) -> None:  # noqa: ANN401 - a closure
    from pyspark.serializers import CloudPickleSerializer

    sys.stderr = open("/dev/null", "w")  # noqa: SIM115, PTH123 - it prints a traceback
    CloudPickleSerializer().dumps(obj)  # type: ignore[no-untyped-call]


def _cloudpickle(obj: Any) -> None:  # noqa: ANN401 - a closure
    import cloudpickle  # type: ignore[import-untyped]

    cloudpickle.dumps(obj)


_ASK: dict[str, Callable[[Closure], Answer]] = {
    "sparkguard": _sparkguard,
    "ray": _ray,
    "dill": _dill,
    "Spark": _by_message(_spark),
    "cloudpickle": _by_message(_cloudpickle),
}


def _answer(tool: str, number: int) -> Answer:
    """What a tool says in a process of its own."""
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "benchmarks.closures",
        "--ask",
        tool,
        str(number),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=_PATIENCE
        )
        return Answer(**json.loads(done.stdout.splitlines()[-1]))
    except subprocess.TimeoutExpired:
        return Answer(0, False, _PATIENCE, "no answer in a minute")
    except subprocess.CalledProcessError as error:
        return Answer(0, False, 0.0, f"crashes: {error.stderr.strip().splitlines()[-1][:100]}")


def _page() -> Iterator[str]:
    yield _INTRODUCTION.format(
        python=platform.python_version(), versions=", ".join(map(_version, _PACKAGES))
    )
    yield f"| closure | {' | '.join(_TOOLS)} |"
    yield "|---" * (len(_TOOLS) + 1) + "|"
    right = dict.fromkeys(_TOOLS, 0)
    words = []
    for number, make in enumerate(MAKERS):
        closure = make()
        answers = {tool: _answer(tool, number) for tool in _TOOLS}
        for tool, answer in answers.items():
            right[tool] += answer.weight if closure.heavy else answer.found == len(closure.ways)
            words.append(f"* {closure.name}, {tool}: `{answer.said[:160]}`")
        cells = (_cell(closure, answer) for answer in answers.values())
        yield f"| {closure.name} | {' | '.join(cells)} |"
    yield f"| **all of it right** | {' | '.join(map(str, right.values()))} |\n"
    yield "## In their own words\n"
    yield from words


def _cell(closure: Closure, answer: Answer) -> str:
    weight = "weight" if answer.weight else "-"
    score = weight if closure.heavy else f"{answer.found}/{len(closure.ways)}"
    return f"{score}, {1000 * answer.took:.1f}"


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} not installed"


def main() -> None:
    """Writes the page, or answers for one tool and one closure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ask", nargs=2, metavar=("TOOL", "NUMBER"), help="for one process")
    asked = parser.parse_args().ask
    if asked:
        answer = _ASK[asked[0]](MAKERS[int(asked[1])]())
        print(json.dumps({n: getattr(answer, n) for n in ("found", "weight", "took", "said")}))
        return
    PAGE.write_text("\n".join(_page()) + "\n", encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8").partition("## In")[0])


if __name__ == "__main__":
    main()
