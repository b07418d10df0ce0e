"""The ways that `extractor.py` compares, each in a process of its own that runs when it is told.

What does not count comes first: tasks that do nothing, until the JVM has compiled what every task
runs, and a few pictures. A line on standard input asks for a pass over a folder of Parquet, each
file of it a task. A line of JSON on standard output answers: CPU seconds of the whole process tree
(driver, JVM, workers), and wall-clock seconds.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    from sparkguard.extractor import ImageFeatureExtractor

BATCH = 16
QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "localhost",
    "spark.log.level": "OFF",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
    "spark.sql.files.openCostInBytes": str(1 << 30),  # each file is a task
    "spark.sql.files.maxPartitionBytes": str(1 << 30),
}
SETTLING = 300
"""Tasks after which one costs the JVM half of what its first ones do, and hardly less later."""
Pass = Callable[[Path], None]
"""Makes the features of the pictures in a folder of Parquet, and throws them away."""


def plain(model: str, weights: str) -> Pass:
    """(a): PyTorch in one process, torchvision's transforms, batches of 16, one thread."""
    import torch
    from PIL import Image

    network, transforms = _network(model, weights), _transforms(model)

    def run(folder: Path) -> None:
        pictures = _contents(folder)
        for start in range(0, len(pictures), BATCH):
            batch = [
                transforms(Image.open(io.BytesIO(each)).convert("RGB"))
                for each in pictures[start : start + BATCH]
            ]
            with torch.inference_mode():
                network(torch.stack(batch)).numpy()

    torch.set_num_threads(1)
    return run


def engine(model: str, weights: str) -> Pass:
    """Our engine without Spark, one thread: what Spark adds is the difference."""
    extractor = _extractor(model, weights, threads=1)

    def run(folder: Path) -> None:
        pictures = _contents(folder)
        for start in range(0, len(pictures), BATCH):
            extractor.extract(pictures[start : start + BATCH])

    return run


def row_udf(model: str, weights: str) -> Pass:
    """(b): the starting case's repair, its faults mended: a broadcast module, a row at a time."""
    import torch
    from PIL import Image
    from pyspark.sql.functions import udf
    from pyspark.sql.types import ArrayType, FloatType

    spark, transforms = _session(), _transforms(model)
    broadcast = spark.sparkContext.broadcast(_network(model, weights))

    def extract(content: bytes) -> list[float]:
        batch = transforms(Image.open(io.BytesIO(content)).convert("RGB")).unsqueeze(0)
        with torch.no_grad():
            features: list[float] = broadcast.value(batch).squeeze().numpy().tolist()
        return features

    features = udf(extract, ArrayType(FloatType()))
    return _on(spark, lambda df: df.select("name", features("content")))


def pandas_udf(model: str, weights: str) -> Pass:
    """(c): the same in a pandas UDF that nobody tuned."""
    import pandas as pd
    import torch
    from PIL import Image
    from pyspark.sql.pandas.functions import pandas_udf
    from pyspark.sql.types import ArrayType, FloatType

    spark, transforms = _session(), _transforms(model)
    broadcast = spark.sparkContext.broadcast(_network(model, weights))

    def extract(contents: pd.Series) -> pd.Series:
        pictures = [Image.open(io.BytesIO(each)).convert("RGB") for each in contents]
        batch = torch.stack([transforms(picture) for picture in pictures])
        with torch.no_grad():
            return pd.Series(broadcast.value(batch).numpy().tolist())

    made: Any = pandas_udf
    extract.__annotations__ = {"contents": pd.Series, "return": pd.Series}
    features = made(extract, ArrayType(FloatType()))
    return _on(spark, lambda df: df.select("name", features("content")))


def predict_batch(model: str, weights: str) -> Pass:
    """(d): PySpark's own `predict_batch_udf`, which builds the model once per worker."""
    from pyspark.ml.functions import predict_batch_udf
    from pyspark.sql.types import ArrayType, FloatType

    spark, transforms = _session(), _transforms(model)
    network = _network

    def make() -> Callable[[Any], Any]:
        import torch
        from PIL import Image

        built = network(model, weights)

        def predict(contents: Any) -> Any:  # noqa: ANN401 - an array of objects
            pictures = [Image.open(io.BytesIO(each)).convert("RGB") for each in contents.ravel()]
            with torch.inference_mode():
                return built(torch.stack([transforms(picture) for picture in pictures])).numpy()

        return predict

    features = predict_batch_udf(make, return_type=ArrayType(FloatType()), batch_size=BATCH)
    return _on(spark, lambda df: df.select("name", features("content")))


def ours(model: str, weights: str) -> Pass:
    """(e): the extractor."""
    return _on(_session(), _extractor(model, weights).transform)


def ours_faster(model: str, weights: str) -> Pass:
    """The extractor in its faster modes."""
    extractor = _extractor(model, weights, precision="bfloat16", decode="draft")
    return _on(_session(), extractor.transform)


VARIANTS = {
    variant.__name__: variant
    for variant in (plain, engine, row_udf, pandas_udf, predict_batch, ours, ours_faster)
}


def _network(model: str, weights: str) -> Any:  # noqa: ANN401 - torchvision has no types
    import torch
    from torchvision import models

    network = models.get_model(model)
    network.load_state_dict(torch.load(weights, weights_only=True))
    network.fc = torch.nn.Identity()
    return network.eval()


def _transforms(model: str) -> Any:  # noqa: ANN401 - torchvision has no types
    from torchvision import models

    return models.get_model_weights(model).DEFAULT.transforms()


def _extractor(model: str, weights: str, **options: Any) -> ImageFeatureExtractor:  # noqa: ANN401
    from sparkguard.extractor import ImageFeatureExtractor

    return ImageFeatureExtractor(model, weights, batch_size=BATCH, **options)


def _session(**settings: str) -> SparkSession:
    """A session on one core: CPU seconds do not depend on how many there are."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[1]")
    for key, setting in {**QUIET, **settings}.items():
        builder = builder.config(key, setting)
    return builder.getOrCreate()


def _on(spark: SparkSession, way: Callable[[DataFrame], DataFrame]) -> Pass:
    def run(folder: Path) -> None:
        way(spark.read.parquet(str(folder))).write.format("noop").mode("overwrite").save()

    return run


def _settle(tasks: Path) -> None:
    from pyspark.sql import SparkSession

    spark = SparkSession.getActiveSession()
    if spark is None:
        return
    run = _on(spark, lambda df: df.mapInArrow(_names, "name string"))
    for _ in range(-(-SETTLING // len([*tasks.glob("*.parquet")]))):
        run(tasks)


def _names(batches: Iterator[Any]) -> Iterator[Any]:
    return (batch.select(["name"]) for batch in batches)


def _contents(folder: Path) -> list[bytes]:
    import pyarrow.parquet as pq

    contents: list[bytes] = pq.read_table(folder)["content"].to_pylist()
    return contents


def _cpu() -> float:
    """CPU seconds of this process and of all below it, user and system."""
    this = psutil.Process()
    seconds = 0.0
    for process in (this, *this.children(recursive=True)):
        spent = process.cpu_times()
        seconds += spent.user + spent.system
    return seconds


def _asked(name: str, model: str, weights: str, pictures: str) -> Iterator[dict[str, float]]:
    run = VARIANTS[name](model, weights)
    _settle(Path(pictures, "small"))
    run(Path(pictures, "few"))
    yield {}
    for line in sys.stdin:
        cpu, start = _cpu(), time.monotonic()
        run(Path(line.strip()))
        yield {"cpu": _cpu() - cpu, "wall": time.monotonic() - start}


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what Spark prints is no answer
    for answer in _asked(*sys.argv[1:]):
        print(json.dumps(answer), file=answers, flush=True)
