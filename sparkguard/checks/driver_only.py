"""SG1xx: a function takes along something that cannot leave the driver, or calls it on a worker."""

from __future__ import annotations

from sparkguard.checks.captured import named, rule
from sparkguard.model import Capture, Refused, ShipPoint

_FAMILIES = ("session", "context", "dataframe", "column", "jvm")
_CANNOT = "cannot leave the driver"


def _held(ship_point: ShipPoint, capture: Capture, refused: Refused) -> bool:
    return capture.holder is not None and refused.family in _FAMILIES


def _runs_session(ship_point: ShipPoint, capture: Capture, refused: Refused) -> bool:
    return refused.family == "session" and capture.path[-1].kind == "run"


def _names_session(ship_point: ShipPoint, capture: Capture, refused: Refused) -> bool:
    return named("session")(ship_point, capture, refused) and not _runs_session(
        ship_point, capture, refused
    )


RULES = (
    rule(
        "SG101",
        "captured-session",
        "a function that goes to the workers captures a SparkSession",
        _names_session,
        cannot=_CANNOT,
        cure="read what it needs from the session on the driver, and capture that",
    ),
    rule(
        "SG102",
        "captured-context",
        "a function that goes to the workers captures a SparkContext",
        named("context"),
        cannot=_CANNOT,
        cure="use the context on the driver, and capture only its results",
    ),
    rule(
        "SG103",
        "captured-self",
        "a function that goes to the workers captures an object that holds something driver-only",
        _held,
        cannot=_CANNOT,
        cure="hand the function the values it needs, not the object that holds {noun}",
    ),
    rule(
        "SG104",
        "captured-dataframe",
        "a function that goes to the workers captures a DataFrame, an RDD or grouped data",
        named("dataframe"),
        cannot=_CANNOT,
        cure="join with it, or collect it on the driver and broadcast the result",
    ),
    rule(
        "SG105",
        "spark-functions-on-worker",
        "a function that goes to the workers uses a Column, a function of Columns or a udf object",
        named("column"),
        cannot=_CANNOT,
        cure="work on values with plain Python, or on columns with Spark's functions outside a udf",
    ),
    rule(
        "SG106",
        "captured-jvm-handle",
        "a function that goes to the workers captures or makes a stand-in for an object of the JVM",
        named("jvm"),
        cannot=_CANNOT,
        cure="ask it on the driver, and capture the plain values that it gives",
    ),
    rule(
        "SG107",
        "session-on-worker",
        "a function that goes to the workers makes a SparkSession or a SparkContext there",
        _runs_session,
        cannot=_CANNOT,
        cure="make the session in the driver's own code, and hand the function plain values",
    ),
    rule(
        "SG108",
        "captured-driver-only",
        "a function that goes to the workers captures what the settings say stays on the driver",
        lambda point, capture, refused: refused.family == "own",
        cannot=_CANNOT,
        cure="make it where it is used",
    ),
)
