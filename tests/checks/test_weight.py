"""The SG4xx rules on ship points made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sparkguard.checks.weight import RULES
from sparkguard.diagnostic import Diagnostic, Severity
from sparkguard.model import Capture, Cargo, Change, ShipPoint, Step
from sparkguard.pyspark_api import cargo, refused
from sparkguard.repair import Hoist, Place, Reading
from tests.records import ship_point, span

CALL, PLACE, BOUND = span("9:5", "9:8"), span("10:20", "10:25"), span("3:1", "3:6")
MODEL = Cargo("model", "a model of torch")


def found(point: ShipPoint) -> list[Diagnostic]:
    return [one for rule in RULES if rule.check for one in rule.check(point)]


def capture(*texts: str, **fields: Any) -> Capture:
    steps = (Step("attribute" if text[0] == "." else "cell", text) for text in texts)
    return Capture(tuple(steps), **{"span": PLACE, "bound_at": BOUND, **fields})


def held(*texts: str, **fields: Any) -> Capture:
    return capture(*texts, holder="Job", entered=1, **fields)


def hoist(step: str) -> Hoist:
    reading = Reading(PLACE, f"self{step}", step[1:])
    return Hoist(Place(span("9:1", "9:1"), ""), (reading,))


KINDS = [("model", "SG402"), ("broadcast", "SG403"), ("collection", "SG404")]


@pytest.mark.parametrize(("kind", "code"), KINDS)
def test_each_kind_has_its_rule(kind: Any, code: str) -> None:
    [diagnostic] = found(ship_point(CALL, captures=(capture("x", cargo=Cargo(kind, "it")),)))

    assert (diagnostic.code, diagnostic.severity) == (code, Severity.WARNING)
    assert diagnostic.message.startswith("the lambda ships `x`, it, ")
    assert [label.text for label in diagnostic.labels] == [
        "`x` is captured here",
        "shipped by this call",
        "it, bound here",
    ]


def test_connect_has_no_broadcasts() -> None:
    point = ship_point(CALL, captures=(capture("x", cargo=MODEL),), targets=("connect",))

    [diagnostic] = found(point)

    assert "broadcast" not in diagnostic.help


def test_what_is_refused_at_the_same_place_comes_first() -> None:
    session = held("self", ".spark", refused=refused("pyspark.sql.SparkSession"))
    model = held("self", ".model", cargo=MODEL)

    assert not found(ship_point(CALL, captures=(session, model)))


def test_one_place_is_one_finding() -> None:
    captures = (held("self", ".model", cargo=MODEL), held("self", ".model", ".fc", cargo=MODEL))

    [diagnostic] = found(ship_point(CALL, captures=captures))

    assert "`self.model`" in diagnostic.message


def test_an_object_that_is_shipped_for_another_value_is_whole_self() -> None:
    model = held("self", ".model", cargo=MODEL, repair=hoist(".rate"))

    [diagnostic] = found(ship_point(CALL, captures=(model,)))

    assert diagnostic.code == "SG401"
    assert diagnostic.message == (
        "the lambda ships all of `self` for `self.rate`, and `self.model`, a model of torch, "
        "goes along"
    )
    assert diagnostic.fix is not None


def test_an_object_that_is_shipped_for_the_heavy_value_is_not() -> None:
    model = held("self", ".model", cargo=MODEL, repair=hoist(".model"))

    assert [one.code for one in found(ship_point(CALL, captures=(model,)))] == ["SG402"]


def test_what_was_weighed_is_told() -> None:
    [diagnostic] = found(ship_point(CALL, captures=(capture("x", cargo=MODEL, bytes=102_000_000),)))

    assert diagnostic.notes[-1] == "weighs: 102,000,000 bytes"


def test_what_a_task_makes_anew() -> None:
    change = Change("kept", PLACE)

    [diagnostic] = found(ship_point(CALL, captures=(capture("table", change=change),)))

    assert diagnostic.code == "SG408"
    assert diagnostic.message.startswith("the lambda keeps `table` for the next call")


def test_what_cannot_travel_is_not_said_to_be_kept() -> None:
    kept = capture("connection", change=Change("kept", PLACE))
    lock = capture("connection", refused=refused("threading.Lock"))

    assert not found(ship_point(CALL, captures=(kept, lock)))


MODELS = [
    "joblib.load",
    "lightgbm.LGBMClassifier",
    "mlflow.pyfunc.load_model",
    "sklearn.ensemble.RandomForestClassifier",
    "spacy.load",
    "tensorflow.keras.applications.ResNet50",
    "tensorflow.keras.models.load_model",
    "torch.hub.load",
    "torch.nn.Sequential",
    "torchvision.models.detection.fasterrcnn_resnet50_fpn",
    "torchvision.models.resnet50",
    "transformers.AutoModelForCausalLM.from_pretrained",
    "transformers.pipeline",
    "xgboost.XGBRegressor",
]
NO_MODELS = [
    "numpy.load",
    "sklearn.model_selection.train_test_split",
    "sklearn.preprocessing.StandardScaler",
    "spacy.tokens.Doc",
    "torch.device",
    "torch.load_library",
    "torch.nn.functional.relu",
    "torchvision.models.ResNet50_Weights.DEFAULT",
    "torchvision.models.get_weight",
    "transformers.AutoTokenizer.from_pretrained",
    "xgboost.spark.SparkXGBClassifier",
]


@pytest.mark.parametrize("name", MODELS)
def test_what_makes_a_model_is_known(name: str) -> None:
    known = cargo(name)

    assert known is not None
    assert known.kind == "model"


@pytest.mark.parametrize("name", NO_MODELS)
def test_what_makes_none_is_not_taken_for_one(name: str) -> None:
    assert cargo(name) is None
