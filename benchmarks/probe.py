"""What a probe costs beside `cloudpickle.dumps` of the same function, and what the guard costs.

Each figure is the best of several runs in a fresh interpreter; memory is the highest resident set
above what the process had before.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
from importlib.metadata import version

_RESNET = """
import torch
from torchvision import models
torch.manual_seed(1)
model = models.resnet50(weights=None)
def function(x): return model(x)
"""
_SMALL = """
limit = {"a": 1}
def function(x): return limit["a"] + x
"""
_ARRAY = """
import numpy as np
table = np.zeros(25_000_000)
def function(x): return table[x]
"""
_WORK = {
    "dumps": "cloudpickle.dumps(function)",
    "probe": "probe(function)",
}
_SCRIPT = """
import resource, sys, threading, time
from pathlib import Path
from pyspark import cloudpickle
from sparkguard.live.probe import probe
{setup}
def resident():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000
highest, stop = 0.0, False
def watch():
    global highest
    while not stop:
        highest = max(highest, resident())
        time.sleep(0.002)
{warm}
before = highest = resident()
thread = threading.Thread(target=watch)
thread.start()
times = []
for _ in range({rounds}):
    started = time.perf_counter()
    {work}
    times.append(time.perf_counter() - started)
stop = True
thread.join()
print(min(times) * 1000, highest - before)
"""
_GUARD = """
import time
from pyspark.serializers import CloudPickleSerializer
from sparkguard import guard
{setup}
dumps = CloudPickleSerializer().dumps
def best(rounds=300):
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        dumps((function, None))
        times.append(time.perf_counter() - started)
    return sorted(times)[rounds // 2] * 1000
off = best()
with guard():
    best()
    on = best()
print(off, on, best())
"""


def _ask(script: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
    )
    return [float(word) for word in done.stdout.split()]


def _cost(name: str, setup: str, runs: int, rounds: int) -> None:
    """Prints a line for each way to handle a function."""
    figures: dict[str, tuple[float, float]] = {}
    for _ in range(runs):
        for way, work in _WORK.items():
            warm = f"{work}" if rounds > 1 else ""
            script = _SCRIPT.format(setup=setup, work=work, rounds=rounds, warm=warm)
            took, memory = _ask(script)
            best, least = figures.get(way, (took, memory))
            figures[way] = min(best, took), min(least, memory)
    (dumps, memory), (probe, more) = figures["dumps"], figures["probe"]
    print(
        f"{name:<24}{dumps:>12.2f}{probe:>12.2f}{probe / dumps:>8.2f}{memory:>10.1f}{more:>10.1f}"
    )


def _imports() -> None:
    script = "import time; s = time.perf_counter(); {}; print((time.perf_counter() - s) * 1000)"
    for name, words in (("nothing", "pass"), ("sparkguard.guard", "from sparkguard import guard")):
        print(
            f"import of {name:<20}{min(_ask(script.format(words))[0] for _ in range(7)):>8.1f} ms"
        )


def main() -> None:
    """Prints all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="fresh interpreters for each figure")
    runs = parser.parse_args().runs
    packages = ", ".join(f"{name} {version(name)}" for name in ("pyspark", "torch", "numpy"))
    print(f"Python {platform.python_version()}, {packages}, {platform.machine()}")
    print(f"{'':<24}{'dumps ms':>12}{'probe ms':>12}{'ratio':>8}{'dumps MB':>10}{'probe MB':>10}")
    _cost("small closure", _SMALL, runs, 200)
    _cost("resnet50, 102.6 MB", _RESNET, runs, 1)
    _cost("array, 200 MB", _ARRAY, runs, 1)
    off, on, after = (
        statistics.median(each)
        for each in zip(*(_ask(_GUARD.format(setup=_SMALL)) for _ in range(runs)), strict=True)
    )
    print(f"guard, small function: off {off:.3f} ms, on {on:.3f} ms, after {after:.3f} ms")
    _imports()


if __name__ == "__main__":
    main()
