"""What shipped code does where it runs, as small texts show it."""

from __future__ import annotations

import pytest

from sparkguard.model import Act
from tests.source.witness import HEAD, ship_points, under

IMPORTS = (
    HEAD
    + """\
import boto3
import joblib
import pandas as pd
import psycopg2
import requests
import torch
from functools import lru_cache
from io import BytesIO
from pyspark.ml.functions import predict_batch_udf
from pyspark.sql.functions import pandas_udf
from PIL import Image
from torchvision import models, transforms
from typing import Iterator

df = spark.range(3)
"""
)


def acts(text: str, *kinds: str) -> list[Act]:
    points = ship_points(IMPORTS + text)
    return [act for point in points for act in point.acts if not kinds or act.kind in kinds]


def told(text: str, *kinds: str) -> list[str]:
    """Each act in one line: what is done, with what, how often."""
    return [f"{act.kind} {act.name} {act.pace}" for act in acts(text, *kinds)]


MADE = [
    ("f = udf(lambda x: joblib.load('m').predict([[x]]))", ["make joblib.load row"]),
    ("df.rdd.map(lambda r: psycopg2.connect('db'))", ["make psycopg2.connect row"]),
    ("df.foreach(lambda r: requests.Session().post('u', r))", []),
    (
        "df.rdd.mapPartitions(lambda rows: [boto3.client('s3') for _ in rows])",
        ["make boto3.client row"],
    ),
    (
        "df.rdd.mapPartitions(lambda rows: map(lambda r: boto3.client('s3'), rows))",
        ["make boto3.client row"],
    ),
    (
        "def f(rows):\n    c = boto3.client('s3')\n    for r in rows:\n        c.put(r)\n"
        "df.rdd.foreachPartition(f)",
        [],
    ),
    (
        "def f(rows):\n    for r in rows:\n        boto3.client('s3').put(r)\n"
        "df.foreachPartition(f)",
        ["make boto3.client row"],
    ),
    (
        "def f(rows):\n    for n, r in enumerate(rows):\n        boto3.client('s3').put(r)\n"
        "df.foreachPartition(f)",
        ["make boto3.client row"],
    ),
    (
        "def f(batches):\n    for b in batches:\n        yield joblib.load('m').predict(b)\n"
        "df.mapInPandas(f, 'x double')",
        ["make joblib.load batch"],
    ),
    (
        "def f(batches):\n    m = joblib.load('m')\n"
        "    for b in batches:\n        yield m.predict(b)\n"
        "df.mapInPandas(f, 'x double')",
        [],
    ),
    (
        "@pandas_udf('double')\ndef f(x: pd.Series) -> pd.Series:\n"
        "    return joblib.load('m').predict(x)",
        ["make joblib.load batch"],
    ),
    (
        "@pandas_udf('double')\ndef f(xs: Iterator[pd.Series]) -> Iterator[pd.Series]:\n"
        "    m = joblib.load('m')\n    for x in xs:\n        yield m.predict(x)",
        [],
    ),
    (
        "@pandas_udf('double')\ndef f(x: pd.Series) -> float:\n"
        "    return joblib.load('m').predict(x)",
        [],
    ),
    (
        "def load():\n    return joblib.load('m')\nf = udf(lambda x: load().predict([[x]]))",
        ["make joblib.load row"],
    ),
    (
        "@lru_cache\ndef load():\n    return joblib.load('m')\n"
        "f = udf(lambda x: load().predict([[x]]))",
        [],
    ),
    (
        "M = None\ndef load():\n    global M\n    if M is None:\n        M = joblib.load('m')\n"
        "    return M\nf = udf(lambda x: load().predict([[x]]))",
        [],
    ),
    (
        "M = None\ndef load():\n    global M\n"
        "    if M:\n        return M\n    M = joblib.load('m')\n"
        "    return M\nf = udf(lambda x: load().predict([[x]]))",
        [],
    ),
    (
        "M = {}\ndef load():\n    try:\n        return M['m']\n    except KeyError:\n"
        "        M['m'] = joblib.load('m')\n        return M['m']\n"
        "f = udf(lambda x: load().predict([[x]]))",
        [],
    ),
    ("f = udf(lambda path: joblib.load(path).predict([[1]]))", []),
    ("f = udf(lambda path: joblib.load(f'models/{path}').predict([[1]]))", []),
    (
        "def f(name):\n    path = 'models/' + name\n    return joblib.load(path).predict([[1]])\n"
        "g = udf(f)",
        [],
    ),
    (
        "def load(path):\n    return joblib.load(path)\nf = udf(lambda p: load(p).predict([[1]]))",
        [],
    ),
    (
        "class Model:\n    def __init__(self):\n        self.m = joblib.load('m')\n"
        "f = udf(lambda x: Model().m.predict([[x]]))",
        ["make joblib.load row"],
    ),
    (
        "def make():\n    m = joblib.load('m')\n    return lambda x: m.predict(x)\n"
        "f = predict_batch_udf(make, return_type='double', batch_size=8)",
        [],
    ),
]


@pytest.mark.parametrize(("text", "expected"), MADE)
def test_what_is_made_again_and_again(text: str, expected: list[str]) -> None:
    assert told(text, "make") == expected


RUN = [
    ("m = models.resnet18().eval()\nf = udf(lambda x: m(torch.tensor(x)))", "row"),
    (
        "m = models.resnet18().eval()\nb = spark.sparkContext.broadcast(m)\n"
        "f = udf(lambda x: b.value(torch.tensor(x)))",
        "row",
    ),
    (
        "m = models.resnet18().eval()\nb = spark.sparkContext.broadcast(m)\ndef f(x):\n"
        "    model = b.value\n    return model(x)\ng = udf(f)",
        "row",
    ),
    ("m = models.resnet18().to('cpu')\ndf.rdd.map(lambda x: m(x.unsqueeze(0)))", "row"),
    ("m = models.resnet18()\ndf.rdd.map(lambda block: m(block))", None),
    (
        "m = models.resnet18()\n@pandas_udf('double')\ndef f(x: pd.Series) -> pd.Series:\n"
        "    return m(x)",
        "batch",
    ),
    (
        "m = models.resnet18()\n@pandas_udf('double')\ndef f(x: pd.Series) -> pd.Series:\n"
        "    return x.apply(lambda one: m(one))",
        "row",
    ),
    (
        "m = models.resnet18()\ndef f(batches):\n    for b in batches:\n"
        "        yield [m(one) for one in b['x']]\ndf.mapInPandas(f, 'x double')",
        "row",
    ),
    (
        "m = models.resnet18()\ndef f(batches):\n    for b in batches:\n        yield m(b)\n"
        "df.mapInPandas(f, 'x double')",
        "batch",
    ),
    (
        "def make():\n    m = models.resnet18()\n    return lambda x: m(x)\n"
        "f = predict_batch_udf(make, return_type='double', batch_size=8)",
        "batch",
    ),
]


@pytest.mark.parametrize(("text", "expected"), RUN)
def test_how_often_a_model_runs(text: str, expected: str | None) -> None:
    assert told(text, "infer") == [f"infer torchvision.models.resnet18 {expected}"]


NETWORK = "m = models.resnet18()\n"
GRADIENTS = [
    ("f = udf(lambda x: m(x))", True),
    ("def f(x):\n    with torch.no_grad():\n        return m(x)\ng = udf(f)", False),
    (
        "def f(x):\n    with torch.inference_mode():\n        return [m(y) for y in x]\ng = udf(f)",
        False,
    ),
    ("def f(x):\n    with torch.no_grad():\n        y = x + 1\n    return m(y)\ng = udf(f)", True),
    ("f = udf(lambda x: m.generate(x))", False),
    ("@torch.no_grad()\ndef f(x):\n    return m(x)\ng = udf(f)", False),
    ("@torch.inference_mode\ndef f(x):\n    return m(x)\ng = udf(f)", False),
    (
        "def run(x):\n    return m(x)\n"
        "def f(x):\n    with torch.no_grad():\n        return run(x)\ng = udf(f)",
        False,
    ),
    ("torch.set_grad_enabled(False)\nf = udf(lambda x: m(x))", False),
    ("m.requires_grad_(False)\nf = udf(lambda x: m(x))", False),
    ("for p in m.parameters():\n    p.requires_grad = False\nf = udf(lambda x: m(x))", False),
    ("def f(x):\n    m(x).sum().backward()\ng = udf(f)", False),
]


@pytest.mark.parametrize(("text", "expected"), GRADIENTS)
def test_whether_a_network_records_gradients(text: str, expected: bool) -> None:
    assert [act.gradients for act in acts(NETWORK + text, "infer")] == [expected]


TRAINING = [
    ("m = models.resnet18()", True),
    ("m = models.resnet18().eval()", None),
    ("m = models.resnet18()\nm.eval()", None),
    ("m = models.resnet18()\nm.train(False)", None),
    ("m = torch.load('m.pt')", None),
    ("m = torch.hub.load('pytorch/vision', 'resnet18')", None),
    (
        "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.drop = torch.nn.Dropout(0.5)\nm = Net()",
        True,
    ),
    (
        "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layer = torch.nn.Linear(2, 2)\nm = Net()",
        None,
    ),
]


@pytest.mark.parametrize(("text", "expected"), TRAINING)
def test_whether_a_network_is_in_training_mode(text: str, expected: bool | None) -> None:
    found = acts(f"{text}\nf = udf(lambda x: m(x))", "infer")
    assert [act.training for act in found] == [expected]


COMPOSE = """\
prepare = transforms.Compose([
    transforms.Resize(256),
    transforms.ToTensor(),
    transforms.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
])
"""
OPENED = [
    ("f = udf(lambda x: prepare(Image.open(BytesIO(x))))", 1),
    ("def f(x):\n    image = Image.open(BytesIO(x))\n    return prepare(image)\ng = udf(f)", 1),
    (
        "def f(x):\n    with Image.open(BytesIO(x)) as image:\n        return prepare(image)\n"
        "g = udf(f)",
        1,
    ),
    ("def read(x):\n    return Image.open(BytesIO(x))\ng = udf(lambda x: prepare(read(x)))", 1),
    ("f = udf(lambda x: prepare(Image.open(BytesIO(x)).convert('RGB')))", 0),
    (
        "def f(x):\n    image = Image.open(BytesIO(x))\n    if image.mode != 'RGB':\n"
        "        image = image.convert('RGB')\n    return prepare(image)\ng = udf(f)",
        0,
    ),
    (
        "def f(x):\n    image = Image.open(BytesIO(x))\n    if image.mode != 'RGB':\n"
        "        return None\n    return prepare(image)\ng = udf(f)",
        0,
    ),
    (
        "prepare = models.ResNet18_Weights.DEFAULT.transforms()\n"
        "f = udf(lambda x: prepare(Image.open(BytesIO(x))))",
        1,
    ),
    (
        "prepare = transforms.Compose([transforms.Lambda(rgb), transforms.ToTensor(),\n"
        "    transforms.Normalize([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])])\n"
        "f = udf(lambda x: prepare(Image.open(BytesIO(x))))",
        0,
    ),
    (
        "gray = [transforms.ToTensor(), transforms.Normalize([0.5], [0.5])]\n"
        "prepare = transforms.Compose(gray)\n"
        "f = udf(lambda x: prepare(Image.open(BytesIO(x))))",
        0,
    ),
    (
        "prepare = transforms.Compose([transforms.Grayscale(3), transforms.ToTensor(),\n"
        "    transforms.Normalize([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])])\n"
        "f = udf(lambda x: prepare(Image.open(BytesIO(x))))",
        0,
    ),
]


@pytest.mark.parametrize(("text", "expected"), OPENED)
def test_pictures_that_are_normalised_as_they_come(text: str, expected: int) -> None:
    assert len(acts(COMPOSE + text, "decode")) == expected


def test_a_flag_and_what_means_the_same() -> None:
    text = """\
        from pyspark.sql.functions import udf
        from torchvision import models

        one = models.resnet18(pretrained=True)
        two = models.resnet18( pretrained = False)
        three = models.detection.fasterrcnn_resnet50_fpn(pretrained=True)
        four = models.resnet18(pretrained=flag)
        f = udf(lambda x: x)
        g = udf(lambda x: x)
        """
    points = ship_points(text)

    found = [act for act in points[0].acts if act.other]

    assert [under(text, act.other) for act in found if act.other] == [
        "pretrained=True",
        "pretrained = False",
        "pretrained=True",
        "pretrained=flag",
    ]
    assert [act.written for act in found] == [
        'weights="IMAGENET1K_V1"',
        "weights=None",
        None,
        None,
    ]
    assert points[1].acts == ()


SIZES = [
    ("assert len(features) == 512", 512),
    ("FEATURE_DIM = 512", 512),
    ("# gives 512 features", 512),
    ("batch_size = 512", None),
    ("assert len(features) == 1000", None),
    ("m.fc = torch.nn.Identity()\nFEATURE_DIM = 512", None),
    ("body = torch.nn.Sequential(*list(m.children())[:-1])\nFEATURE_DIM = 512", None),
]


@pytest.mark.parametrize(("text", "expected"), SIZES)
def test_how_many_features_are_meant(text: str, expected: int | None) -> None:
    found = acts(f"{NETWORK}{text}\nf = udf(lambda x: m(x))", "infer")
    assert [act.meant for act in found] == [expected]


def test_a_test_of_the_project_says_how_many_features_are_meant() -> None:
    job = """\
        from pyspark.sql.functions import udf
        from torchvision import models

        model = models.resnet50().eval()

        def vectorize(x):
            return model(x)

        f = udf(vectorize)
        """
    test = "from job import vectorize\n\nassert len(vectorize(b'')) == 2048\n"
    points = ship_points({"job.py": job, "test_job.py": test})

    (act,) = points[0].acts

    assert (act.outputs, act.meant) == (1000, 2048)
    assert act.other is not None
    assert act.other.path == "test_job.py"


def test_an_act_is_told_once_where_it_is_done_most_often() -> None:
    points = ship_points(
        IMPORTS
        + "m = models.resnet18().eval()\ndef run(x):\n    return m(x)\n"
        + "df.mapInPandas(run, 'x double')\n"
        + "g = udf(lambda x: run(x))\nh = udf(lambda x: run(x))\n"
    )

    assert [[act.pace for act in point.acts] for point in points] == [[], ["row"], []]


def test_what_a_helper_of_another_file_does_is_told_where_the_shipping_file_calls_it() -> None:
    helper = "import joblib\n\ndef score(x):\n    return joblib.load('m').predict([[x]])\n"
    job = "import helper\nfrom pyspark.sql.functions import udf\n\nf = udf(helper.score)\n"
    (point,) = ship_points({"helper.py": helper, "job.py": job})[:1]

    (made, _) = point.acts

    assert (made.place.path, made.place.start.line) == ("job.py", 4)
    assert (made.span.path, made.span.start.line) == ("helper.py", 4)


REPLACED = [
    ("f = udf(lambda s: s.upper())", "upper"),
    ("f = udf(lambda s: s.lower(), 'string')", "lower"),
    ("f = udf(lambda s: s.lower(), StringType())", "lower"),
    ("def size(s: str):\n    return len(s)\nf = udf(size, returnType=IntegerType())", "length"),
    ("@udf('int')\ndef size(s: bytes) -> int:\n    return len(s)", "length"),
    ("@udf('int')\ndef size(s: list) -> int:\n    return len(s)", None),
    ("f = udf(lambda s: len(s), returnType=IntegerType())", None),
    ("def up(s):\n    return s.upper()\nf = udf(up)", "upper"),
    ("@udf\ndef up(s):\n    return s.upper()", "upper"),
    ("@udf('string')\ndef up(s):\n    'Large.'\n    return s.upper()", "upper"),
    ("@udf('int')\ndef up(s):\n    return s.upper()", None),
    ("f = udf(lambda s: s.upper() if s else None)", None),
    ("f = udf(lambda s: s and s.upper())", None),
    ("f = udf(lambda s: s.upper().strip())", None),
    ("f = udf(lambda s: s.strip())", None),
    ("f = udf(lambda s: len(s))", None),
    ("@udf('long')\ndef size(s: str) -> int:\n    return len(s)", None),
    ("f = udf(lambda s, t: s.upper())", None),
    ("f = udf(lambda s: other.upper())", None),
    ("def len(x):\n    return 1\n@udf('int')\ndef size(s: str):\n    return len(s)", None),
    ("f = udf(lambda s: s.upper(), kind)", None),
    ("df.rdd.map(lambda s: s.upper())", None),
]


@pytest.mark.parametrize(("text", "expected"), REPLACED)
def test_what_one_function_of_spark_does(text: str, expected: str | None) -> None:
    wanted = [] if expected is None else [f"replace pyspark.sql.functions.{expected} row"]
    assert told(text, "replace") == wanted


TRAINERS = [
    "from pyspark.ml.torch.distributor import TorchDistributor\n"
    "def train():\n    m = models.resnet18()\n    m(1)\nTorchDistributor().run(train)",
    "m = models.resnet18()\nb = spark.sparkContext.broadcast(m)",
]


@pytest.mark.parametrize("text", TRAINERS)
def test_what_trains_or_only_travels_is_left_alone(text: str) -> None:
    assert acts(text) == []
