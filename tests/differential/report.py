"""The page of a run: how often both judges agree, by every part of the programs."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sparkguard import __version__
from tests.differential.draft import write
from tests.differential.left_out import LEFT_OUT
from tests.differential.trial import Trial

_HEAD = "| {} | programs | both | missed | false | neither |"
_RULE = "|---|---|---|---|---|---|"
_INTRODUCTION = """\
# Agreement with real Spark

Written by `nox -s agreement -- --programs {count} --seed {seed}`: programs are drawn from a ship
point, a way to capture, a thing captured and decoys; each runs on real Spark and is checked. Spark
is right: *both* is refused and reported, *missed* refused and not reported, *false* reported though
Spark answers, *neither* the rest.

{programs} programs, {minutes:.0f} minutes, Python {python}, {versions}; {broken} broken.

**Recall {recall:.4f}, precision {precision:.4f}.**
"""


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many programs are refused or not, and reported or not."""

    hit: int
    missed: int
    false: int
    silent: int

    @classmethod
    def of(cls, trials: Iterable[Trial]) -> Matrix:
        """Counts them, all but the broken."""
        count = Counter((bool(one.refused), bool(one.found)) for one in trials if not one.broken)
        hit, missed = count[True, True], count[True, False]
        return cls(hit, missed, count[False, True], count[False, False])

    @property
    def recall(self) -> float:
        """The share of what Spark refuses that is reported."""
        return self.hit / max(1, self.hit + self.missed)

    @property
    def precision(self) -> float:
        """The share of what is reported that Spark refuses."""
        return self.hit / max(1, self.hit + self.false)

    def row(self, name: str) -> str:
        """A line of a table."""
        cells = (self.hit, self.missed, self.false, self.silent)
        return f"| {name} | {sum(cells)} | " + " | ".join(map(str, cells)) + " |"


def page(trials: Sequence[Trial], seed: int, seconds: float) -> str:
    """The whole page.

    Args:
        trials: What came of the programs.
        seed: Of the run.
        seconds: How long it took.
    """
    matrix = Matrix.of(trials)
    others = ", ".join(f"{name} {version(name)}" for name in ("pyspark", "hypothesis"))
    introduction = _INTRODUCTION.format(
        count=len(trials),
        seed=seed,
        programs=len(trials),
        minutes=seconds / 60,
        python=platform.python_version(),
        versions=f"sparkguard {__version__}, {others}",
        broken=sum(bool(one.broken) for one in trials),
        recall=matrix.recall,
        precision=matrix.precision,
    )
    return "\n".join([introduction, *_tables(trials), *_left_out()]) + "\n"


def _tables(trials: Sequence[Trial]) -> Iterator[str]:
    yield from (_HEAD.format(""), _RULE, Matrix.of(trials).row("all"), "")
    yield from _by("thing captured", trials, lambda one: [one.program.thing.name])
    yield from _by("ship point", trials, lambda one: [one.program.ship.name])
    yield from _by("part of the way", trials, lambda one: [*dict.fromkeys(one.program.way)])
    yield from _codes(trials)


def _by(name: str, trials: Sequence[Trial], keys: Callable[[Trial], list[str]]) -> Iterator[str]:
    groups: dict[str, list[Trial]] = {}
    for one in trials:
        for key in keys(one):
            groups.setdefault(key, []).append(one)
    rows = [(Matrix.of(group), key) for key, group in groups.items()]
    rows.sort(key=lambda row: (-row[0].missed - row[0].false, row[1]))
    yield from (_HEAD.format(name), _RULE, *(matrix.row(key) for matrix, key in rows), "")


def _codes(trials: Iterable[Trial]) -> Iterator[str]:
    """How often the rule is the expected one, and the finding stands where it should."""
    both = [one for one in trials if one.refused and one.found and not one.broken]
    other = [one for one in both if one.program.codes.isdisjoint(f.code for f in one.found)]
    pairs = Counter(
        (one.program.thing.code or "none", ", ".join(sorted({f.code for f in one.found})))
        for one in other
    )
    astray = sum(bool(misplaced(one)) for one in both)
    yield f"Of {len(both)} in both, {len(other)} are reported under a rule that was not expected,"
    yield f"and {astray} at a line that has nothing to do with it."
    yield from ("", "| expected | reported | programs |", "|---|---|---|")
    yield from (f"| {code} | {said} | {count} |" for (code, said), count in sorted(pairs.items()))


def misplaced(one: Trial) -> list[tuple[str, int]]:
    """The places of findings that stand on a decoy, or name a call that is not the one."""
    written = write(one.program, one.number)
    return [
        found.place
        for found in one.found
        if found.place in written.decoys
        or (found.shipped is not None and found.shipped not in written.ships)
    ]


def _left_out() -> Iterator[str]:
    yield from ("", "| ship point left out | why |", "|---|---|")
    yield from (f"| {name} | {why} |" for name, why in LEFT_OUT.items())


def told(one: Trial) -> str:
    """A program and what both said of it."""
    program = one.program
    found = "".join(f"# {f.code} {f.place[0]}:{f.place[1]} {f.message}\n" for f in one.found)
    files = "\n".join(f"# file: {name}\n{text}" for name, text in write(program, one.number).files)
    said = f"Spark: {one.refused or 'answers'}; reported: {len(one.found)}"
    parts = f"{program.ship.name} / {program.thing.name} / {' / '.join(program.way)}"
    return f"# {said}\n# {parts}\n{found}\n{files}"


def keep(trials: Iterable[Trial], folder: Path) -> None:
    """Writes what the two disagree on, the shortest program of each kind, and what is misplaced."""
    kinds: dict[tuple[str, str, tuple[str, ...]], list[Trial]] = {}
    for one in trials:
        kind = "misplaced" if one.agreed else "missed" if one.refused else "false"
        if not one.broken and (kind != "misplaced" or misplaced(one)):
            family = one.program.ship.api.rpartition(".")[0]
            key = (f"{kind}_{one.program.thing.name}", family, one.program.way[:-1])
            kinds.setdefault(key, []).append(one)
    folder.mkdir(parents=True, exist_ok=True)
    for (kind, *_), same in kinds.items():
        shortest = min(map(told, same), key=len)
        path = folder / f"{kind.replace(' ', '_')}_{same[0].number}.txt"
        path.write_text(f"# {len(same)} of this kind\n{shortest}", encoding="utf-8")
