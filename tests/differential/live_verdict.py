"""The third column: what the live witness says of a program while real Spark runs it.

`python -m tests.differential.live_verdict --programs 1000 --seed 7` writes the page of a run.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sparkguard.config import Config
from sparkguard.diagnostic import Diagnostic
from sparkguard.engine import judged
from sparkguard.live.hook import hooked
from sparkguard.live.seen import Probed, Seen
from sparkguard.live.shipping import Shipping
from tests.differential.draft import write
from tests.differential.program import Program
from tests.differential.spark_verdict import start
from tests.differential.trial import Trial, drawn, schedule, trial

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PLAIN_ACCESS = re.compile(r"""\$it((?:\[(?:\d+|"\w+")\]|\.\w+)+)""")


@dataclass(slots=True)
class Watched:
    """What came by while a program ran.

    Args:
        refused: What Spark's pickler refused.
        probed: What the live witness said of each payload before that.
    """

    refused: list[str] = field(default_factory=list)
    probed: list[Probed] = field(default_factory=list)
    dry_refused: bool = False

    def findings(self) -> list[Diagnostic]:
        """The errors that the rules make of it."""
        result = judged(Seen(tuple(self.probed)), Config(Path.cwd()), perf_counter())
        return [one for one in result.diagnostics if one.severity.value == "error"]


@contextmanager
def watching() -> Iterator[Watched]:
    """Probes all that Spark pickles, and lets Spark do as it likes."""
    watched = Watched()

    def handle(obj: object, go_on: Callable[[], Any], plain: bool) -> Any:
        shipping = Shipping(obj, sys._getframe(1), plain=plain)
        if shipping.probe.is_refused:
            watched.dry_refused = True
            watched.probed += shipping.probed()
        try:
            return go_on()
        except Exception as error:
            watched.refused.append(f"{type(error).__name__}: {error}")
            raise

    with hooked(handle):
        yield watched


@dataclass(frozen=True, slots=True)
class Judged:
    """A program before three judges.

    Args:
        trial: What the static analyzer and Spark said.
        pickling: Whether Spark refused while pickling.
        live: The errors of the live witness.
    """

    trial: Trial
    pickling: bool
    live: tuple[Diagnostic, ...]
    dry_refused: bool

    @property
    def counts(self) -> bool:
        """Whether the live witness can be asked: Spark took it all, or refused while pickling."""
        if self.trial.broken:
            return False
        return self.pickling or not self.trial.refused or bool(self.live)

    @property
    def agreed(self) -> bool:
        """Whether the live witness says what Spark says."""
        return bool(self.trial.refused) == bool(self.live)

    @property
    def path_is_right(self) -> bool | None:
        """Whether a path ends at the thing that the generator put there; `None`: nothing to say."""
        program = self.trial.program
        if not (self.live and self.trial.refused and program.thing.code):
            return None
        codes = set(program.codes) | {"SG204"}  # plain pickle refuses the script's own classes
        if program.thing.code.startswith("SG1"):
            codes |= {"SG101", "SG103"}  # what it is made from, what holds it
        if any("cached_property" in part for part in program.way) and sys.version_info < (3, 12):
            return any(one.code in {*codes, "SG201"} for one in self.live)  # it holds a lock itself
        texts = ["".join(one.capture.path) for one in self.live if one.capture]
        tail = _tail(program)
        ends = tail is None or any(re.search(tail, text) for text in texts)
        return ends and any(one.code in codes for one in self.live)


def _tail(program: Program) -> str | None:
    """How a path must end, as far as the holders say it plainly."""
    tail = ""
    for hold in program.holds:
        found = _PLAIN_ACCESS.fullmatch(hold.access)
        if found is None:
            return tail or None
        tail = re.escape(found[1].replace('"', "'")) + tail
    return f"{tail}" if tail else None


def judge(number: int, program: Program, root: Path, spark: SparkSession) -> Judged:
    """A program before the static analyzer, the live witness and Spark."""
    with watching() as watched:
        one = trial(number, program, root, spark)
        live = tuple(watched.findings())
    return Judged(one, bool(watched.refused), live, watched.dry_refused)


def _run(count: int, seed: int, share: int, processes: int) -> Iterator[Judged]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        spark = start(root)
        for number, ship in enumerate(schedule(count, seed)):
            if number % processes == share:
                yield judge(number, drawn(number, ship, seed), root, spark)
        spark.stop()


def told(one: Judged) -> str:
    """A program on which they disagree."""
    files = "\n".join(f"# {n}\n{t}" for n, t in write(one.trial.program, one.trial.number).files)
    live = "".join(
        f"# live: {d.code} {' -> '.join(d.capture.path) if d.capture else ''} | {d.message}\n"
        for d in one.live
    )
    said = (
        f"# Spark: {one.trial.refused or 'answers'}, pickling {one.pickling}, dry {one.dry_refused}"
    )
    return f"{said}; static {len(one.trial.found)}; {one.trial.program.way}\n{live}{files}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    started = time.monotonic()
    judged_all = []
    for one in _run(arguments.programs, arguments.seed, 0, 1):
        judged_all.append(one)
        if len(judged_all) % 25 == 0:
            sys.stderr.write(f"{len(judged_all)} {time.monotonic() - started:.0f}s\n")
    count: Counter[str] = Counter()
    for one in judged_all:
        count["broken"] += bool(one.trial.broken)
        count["counts"] += one.counts
        count["agreed"] += one.counts and one.agreed
        count["static"] += one.counts and one.trial.agreed
        count["path right"] += one.path_is_right is True
        count["path wrong"] += one.path_is_right is False
        if one.counts and (not one.agreed or one.path_is_right is False) and arguments.keep:
            arguments.keep.mkdir(parents=True, exist_ok=True)
            kind = "path" if one.agreed else "missed" if one.trial.refused else "false"
            (arguments.keep / f"{kind}_{one.trial.number}.txt").write_text(told(one))
    sys.stdout.write(f"{count} {time.monotonic() - started:.0f}s\n")


if __name__ == "__main__":
    main()
