"""The large run of fixes: `nox -s fixes -- --programs 2000 --seed 1`."""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path

from sparkguard import __version__
from sparkguard.diagnostic import Applicability
from tests.differential.mending import Mended, Repair, mended, repairs
from tests.differential.spark_verdict import start
from tests.differential.trial import drawn, schedule

PAGE = Path(__file__).parents[2] / "benchmarks/fixes.md"
_OF_DRIVER = ("SG101", "SG102", "SG103", "SG104", "SG105", "SG106")
_LEVELS = tuple(reversed(Applicability))
_INTRODUCTION = """\
# Fixes, and what real Spark says of them

Written by `nox -s fixes -- --programs {programs} --seed {seed}`: programs are drawn as for the
agreement, checked, and fixed. After its fixes each must parse, be free of what was fixed, have no
new finding (after those that are not safe, no new error: what they read before may weigh), and not
change when it is fixed again. Where no error is left, Spark runs it: *accepted* it answers,
*refused* it refuses what ships, *fails* it stops for another reason.

{drawn} programs, {minutes:.0f} minutes, Python {python}, {versions}.

**{fixed} of {found} findings of SG101 to SG106 have a fix, {share:.0%}; of {asked} programs after
their safe fixes Spark accepts {accepted}; {wrong} broke a promise.**
"""

Share = tuple[list[Repair], list[Mended]]


def main() -> None:
    """Runs the programs, writes the page, and shows what went wrong."""
    arguments = _arguments()
    started = time.monotonic()
    shares = list(_run(arguments.programs, arguments.seed, arguments.processes))
    found = [one for repaired, _ in shares for one in repaired]
    after = [one for _, several in shares for one in several]
    minutes = (time.monotonic() - started) / 60
    text = _page(found, after, arguments.programs, arguments.seed, minutes)
    arguments.output.write_text(text, encoding="utf-8")
    for one in after:
        if one.wrong or (one.said and one.least is Applicability.SAFE) or arguments.verbose:
            sys.stderr.write(_told(one))
    if any(one.wrong or (one.said and one.least is Applicability.SAFE) for one in after):
        sys.exit("a fix broke a promise")


def _run(count: int, seed: int, processes: int) -> Iterator[Share]:
    fresh = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(processes, mp_context=fresh) as pool,
    ):
        shares = [(count, seed, share, processes, folder) for share in range(processes)]
        yield from pool.map(_share, *zip(*shares, strict=True))


def _share(count: int, seed: int, share: int, processes: int, folder: str) -> Share:
    """Every `processes`-th program, in a session of its own."""
    root = Path(folder) / f"process{share}"
    root.mkdir()
    spark, found, after = start(root), list[Repair](), list[Mended]()
    for number, ship in enumerate(schedule(count, seed)):
        if number % processes == share:
            program = drawn(number, ship, seed)
            repaired = repairs(number, program, root)
            found += repaired
            after += mended(number, program, repaired, root, spark)
            if number % 100 == share:
                sys.stderr.write(f"process {share}: program {number}, {len(after)} fixed\n")
    spark.stop()
    return found, after


def _page(
    found: Sequence[Repair], after: Sequence[Mended], programs: int, seed: int, minutes: float
) -> str:
    ours = [one for one in found if one.code in _OF_DRIVER]
    fixed = sum(one.applicability is not None for one in ours)
    safe = [one for one in after if one.asked and one.least is Applicability.SAFE]
    others = ", ".join(f"{name} {version(name)}" for name in ("pyspark", "hypothesis"))
    introduction = _INTRODUCTION.format(
        programs=programs,
        drawn=len(schedule(programs, seed)),
        seed=seed,
        minutes=minutes,
        python=platform.python_version(),
        versions=f"sparkguard {__version__}, {others}",
        fixed=fixed,
        found=len(ours),
        share=fixed / max(1, len(ours)),
        asked=len(safe),
        accepted=sum(not one.said for one in safe),
        wrong=sum(bool(one.wrong) for one in after),
    )
    return "\n".join([introduction, *_by_rule(found), *_by_kind(found), *_by_level(after)]) + "\n"


def _by_rule(found: Iterable[Repair]) -> Iterator[str]:
    counts = Counter((one.code, one.applicability) for one in found)
    yield from (
        "| rule | findings | safe | unsafe | shown | with a fix |",
        "|---|---|---|---|---|---|",
    )
    for code in sorted({code for code, _ in counts}):
        levels = [counts[code, level] for level in _LEVELS]
        total = sum(levels) + counts[code, None]
        cells = " | ".join(map(str, levels))
        yield f"| {code} | {total} | {cells} | {sum(levels) / total:.0%} |"
    yield ""


def _by_kind(found: Iterable[Repair]) -> Iterator[str]:
    kinds = Counter((one.kind, one.applicability) for one in found if one.applicability is not None)
    yield from ("| fix | how safe | findings |", "|---|---|---|")
    for (kind, level), count in sorted(kinds.items(), key=lambda row: (-row[1], row[0])):
        yield f"| {kind} | {_named(level)} | {count} |"
    yield ""


def _by_level(after: Sequence[Mended]) -> Iterator[str]:
    yield from (
        "| programs after | all | asked | accepted | refused | fails |",
        "|---|---|---|---|---|---|",
    )
    for level in _LEVELS:
        some = [one for one in after if one.least is level]
        asked = [one for one in some if one.asked]
        fails = sum(one.said.startswith("fails: ") for one in asked)
        accepted = sum(not one.said for one in asked)
        cells = (len(some), len(asked), accepted, len(asked) - accepted - fails, fails)
        yield f"| {_named(level)} fixes | " + " | ".join(map(str, cells)) + " |"


def _named(level: Applicability | None) -> str:
    return "shown" if level is Applicability.DISPLAY else level.name.lower() if level else ""


def _told(one: Mended) -> str:
    files = "\n".join(f"# file: {name}\n{text}" for name, text in one.files)
    return (
        f"# {one.number} {one.least.name}: {one.wrong or one.said[-1500:] or 'accepted'}\n{files}\n"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=2000, help="how many, about")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same programs")
    parser.add_argument("--processes", type=int, default=2, help="each with a Spark of its own")
    parser.add_argument("--verbose", action="store_true", help="show every program after its fixes")
    parser.add_argument("--output", type=Path, default=PAGE, help="the page that is written")
    return parser.parse_args()


if __name__ == "__main__":
    main()
