"""Times `sparkguard check` beside `ast.parse` and `libcst.parse_module`, over one folder."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

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

CONTESTANTS = {
    "ast.parse": ["-W", "ignore", "-c", _AST],
    "libcst.parse_module": ["-W", "ignore", "-c", _LIBCST],
    "sparkguard check": ["-m", "sparkguard", "check", "--output-format", "json", "--"],
}


def main() -> None:
    """Prints the best times and their ratios, then what they were taken on."""
    arguments = _arguments()
    best = measure(arguments.folder, arguments.rounds)
    floor = best["ast.parse"]
    print(f"{'':22}{'seconds':>9}{'x ast.parse':>13}")
    for name, seconds in best.items():
        print(f"{name:22}{seconds:9.2f}{seconds / floor:13.1f}")
    print("\n".join(conditions(arguments.folder, arguments.rounds)))


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """The best wall-clock seconds of each contestant; the rounds are interleaved."""
    times: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    for _ in range(rounds):
        for name, command in CONTESTANTS.items():
            times[name].append(_seconds([sys.executable, *command, str(folder)]))
    return {name: min(taken) for name, taken in times.items()}


def conditions(folder: Path, rounds: int) -> list[str]:
    """What a reader needs to take the figures again."""
    sizes = [path.stat().st_size for path in folder.rglob("*.py") if path.is_file()]
    packages = ", ".join(f"{name} {version(name)}" for name in ("sparkguard", "libcst"))
    return [
        f"{len(sizes)} files, {sum(sizes) / 1e6:.1f} MB, best of {rounds}",
        f"Python {platform.python_version()}, {packages}",
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    ]


def _seconds(command: Sequence[str]) -> float:
    """Wall-clock seconds of a process; a finding (exit code 1) is no failure."""
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    taken = time.perf_counter() - start
    if done.returncode > 1:
        sys.exit(f"{command[1:3]} failed with exit code {done.returncode}")
    return taken


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="whose Python files are checked")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each, the best counts")
    return parser.parse_args()


if __name__ == "__main__":
    main()
