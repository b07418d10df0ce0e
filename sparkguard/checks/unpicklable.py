"""SG2xx: a function takes along something that cannot be pickled."""

from __future__ import annotations

from sparkguard.checks.captured import Matches, rule
from sparkguard.model import Capture, Family, Refused, ShipPoint

_BROADCAST = "pyspark.SparkContext.broadcast"
_FAMILIES = ("lock", "connection", "stream", "native", "main")
_CANNOT = "cannot be pickled"


def _captured(family: Family) -> Matches:
    return lambda point, capture, refused: refused.family == family and point.api != _BROADCAST


def _broadcast(ship_point: ShipPoint, capture: Capture, refused: Refused) -> bool:
    return refused.family in _FAMILIES and ship_point.api == _BROADCAST


RULES = (
    rule(
        "SG201",
        "captured-lock",
        "a function that goes to the workers captures a lock, or an object that holds one",
        _captured("lock"),
        cannot=_CANNOT,
        cure="make it inside the function, or leave it out in `__getstate__`: "
        "workers are processes and share no lock",
    ),
    rule(
        "SG202",
        "captured-connection",
        "a function that goes to the workers captures a connection or a client of a service",
        _captured("connection"),
        cannot=_CANNOT,
        cure="open it on the worker, once for each partition: inside `mapPartitions` "
        "or `foreachPartition`",
    ),
    rule(
        "SG203",
        "captured-stream",
        "a function that goes to the workers captures an open file, a generator or a process",
        _captured("stream"),
        cannot=_CANNOT,
        cure="capture what it is made of, a path or a list, and open it inside the function",
    ),
    rule(
        "SG204",
        "unpicklable-broadcast",
        "a broadcast of something that plain pickle cannot send to the workers",
        _broadcast,
        cannot=_CANNOT,
        cure="broadcast plain data, and build the rest from it on the worker",
    ),
    rule(
        "SG205",
        "captured-native-handle",
        "a function that goes to the workers captures an object of a C library",
        _captured("native"),
        cannot=_CANNOT,
        cure="capture what it is made from, and build it on the worker, once for each partition",
    ),
)
