"""The extractor on classic Spark: what plain PyTorch gives, whatever the job looks like."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from sparkguard.extractor import ImageFeatureExtractor, SetupError, shipping
from sparkguard.extractor.arrow import RESULT, map_batches, pandas_function
from sparkguard.extractor.engine import engine_for
from sparkguard.extractor.shipping import InBroadcast, InSparkFiles, ship
from tests.extractor.album import encoded, odd, photos, samples
from tests.extractor.test_engine import close, plain_features

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Rows = dict[str, Any]
CONTENTS = [encoded(photo, "JPEG") for photo in photos()[:6]]


def pictures(spark: SparkSession, contents: list[bytes | None], partitions: int = 2) -> DataFrame:
    """A DataFrame of `name` and `content`."""
    rows = [(str(number), content) for number, content in enumerate(contents)]
    df = spark.createDataFrame(rows, "name string, content binary")
    return df.repartition(partitions)


def features_of(df: DataFrame) -> dict[str, Any]:
    return {row["name"]: row["features"] for row in df.collect()}


@pytest.fixture(scope="module")
def expected(resnet18: str) -> dict[str, Any]:
    """What plain PyTorch makes of the first few pictures."""
    from tests.extractor.album import reopened

    plain = plain_features("resnet18", resnet18, [reopened(content) for content in CONTENTS])
    return {str(number): row for number, row in enumerate(plain)}


def agree(got: dict[str, Any], expected: dict[str, Any]) -> bool:
    pairs = [(np.array(got[name]), expected[name]) for name in got]
    return got.keys() == expected.keys() and all(close(ours, plain) for ours, plain in pairs)


# All the pictures there are


def test_every_picture_has_plain_pytorchs_features_and_every_odd_file_its_reason(
    spark: SparkSession, extractor: ImageFeatureExtractor, resnet18: str
) -> None:
    files = {sample.name: sample.content for sample in samples()}
    files |= {name: content for name, (content, _) in odd().items()}
    df = spark.createDataFrame([*files.items()], "name string, content binary").repartition(5)

    rows = {row["name"]: row for row in extractor.transform(df).collect()}

    assert rows.keys() == files.keys()
    plain = plain_features("resnet18", resnet18, [sample.rgb for sample in samples()])
    ours = np.array([rows[sample.name]["features"] for sample in samples()], np.float32)
    assert close(ours, plain)
    assert all(rows[sample.name]["error"] is None for sample in samples())
    for name, (_, why) in odd().items():
        assert (rows[name]["features"] is None) == bool(why), name
        assert (rows[name]["error"] or "").startswith(why or ""), name


# The shape of the job


@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (8, 16)])
def test_partitions_and_batches_change_nothing(
    spark: SparkSession,
    extractor: ImageFeatureExtractor,
    resnet18: str,
    expected: dict[str, Any],
    shape: tuple[int, int],
) -> None:
    partitions, batch_size = shape
    other = ImageFeatureExtractor("resnet18", resnet18, batch_size=batch_size)

    got = features_of(other.transform(pictures(spark, [*CONTENTS], partitions)))

    assert agree(got, expected)


def test_other_columns_are_kept_and_the_pictures_stay_behind(
    spark: SparkSession, extractor: ImageFeatureExtractor
) -> None:
    df = spark.createDataFrame(
        [(1, bytearray(CONTENTS[0]), {"a": [1.5]}, None)],
        "`the id` int, picture binary, map map<string, array<double>>, note string",
    )

    result = extractor.transform(df, "picture", "vector", "problem")

    assert result.dtypes == [
        ("the id", "int"),
        ("map", "map<string,array<double>>"),
        ("note", "string"),
        ("vector", "array<float>"),
        ("problem", "string"),
    ]
    (row,) = result.collect()
    assert (row["the id"], row["map"], row["note"], row["problem"]) == (1, {"a": [1.5]}, None, None)
    assert len(row["vector"]) == 512


def test_no_rows_one_row_and_empty_partitions(
    spark: SparkSession, extractor: ImageFeatureExtractor, expected: dict[str, Any]
) -> None:
    none = pictures(spark, [])
    one = pictures(spark, [CONTENTS[0]], 6)

    assert extractor.transform(none).collect() == []
    assert none.select(extractor(none.content)).collect() == []
    assert agree(features_of(extractor.transform(one)), {"0": expected["0"]})
    assert extractor.transform(one.where("name = 'x'")).count() == 0


def test_a_null_is_null_and_no_error(spark: SparkSession, extractor: ImageFeatureExtractor) -> None:
    df = pictures(spark, [None, b"", CONTENTS[0]])

    rows = {row["name"]: row for row in extractor.transform(df).collect()}

    assert (rows["0"]["features"], rows["0"]["error"]) == (None, None)
    assert (rows["1"]["features"], rows["1"]["error"]) == (None, "empty_content")
    assert rows["2"]["features"]


def test_as_a_column_it_says_the_same(
    spark: SparkSession, extractor: ImageFeatureExtractor, expected: dict[str, Any]
) -> None:
    df = pictures(spark, [*CONTENTS, b"no picture", None])

    rows = df.select("name", extractor(df.content).alias("found")).select("name", "found.*")

    collected = {row["name"]: row for row in rows.collect()}
    assert collected["6"]["error"] == "not_an_image"
    assert collected["7"]["error"] is None
    assert agree({name: collected[name]["features"] for name in expected}, expected)


def test_as_a_pandas_udf_it_says_the_same(
    spark: SparkSession, extractor: ImageFeatureExtractor, expected: dict[str, Any]
) -> None:
    from pyspark.sql.pandas.functions import pandas_udf

    make: Callable[..., Any] = pandas_udf
    weights = ship(extractor.weights, "auto", spark)
    udf = make(pandas_function(extractor.settings, weights), RESULT)
    df = pictures(spark, [*CONTENTS, b"no picture", None])

    rows = df.select("name", udf(df.content).alias("found")).select("name", "found.*")

    collected = {row["name"]: row for row in rows.collect()}
    assert collected["6"]["error"] == "not_an_image"
    assert collected["7"]["error"] is None
    assert collected["7"]["features"] is None
    assert agree({name: collected[name]["features"] for name in expected}, expected)


# What is refused


def test_columns_that_cannot_be_are_said(
    spark: SparkSession, extractor: ImageFeatureExtractor
) -> None:
    df = pictures(spark, [CONTENTS[0]])
    double = df.select("content", "name", "name")

    with pytest.raises(ValueError, match="no column `picture`; there are: name, content"):
        extractor.transform(df, "picture")
    with pytest.raises(ValueError, match="there twice: name"):
        extractor.transform(double)
    with pytest.raises(ValueError, match="there twice: name"):
        extractor.transform(df, output_col="name")
    with pytest.raises(ValueError, match="there twice: features"):
        extractor.transform(df, error_col="features")
    with pytest.raises(TypeError, match="column `name` is string, and pictures are binary"):
        extractor.transform(df, "name")


def test_a_column_that_is_not_binary_is_said_by_the_worker(
    spark: SparkSession, extractor: ImageFeatureExtractor
) -> None:
    df = pictures(spark, [CONTENTS[0]])

    with pytest.raises(Exception, match="pictures are bytes, and this column is string"):
        df.select(extractor(df.name)).collect()


def test_a_bad_picture_ends_the_job_when_asked(spark: SparkSession, resnet18: str) -> None:
    strict = ImageFeatureExtractor("resnet18", resnet18, on_error="raise")

    with pytest.raises(Exception, match="BadPicture: corrupt_image: truncated"):
        strict.transform(pictures(spark, [odd()["half a PNG"][0]])).collect()


# What travels


@pytest.mark.parametrize("way", ["broadcast", "files", "path"])
def test_weights_arrive_by_every_way(
    spark: SparkSession, resnet18: str, expected: dict[str, Any], way: str, tmp_path: Path
) -> None:
    sizes = {"broadcast": 21, "files": 22, "path": 23}  # no engine of another test will do
    shared = str(tmp_path) if way == "path" else None
    sent = ImageFeatureExtractor(
        "resnet18", resnet18, distribution=way, batch_size=sizes[way], shared_folder=shared
    )

    got = features_of(sent.transform(pictures(spark, [*CONTENTS])))

    assert agree(got, expected)


def test_weights_are_sent_once(spark: SparkSession, extractor: ImageFeatureExtractor) -> None:
    ways: list[tuple[str, type]] = [("broadcast", InBroadcast), ("files", InSparkFiles)]
    for way, kind in ways:
        first = ship(extractor.weights, way, spark)

        assert isinstance(first, kind)
        assert ship(extractor.weights, way, spark) is first


def test_in_local_mode_workers_open_the_file_where_it_is(
    spark: SparkSession, extractor: ImageFeatureExtractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = ship(extractor.weights, "auto", spark)
    monkeypatch.setattr(shipping, "_is_local", lambda _: False)
    cluster = ship(extractor.weights, "auto", spark)

    assert local.locate() == extractor.weights.path
    assert isinstance(cluster, InBroadcast)


@pytest.mark.parametrize("way", ["broadcast", "files", "path"])
def test_the_function_weighs_little(
    spark: SparkSession, extractor: ImageFeatureExtractor, way: str
) -> None:
    from pyspark.serializers import CloudPickleSerializer

    weights = ship(extractor.weights, way, spark)
    function = map_batches(extractor.settings, weights, 1, ["name", "features", "error"])

    serializer: Any = CloudPickleSerializer
    pickled = serializer().dumps(function)
    spark.sparkContext._pickled_broadcast_vars.clear()  # a broadcast registers itself when pickled

    assert len(pickled) < 20_000


def test_a_worker_builds_the_network_once(
    spark: SparkSession, extractor: ImageFeatureExtractor
) -> None:
    settings = replace(extractor.settings, batch_size=31)
    weights = ship(extractor.weights, "auto", spark)

    def engines(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        import os

        for batch in batches:
            found = [id(engine_for(settings, weights)) for _ in range(len(batch))]
            yield pd.DataFrame({"worker": os.getpid(), "engine": found})

    jobs = [
        spark.range(8, numPartitions=8).mapInPandas(engines, "worker int, engine long").collect()
        for _ in range(2)
    ]

    seen = {(row["worker"], row["engine"]) for rows in jobs for row in rows}
    assert math.prod(len(rows) for rows in jobs) == 64
    assert len(seen) == len({worker for worker, _ in seen})
    assert len(seen) <= 4


def test_no_session_no_column(
    extractor: ImageFeatureExtractor, spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    df = pictures(spark, [CONTENTS[0]])
    monkeypatch.setattr(type(spark), "getActiveSession", lambda: None)

    with pytest.raises(SetupError, match="no active Spark session"):
        extractor(df.content)
