"""Records survive the way from one process to another."""

from __future__ import annotations

import json
import threading

import pytest

from sparkguard.live import wire
from sparkguard.live.probe import probe
from sparkguard.live.seen import Order, Seen


def test_what_was_seen_comes_back_the_same() -> None:
    lock = threading.Lock()
    seen = Seen((probe(lambda: lock),), ("a remark",))

    assert wire.record(Seen, json.loads(json.dumps(wire.plain(seen)))) == seen


def test_an_order_comes_back_the_same() -> None:
    order = Order("job.py", ("a", "b"), (("x.Y", "cure"),), call="1", timeout=3)

    assert wire.record(Order, json.loads(json.dumps(wire.plain(order)))) == order


@pytest.mark.parametrize("value", [{"target": 3}, {}, {"target": "a", "arguments": "x"}])
def test_what_is_no_record_is_refused(value: object) -> None:
    with pytest.raises((TypeError, KeyError)):
        wire.record(Order, value)
