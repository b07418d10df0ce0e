"""What travels and is heavy."""

from __future__ import annotations

import pytest

from sparkguard.repair import Hoist
from tests.source.witness import captures

HEAD = """
import joblib
from sklearn.ensemble import RandomForestClassifier
from torch import nn
from torchvision import models
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
sc = spark.sparkContext
df = spark.table("t")
bc = sc.broadcast({})


class Net(nn.Module):
    pass

"""
HEAVY = {
    "models.resnet50()": "model",
    "models.resnet50().eval()": "model",
    "models.resnet50().to('cpu').eval()": "model",
    "joblib.load('m')": "model",
    "RandomForestClassifier().fit(x, y)": "model",
    "Net()": "model",
    "[models.resnet50()]": "model",
    "bc.value": "broadcast",
    "df.collect()": "collection",
    "df.toPandas()": "collection",
    "df.rdd.collectAsMap()": "collection",
    "dict(df.rdd.collect())": "collection",
    "sorted(df.collect())": "collection",
    "{row.a: row.b for row in df.collect()}": "collection",
    "[row.a for row in df.collect() if row.a]": "collection",
}
LIGHT = [
    "bc",
    "df.collect()[0]",
    "df.collect()[0].n",
    "df.count()",
    "df.first()",
    "df.limit(5).collect()",
    "df.groupBy('a').agg({'b': 'max'}).collect()",
    "len(df.collect())",
    "models.ResNet50_Weights.DEFAULT",
    "[1, 2, 3]",
    "models",
    "Net",
]


def kinds(program: str) -> list[str]:
    return [one.cargo.kind for one in captures(HEAD + program) if one.cargo]


@pytest.mark.parametrize(("made", "kind"), HEAVY.items(), ids=HEAVY)
def test_what_is_captured_and_heavy(made: str, kind: str) -> None:
    assert kinds(f"x = {made}\nf = udf(lambda row: x)\n") == [kind]


@pytest.mark.parametrize("made", LIGHT)
def test_what_is_light_is_silent(made: str) -> None:
    assert kinds(f"x = {made}\nf = udf(lambda row: x)\n") == []


def test_what_is_bounded_by_a_name_is_silent() -> None:
    assert kinds("few = df.limit(5)\nx = few.collect()\nf = udf(lambda row: x)\n") == []


@pytest.mark.parametrize(
    "ships",
    [
        "sc.broadcast(x)",
        "sc.parallelize(x)",
        "udf(lambda row: bc.value)",
        "udf(lambda row: len(row))",
    ],
)
def test_where_no_function_takes_it_along_it_is_silent(ships: str) -> None:
    assert kinds(f"x = models.resnet50()\ny = {ships}\n") == []


def test_what_an_object_holds_is_reached_through_it() -> None:
    program = """
class Job:
    def __init__(self):
        self.model = models.resnet50()
        self.rate = 3

    def run(self):
        return udf(lambda x: x * self.rate, "int")
"""
    [capture] = [one for one in captures(HEAD + program) if one.cargo]

    assert [step.text for step in capture.path] == ["self", ".model"]
    assert capture.holder == "Job"
    assert isinstance(capture.repair, Hoist)
    assert [reading.text for reading in capture.repair.readings] == ["self.rate"]
