"""What Spark is about to pickle, as ship points: whose it is, which call ships it, what refuses."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType

from sparkguard.diagnostic import Position, Span
from sparkguard.live import places
from sparkguard.live.caller import caller, handed_over
from sparkguard.live.captures import code_of, name_of
from sparkguard.live.probe import NOTHING, Call, Own, Probe, at_definition, written_at
from sparkguard.live.seen import Probed
from sparkguard.live.walk import Node
from sparkguard.pyspark_api import DISTINCTIVE, SHIP_POINTS

_BROADCAST = "pyspark.SparkContext.broadcast"
_MAKERS = ("udf", "pandas_udf", "arrow_udf", "udtf", "arrow_udtf")
_APIS = {**DISTINCTIVE, **{word: f"pyspark.sql.functions.{word}" for word in _MAKERS}}
"""Calls by their last word, where only one call has it."""
_WORDS = frozenset(name.rpartition(".")[2] for name in SHIP_POINTS)


class Shipping:
    """A payload that Spark pickles.

    Args:
        obj: What Spark gives to the pickler.
        frame: Where it does so.
        own: What the user keeps on the driver.
        plain: As a broadcast is pickled, without cloudpickle.
    """

    def __init__(
        self, obj: object, frame: FrameType | None, own: Own = NOTHING, *, plain: bool = False
    ) -> None:
        self.probe = Probe(obj, own, plain=plain)
        self._frame, self._plain = frame, plain

    def probed(self) -> Iterator[Probed]:
        """One record for each thing that the user handed over; for plain data, none."""
        api, site = caller(self._frame)
        api = _BROADCAST if self._plain else api
        found = list(handed_over(self.probe.nodes))
        if self._plain and self.probe.is_refused:
            found = [(self.probe.nodes[0], api)]
        for root, wrapped in found:
            call = _call(root, wrapped or api, site)
            yield Probed(self.probe.point(root, call), self.probe.payload(root, call))


def is_code(obj: object) -> bool:
    """Whether what Spark pickles is a function with what belongs to it, and not plain data."""
    first = obj[0] if isinstance(obj, tuple) and obj else obj
    return callable(first)


def _call(root: Node, api: str, site: places.Site | None) -> Call:
    """The call that handed a thing over, which for an RDD is not the one that runs a job."""
    code, name = code_of(root.obj), name_of(root.obj).rpartition(".")[2]
    thing = root.obj if isinstance(root.obj, type) else code
    for words in ({api.rpartition(".")[2]} & _WORDS, _WORDS):  # a plan may hold other functions
        given = places.giving(thing, "" if name == "<lambda>" else name, words) if thing else None
        if given:
            word, *spans = given
            return Call(api if word == api.rpartition(".")[2] else _APIS.get(word, api), *spans)
    if site is not None:
        return written_at(site, api, root.obj)
    return at_definition(root.obj) if code else Call(api, *[_NOWHERE] * 3)


_NOWHERE = Span("<unknown>", Position(1, 1), Position(1, 2))
