"""One kind of worker, two at a time, and what each of them holds when its work is done.

USS is what a process holds alone and would give back; PSS counts what it shares by its share.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Batches = Iterator[Any]


def main(kind: str, weights: str, pictures: str) -> None:
    """Prints megabytes alone and by share, and seconds: to the first row, to build the model.

    Args:
        kind: `torch` has imported the libraries and done nothing; `broadcast` holds a broadcast
            module; `ours` is the extractor; `daemon-torch` and `daemon-ours` were forked from a
            daemon that had imported torch.
        weights: A file of a resnet50's.
        pictures: A folder of Parquet.
    """
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "localhost",
        "spark.log.level": "OFF",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "16",
        "spark.sql.files.openCostInBytes": str(1 << 30),
        "spark.sql.files.maxPartitionBytes": str(1 << 30),
    }
    daemon, _, way = kind.rpartition("-")
    if daemon:
        settings["spark.python.daemon.module"] = "sparkguard.extractor.daemon"
    builder = SparkSession.builder.master("local[2]")
    for key, setting in settings.items():
        builder = builder.config(key, setting)
    spark = builder.getOrCreate()
    work = {"torch": _torch, "broadcast": _broadcast, "ours": _ours}[way](spark, weights)
    df = spark.read.parquet(pictures)
    start = time.monotonic()
    df.limit(1).mapInArrow(work, "done int").collect()
    said = {"first": time.monotonic() - start}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(3):
            df.mapInArrow(_weighed(work, folder), "done int").collect()
        held = [json.loads(path.read_text()) for path in Path(folder).iterdir()]
    uss, pss = (statistics.mean(each[key] for each in held) / 1e6 for key in ("uss", "pss"))
    if way == "ours":
        [(said["load"],)] = df.limit(1).mapInArrow(_loaded(weights), "seconds double").collect()
    print(json.dumps({**said, "uss": uss, "pss": pss}))


def _weighed(work: Callable[[Batches], Batches], folder: str) -> Callable[[Batches], Batches]:
    def run(batches: Batches) -> Batches:
        import gc

        import psutil

        yield from work(batches)
        gc.collect()
        this = psutil.Process()
        held = this.memory_full_info()
        Path(folder, str(this.pid)).write_text(json.dumps({"uss": held.uss, "pss": held.pss}))

    return run


def _counted(batch: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa

    return pa.RecordBatch.from_pydict({"done": pa.array([batch.num_rows], pa.int32())})


def _torch(_: object, __: str) -> Callable[[Batches], Batches]:
    def work(batches: Batches) -> Batches:
        import pandas  # noqa: F401
        import PIL.Image  # noqa: F401
        import torchvision  # noqa: F401

        for batch in batches:
            yield _counted(batch)

    return work


def _broadcast(spark: Any, weights: str) -> Callable[[Batches], Batches]:  # noqa: ANN401
    import torch
    from torchvision import models

    network = models.get_model("resnet50")
    network.load_state_dict(torch.load(weights, weights_only=True))
    sent = spark.sparkContext.broadcast(network.eval())

    def work(batches: Batches) -> Batches:
        import torch

        torch.set_num_threads(1)
        for batch in batches:
            with torch.inference_mode():
                sent.value(torch.zeros(batch.num_rows, 3, 224, 224))
            yield _counted(batch)

    return work


def _ours(spark: Any, weights: str) -> Callable[[Batches], Batches]:  # noqa: ANN401
    from sparkguard.extractor import ImageFeatureExtractor
    from sparkguard.extractor.arrow import map_batches
    from sparkguard.extractor.shipping import ship

    extractor = ImageFeatureExtractor("resnet50", weights)
    shipped = ship(extractor.weights, "auto", spark)
    inner = map_batches(extractor.settings, shipped, 1, ["name", "features", "error"])

    def work(batches: Batches) -> Batches:
        return (_counted(batch) for batch in inner(batches))

    return work


def _loaded(weights: str) -> Callable[[Batches], Batches]:
    """Tells how long a worker that has imported torch needs to build the network."""
    from sparkguard.extractor import ImageFeatureExtractor

    extractor = ImageFeatureExtractor("resnet50", weights)
    settings, path = extractor.settings, extractor.weights.path

    def work(batches: Batches) -> Batches:
        import pyarrow as pa
        import torchvision  # noqa: F401

        from sparkguard.extractor.engine import Engine

        for _ in batches:
            start = time.monotonic()
            Engine(settings, path)
            took = pa.array([time.monotonic() - start])
            yield pa.RecordBatch.from_pydict({"seconds": took})

    return work


if __name__ == "__main__":
    main(*sys.argv[1:])
