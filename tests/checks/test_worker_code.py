"""The rules about what shipped code does where it runs, on ship points made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sparkguard.checks import inference, worker_code
from sparkguard.diagnostic import Applicability, Diagnostic, Severity
from sparkguard.model import Act, ActKind, ShipPoint, Step
from tests.records import ship_point, span

CALL, PLACE, HELPER = span("9:5", "9:8"), span("4:9", "4:20"), span("2:5", "2:9", "helper.py")
RULES = (*worker_code.RULES, *inference.RULES)


def act(kind: ActKind, **fields: Any) -> Act:
    known = {"name": "n", "noun": "a model", "text": "model", "span": PLACE, "place": PLACE}
    return Act(kind, **{**known, **fields})


def found(*acts: Act) -> list[Diagnostic]:
    point: ShipPoint = ship_point(CALL, acts=acts)
    return [one for rule in RULES if rule.check for one in rule.check(point)]


MESSAGES = [
    (
        act("make", pace="row", noun="a connection", text="connect"),
        "SG405",
        "the lambda makes a connection for each row: `connect`",
    ),
    (
        act("make", pace="batch", text="joblib.load"),
        "SG405",
        "the lambda makes a model for each batch: `joblib.load`",
    ),
    (
        act("infer", pace="row", path=(Step("run", "self.score", span=PLACE),)),
        "SG406",
        "the lambda calls `self.score`, which runs `model`, a model, on one row at a time",
    ),
    (
        act("replace", name="pyspark.sql.functions.upper"),
        "SG407",
        "the lambda does for each row in Python what `pyspark.sql.functions.upper` does",
    ),
    (
        act("infer", gradients=True),
        "SG501",
        "the lambda runs `model`, a model, and records its gradients",
    ),
    (
        act("infer", training=True),
        "SG502",
        "the lambda runs `model`, a model in training mode",
    ),
    (
        act("decode", other=CALL),
        "SG503",
        "the lambda takes a picture as it comes, and normalises three channels of it",
    ),
    (
        act("build", text="models.resnet18", other=PLACE),
        "SG504",
        "`models.resnet18` is built with `pretrained`, which torchvision deprecates",
    ),
    (
        act("infer", outputs=1000, meant=2048, other=HELPER),
        "SG505",
        "`model` gives 1,000 classes, and 2,048 features are meant",
    ),
]


@pytest.mark.parametrize(("given", "code", "message"), MESSAGES)
def test_a_message_says_what_is_done_and_how_often(given: Act, code: str, message: str) -> None:
    (diagnostic,) = found(given)

    assert (diagnostic.code, diagnostic.message) == (code, message)
    assert diagnostic.severity is (Severity.ERROR if code == "SG502" else Severity.WARNING)
    assert diagnostic.help.endswith(f"`sparkguard explain {code}`")
    assert diagnostic.primary.span == PLACE


UNKNOWN = [
    act("make", pace=None),
    act("make", pace="partition"),
    act("infer", pace="batch"),
    act("infer", pace=None, gradients=None, training=None),
    act("infer", gradients=False, training=False),
]


@pytest.mark.parametrize("given", UNKNOWN)
def test_what_is_unknown_or_done_well_is_not_reported(given: Act) -> None:
    assert found(given) == []


def test_what_a_helper_elsewhere_does_is_reported_where_the_shipping_file_calls_it() -> None:
    step = Step("run", "helper.score", span=PLACE)

    (diagnostic,) = found(act("infer", pace="row", span=HELPER, path=(step,)))

    assert [(label.span, label.text) for label in diagnostic.labels] == [
        (PLACE, "leads to `model`"),
        (CALL, "shipped by this call"),
        (HELPER, "runs on one row"),
    ]
    assert diagnostic.notes == ("path: <lambda> -> helper.score -> model",)


def test_the_place_that_names_a_size_is_shown() -> None:
    (diagnostic,) = found(act("infer", outputs=1000, meant=2048, other=HELPER))

    assert (HELPER, "this many are meant") in [(one.span, one.text) for one in diagnostic.labels]


def test_a_flag_is_replaced_where_what_it_means_is_certain() -> None:
    (certain,) = found(act("build", other=PLACE, written="weights=None"))
    (unsure,) = found(act("build", other=PLACE))

    assert unsure.fix is None
    assert certain.fix is not None
    assert certain.fix.applicability is Applicability.SAFE
    assert [(edit.span, edit.text) for edit in certain.fix.edits] == [(PLACE, "weights=None")]
