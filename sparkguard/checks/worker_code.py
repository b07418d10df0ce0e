"""SG405 to SG407: it travels, and does on the workers, row by row, what should be done once."""

from __future__ import annotations

from sparkguard.checks.doing import rule, who
from sparkguard.model import Act, ShipPoint

_FOR_EACH = {"row": "each row", "batch": "each batch"}


def _often(act: Act) -> str:
    return _FOR_EACH.get(act.pace or "", "")


def _makes(ship_point: ShipPoint, act: Act) -> bool:
    return act.kind == "make" and act.pace in _FOR_EACH


def _runs_on_rows(ship_point: ShipPoint, act: Act) -> bool:
    return act.kind == "infer" and act.pace == "row"


RULES = (
    rule(
        "SG405",
        "load-per-row",
        "a function that goes to the workers makes a model or a connection for each row or batch",
        _makes,
        message=lambda point, act: (
            f"{who(point, act)} makes {act.noun} for {_often(act)}: `{act.text}`"
        ),
        here=lambda act: f"makes {act.noun} for {_often(act)}",
        cure="make it once: before the loop over an iterator of batches or rows, or in a cached "
        "function of a module that workers import",
    ),
    rule(
        "SG406",
        "row-at-a-time-model",
        "a function that goes to the workers runs a model on one row at a time",
        _runs_on_rows,
        message=lambda point, act: (
            f"{who(point, act)} runs `{act.text}`, {act.noun}, on one row at a time"
        ),
        here=lambda act: "runs on one row",
        cure="hand it batches: an iterator pandas udf, `predict_batch_udf`, or for pictures "
        "`sparkguard.extractor`",
    ),
    rule(
        "SG407",
        "udf-instead-of-builtin",
        "a udf does for each row in Python what one function of Spark does",
        lambda point, act: act.kind == "replace",
        message=lambda point, act: (
            f"{who(point, act)} does for each row in Python what `{act.name}` does"
        ),
        here=lambda act: "all that the udf does",
        cure="use Spark's function on the column; it gives null for null, where the udf fails",
    ),
)
