"""Times the reference extractor beside bare PyTorch and the usual UDFs, and weighs its workers.

    python benchmarks/extractor.py --write benchmarks/extractor.md

All ways run in turn, each in a process of its own and on one core, after passes that do not
count. What is compared is CPU seconds per picture of the whole process tree: other work on the
machine disturbs wall-clock times.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
SIZES = ((640, 480), (1024, 768), (1600, 1200))
"""Of the JPEGs, in equal parts: a web page's, a mail's, a small camera's."""
FULL, SMALL, FEW = 48, 4, 16
"""Pictures to a task; the few are one batch, for what is done once."""
CONTESTANTS = {
    "plain": "(a) plain PyTorch, one process",
    "engine": "our engine, no Spark",
    "row_udf": "(b) broadcast and row UDF",
    "pandas_udf": "(c) naive pandas UDF",
    "predict_batch": "(d) `predict_batch_udf`",
    "ours": f"(e) ours, {FULL} per task",
    "ours/small": f"(e) ours, {SMALL} per task",
    "ours_faster": "(e) ours, bfloat16 and draft",
}
LIMITS = {
    # of whose cost, at most how much of it: resnet18, resnet50
    ("ours", "plain"): (1.10, 1.10),
    ("ours", "row_udf"): (0.80, 0.87),
    ("ours_faster", "row_udf"): (0.60, 0.60),
    ("ours/small", "ours"): (1.15, 1.15),
}
MODELS = ("resnet18", "resnet50")
WORKERS = {
    "torch": "bare: has imported torch and torchvision",
    "broadcast": "a broadcast module",
    "ours": "ours",
    "daemon-torch": "bare, forked from `sparkguard.extractor.daemon`",
    "daemon-ours": "ours, forked from it",
}
FASTER: dict[str, dict[str, Any]] = {
    "bfloat16": {"precision": "bfloat16"},
    "draft": {"decode": "draft"},
    "bfloat16 and draft": {"precision": "bfloat16", "decode": "draft"},
}
BATCH_MB = 3 * 16 * 256 * 56 * 56 * 4 / 1e6
"""Of a resnet50's first blocks, 16 pictures: what goes in, what comes out, and what is added."""


def main() -> None:
    """Prints the tables, and writes them where `--write` says."""
    options = _options()
    lines = ["# The extractor beside bare PyTorch and other UDFs", "", *_conditions(options), ""]
    with tempfile.TemporaryDirectory() as folder:
        photos = prepared_pictures(Path(folder), options.pictures)
        for number, model in enumerate(MODELS):
            weights = saved_weights(Path(folder), model)
            costs = measured(Path(folder), model, weights, options.rounds)
            lines += [*_table(model, costs, photos), *_verdicts(costs, number), ""]
            print("\n".join(lines), file=sys.stderr)
        lines += [*fidelity(Path(folder), Path(folder) / "resnet50.pt"), ""]
        lines += memory(Path(folder), Path(folder) / "resnet50.pt")
    text = "\n".join(lines) + "\n"
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    print(text)


def prepared_pictures(folder: Path, count: int) -> int:
    """Writes the pictures as Parquet, `full` and `small` tasks of them, and returns how many."""
    contents = [*_jpegs(count)]
    for name, size, end in (("full", FULL, count), ("small", SMALL, count), ("few", FEW, FEW)):
        (folder / name).mkdir()
        for start in range(0, end, size):
            names = [str(number) for number in range(start, min(start + size, end))]
            table = pa.table({"name": names, "content": contents[start : start + len(names)]})
            pq.write_table(table, folder / name / f"{start:05}.parquet")
    return count


def _jpegs(count: int) -> Iterator[bytes]:
    import skimage
    import sklearn.datasets
    from PIL import Image

    roots = (Path(skimage.__file__).parent / "data", Path(sklearn.datasets.__file__).parent)
    paths = sorted(path for root in roots for path in root.rglob("*.[jp][pn]g"))
    for number in range(count):
        photo = Image.open(paths[number % len(paths)]).convert("RGB")
        out = io.BytesIO()
        photo.resize(SIZES[number % len(SIZES)]).save(out, "JPEG", quality=88)
        yield out.getvalue()


def saved_weights(folder: Path, model: str) -> Path:
    """Random weights: a product takes as long whatever the numbers are."""
    import torch
    from torchvision import models

    torch.manual_seed(5063)
    path = folder / f"{model}.pt"
    torch.save(models.get_model(model, weights=None).state_dict(), path)
    return path


Costs = dict[str, list[dict[str, float]]]


def measured(folder: Path, model: str, weights: Path, rounds: int) -> Costs:
    """The passes of each contestant, in rounds: what disturbs one round disturbs all in it."""
    costs: Costs = {name: [] for name in CONTESTANTS}
    for _ in range(rounds):
        for runner in dict.fromkeys(name.partition("/")[0] for name in CONTESTANTS):
            with _runner(runner, model, weights, folder) as process:
                for name in (each for each in CONTESTANTS if each.partition("/")[0] == runner):
                    tasks = name.partition("/")[2] or "full"
                    costs[name].append(_answer(process, str(folder / tasks)))
                    print(model, name, costs[name][-1], file=sys.stderr)
    return costs


@contextmanager
def _runner(
    name: str, model: str, weights: Path, pictures: Path
) -> Iterator[subprocess.Popen[str]]:
    script = HERE / "extractor_variants.py"
    command = [sys.executable, str(script), name, model, str(weights), str(pictures)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as runner:
        assert runner.stdout is not None  # noqa: S101 - for the type
        if not runner.stdout.readline():
            raise SystemExit(f"{name} did not start: {' '.join(command)}")
        yield runner
        assert runner.stdin is not None  # noqa: S101 - for the type
        runner.stdin.close()


def _answer(runner: subprocess.Popen[str], asked: str) -> dict[str, float]:
    assert runner.stdin is not None  # noqa: S101 - for the type
    assert runner.stdout is not None  # noqa: S101 - for the type
    runner.stdin.write(f"{asked}\n")
    runner.stdin.flush()
    answer: dict[str, float] = json.loads(runner.stdout.readline())
    return answer


def _table(model: str, costs: Costs, photos: int) -> Iterator[str]:
    yield f"## {model}"
    yield ""
    yield "| way | CPU ms per picture | pictures per wall-clock second | of (a) | of (b) |"
    yield "|---|---|---|---|---|"
    for name, label in CONTESTANTS.items():
        cpu = statistics.median(each["cpu"] for each in costs[name]) / photos * 1000
        pace = photos / statistics.median(each["wall"] for each in costs[name])
        of = " | ".join(f"{_ratio(costs, name, other):.2f}" for other in ("plain", "row_udf"))
        yield f"| {label} | {cpu:.1f} | {pace:.1f} | {of} |"
    yield ""


def _ratio(costs: Costs, name: str, other: str) -> float:
    """The median over the rounds: of each round's two costs, taken side by side."""
    pairs = zip(costs[name], costs[other], strict=True)
    return statistics.median(one["cpu"] / two["cpu"] for one, two in pairs)


def _verdicts(costs: Costs, number: int) -> Iterator[str]:
    for (name, other), limits in LIMITS.items():
        ratio, limit = _ratio(costs, name, other), limits[number]
        kept = "kept" if ratio <= limit else "MISSED"
        what = f"{CONTESTANTS[name]}, of {CONTESTANTS[other]}"
        yield f"- {what}: {ratio:.2f}, at most {limit:.2f}: {kept}"


def memory(folder: Path, weights: Path) -> Iterator[str]:
    """What each kind of worker holds, as a table, and what ours may hold."""
    held = {kind: _held(kind, weights, folder / "full") for kind in WORKERS}
    yield "## Memory of a worker, resnet50, two workers at a time"
    yield ""
    yield "| worker | USS MB | PSS MB | seconds from session to first row | of them the model's |"
    yield "|---|---|---|---|---|"
    for kind, label in WORKERS.items():
        row = held[kind]
        load = f"{row['load']:.2f}" if "load" in row else ""
        yield f"| {label} | {row['uss']:.0f} | {row['pss']:.0f} | {row['first']:.1f} | {load} |"
    yield ""
    yield "The model's seconds, once per worker, are those of one that has imported torch: the"
    yield "weights mapped, the network built, one picture sent through it."
    yield ""
    above = held["ours"]["uss"] - held["torch"]["uss"]
    limit = BATCH_MB + 0.3 * weights.stat().st_size / 1e6
    kept = "kept" if above <= limit else "MISSED"
    yield f"- ours above a worker that has only imported torch: {above:.0f} MB alone, at most"
    yield f"  {limit:.0f} (a batch of {BATCH_MB:.0f} and 0.3 of the weights): {kept}"


def _held(kind: str, weights: Path, pictures: Path) -> dict[str, float]:
    script = HERE / "extractor_memory.py"
    command = [sys.executable, str(script), kind, str(weights), str(pictures)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    held: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return held


def fidelity(folder: Path, weights: Path) -> Iterator[str]:
    """How far the faster modes are from the exact one, over some of the pictures, as a table."""
    import numpy as np

    from sparkguard.extractor import ImageFeatureExtractor

    contents = pq.read_table(next((folder / "full").iterdir()))["content"].to_pylist()[:24]
    features = []
    for options in ({}, *FASTER.values()):
        extractor = ImageFeatureExtractor("resnet50", str(weights), batch_size=24, **options)
        features.append(extractor.extract(contents).features)
    exact, *faster = features
    large = np.arange(len(contents)) % len(SIZES) == len(SIZES) - 1
    yield "## What the faster modes cost in exactness, resnet50"
    yield ""
    largest = _by(SIZES[-1])
    yield f"| mode | mean error of a feature, of the mean feature | of the {largest} pictures |"
    yield "|---|---|---|"
    for mode, found in zip(FASTER, faster, strict=True):
        error = np.abs(found - exact)
        every, some = error.mean() / exact.mean(), error[large].mean() / exact[large].mean()
        yield f"| {mode} | {every:.2%} | {some:.2%} |"


def _conditions(options: argparse.Namespace) -> Iterator[str]:
    packages = ("pyspark", "torch", "torchvision", "pillow", "pyarrow")
    yield f"Taken on {date.today()} by `python benchmarks/extractor.py --rounds {options.rounds}"
    yield f"--pictures {options.pictures}`:"
    yield f"{options.pictures} JPEGs, a third each of {', '.join(map(_by, SIZES))} pixels,"
    yield f"float32 and one thread unless it says otherwise, medians of {options.rounds} rounds."
    yield f"{_processor()}, {os.cpu_count()} cores, shared with other work;"
    yield f"Python {platform.python_version()}, "
    yield ", ".join(f"{name} {version(name)}" for name in packages) + "."


def _by(size: tuple[int, int]) -> str:
    return "x".join(map(str, size))


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    flags = any("avx512_bf16" in line for line in lines)
    return f"{(named or [platform.processor()])[0]}{' with AVX512-BF16' if flags else ''}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=96, help="how many (96)")
    parser.add_argument("--rounds", type=int, default=3, help="passes of each way (3)")
    parser.add_argument("--write", type=Path, help="also write the tables to this file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
