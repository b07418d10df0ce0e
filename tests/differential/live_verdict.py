"""The third column: what the live witness says of a program while real Spark runs it.

`python -m tests.differential.live_verdict --programs 1000 --seed 7` writes the page of a run.
"""

from __future__ import annotations

import argparse
import platform
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
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

PAGE = Path(__file__).parents[2] / "benchmarks/live_agreement.md"
_PLAIN_ACCESS = re.compile(r"""\$it((?:\[(?:\d+|"\w+")\]|\.\w+)+)""")
_INTRODUCTION = """\
# Three columns: the analyzer, the live witness, Spark

Written by `python -m tests.differential.live_verdict --programs {count} --seed {seed}`: programs of
the differential test run on real Spark, and whatever Spark pickles is probed just before. The live
witness is asked of the programs that Spark takes, and of those that it refuses while pickling.

{programs} programs, {minutes:.0f} minutes, Python {python}, pyspark {pyspark}.

| | programs | says what Spark says | share |
|---|---|---|---|
| the live witness | {asked} | {live} | {live_share:.4f} |
| the analyzer, on the same | {asked} | {static} | {static_share:.4f} |

Of {pathed} programs that both refuse, the way that the live witness names ends at the thing that
the generator put there in {right}.
"""


@dataclass(slots=True)
class Watched:
    """What came by while a program ran.

    Args:
        refused: Whether Spark's pickler refused any of it.
        probed: What the live witness said before that.
    """

    refused: bool = False
    probed: list[Probed] = field(default_factory=list)

    def findings(self) -> tuple[Diagnostic, ...]:
        """The errors that the rules make of it."""
        return judged(Seen(tuple(self.probed)), Config(Path.cwd()), perf_counter()).diagnostics


@contextmanager
def watching() -> Iterator[Watched]:
    """Probes all that Spark pickles, and lets Spark do as it likes."""
    watched = Watched()

    def handle(obj: object, go_on: Callable[[], Any], plain: bool) -> Any:
        shipping = Shipping(obj, sys._getframe(1), plain=plain)
        if shipping.probe.is_refused:
            watched.probed += shipping.probed()
        try:
            return go_on()
        except Exception:
            watched.refused = True
            raise

    with hooked(handle):
        yield watched


@dataclass(frozen=True, slots=True)
class Judged:
    """A program before three judges.

    Args:
        trial: What the analyzer and Spark said.
        pickling: Whether Spark refused it while pickling.
        live: The errors of the live witness.
    """

    trial: Trial
    pickling: bool
    live: tuple[Diagnostic, ...]

    @property
    def is_asked(self) -> bool:
        """Whether Spark took all of it, or refused it while pickling."""
        return not self.trial.broken and (self.pickling or not self.trial.refused)

    @property
    def agreed(self) -> bool:
        """Whether the live witness says what Spark says."""
        return bool(self.trial.refused) == bool(self.live)

    @property
    def is_path_right(self) -> bool | None:
        """Whether a way ends at the thing that the generator put there; `None`: nothing to say."""
        program = self.trial.program
        if not (self.is_asked and self.live and self.trial.refused and program.thing.code):
            return None
        codes = set(program.codes) | {"SG204"}  # plain pickle refuses the script's own classes
        if program.thing.code.startswith("SG1"):
            codes |= {"SG101", "SG103"}  # what it is made from, what holds it
        if any("cached_property" in part for part in program.way) and sys.version_info < (3, 12):
            return any(one.code in {*codes, "SG201"} for one in self.live)  # it holds a lock itself
        ways = ["".join(one.capture.path) for one in self.live if one.capture]
        ends = any(re.search(_tail(program), way) for way in ways)
        return ends and any(one.code in codes for one in self.live)


def _tail(program: Program) -> str:
    """How a way must end, as far as the holders say it plainly."""
    tail = ""
    for hold in program.holds:
        found = _PLAIN_ACCESS.fullmatch(hold.access)
        if found is None:
            break
        tail = re.escape(found[1].replace('"', "'")) + tail
    return tail


def judge(number: int, program: Program, root: Path, spark: SparkSession) -> Judged:
    """A program before the analyzer, the live witness and Spark; see `trial`."""
    with watching() as watched:
        one = trial(number, program, root, spark)
        return Judged(one, watched.refused, watched.findings())


def told(one: Judged) -> str:
    """A program, and what was said of it."""
    files = "\n".join(f"# {n}\n{t}" for n, t in write(one.trial.program, one.trial.number).files)
    ways = (" -> ".join(each.capture.path) for each in one.live if each.capture)
    live = "".join(f"# live: {way}\n" for way in ways)
    return f"# Spark: {one.trial.refused or 'answers'}; {one.trial.program.way}\n{live}{files}"


def page(judgements: Sequence[Judged], seed: int, seconds: float) -> str:
    """The page of a run.

    Args:
        judgements: What came of the programs.
        seed: Of the run.
        seconds: How long it took.
    """
    asked = [one for one in judgements if one.is_asked]
    paths = [one.is_path_right for one in judgements if one.is_path_right is not None]
    live = sum(one.agreed for one in asked)
    static = sum(one.trial.agreed for one in asked)
    return _INTRODUCTION.format(
        count=len(judgements),
        seed=seed,
        programs=len(judgements),
        minutes=seconds / 60,
        python=platform.python_version(),
        pyspark=version("pyspark"),
        asked=len(asked),
        live=live,
        live_share=live / max(1, len(asked)),
        static=static,
        static_share=static / max(1, len(asked)),
        pathed=len(paths),
        right=sum(paths),
    )


def _run(count: int, seed: int) -> Iterator[Judged]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        spark = start(root)
        for number, ship in enumerate(schedule(count, seed)):
            yield judge(number, drawn(number, ship, seed), root, spark)
        spark.stop()


def main() -> None:
    """Runs the programs and writes the page; shows those on which they disagree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=1000, help="how many, about")
    parser.add_argument("--seed", type=int, default=7, help="the same seed, the same programs")
    parser.add_argument("--output", type=Path, default=PAGE, help="the page that is written")
    arguments = parser.parse_args()
    started = time.monotonic()
    judgements = []
    for one in _run(arguments.programs, arguments.seed):
        judgements.append(one)
        if one.trial.broken or (one.is_asked and not one.agreed) or one.is_path_right is False:
            sys.stdout.write(f"{told(one)}\n{one.trial.broken[-500:]}\n\n")
    text = page(judgements, arguments.seed, time.monotonic() - started)
    arguments.output.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
