"""The process that runs a user's code: loads a target, probes what it ships, leaves the answer."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from sparkguard.live import script, standin, target, wire, worker
from sparkguard.live.probe import Call, Probe, at_definition
from sparkguard.live.seen import Order, Probed, Seen
from sparkguard.pyspark_api import Own
from sparkguard.result import breakdown

_TOO_HEAVY = 1 << 30
"""Bytes above which a payload is not sent to the worker's stand-in: nobody ships that."""


_SHARE = 0.8
"""Of the time for all, what is over when the worker's stand-in must have ended."""
_started = perf_counter()


def main(order: str, answer: str) -> None:
    """Carries out an order, JSON in a file, and leaves what it saw in another."""
    asked = wire.record(Order, json.loads(Path(order).read_text(encoding="utf-8")))
    _limit(asked.max_memory)
    started_as = os.getpid()
    try:
        seen = _seen(asked)
    except target.TargetError as error:
        seen = Seen(failed=str(error))
    except MemoryError:
        seen = Seen(failed=f"{asked.target}: took more memory than --max-memory allows")
    except Exception as error:
        seen = Seen(failed=str(breakdown(asked.target, error)))
    if os.getpid() != started_as:
        os._exit(0)  # the user's code forked, and this is not the one that was asked
    half = Path(f"{answer}.half")
    half.write_text(json.dumps(wire.plain(seen)), encoding="utf-8")
    half.replace(answer)
    os._exit(0)  # no thread or exit hook of the user's holds the answer back


def _limit(size: int) -> None:
    """Holds this process to so many bytes of memory, where the system can do that."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
        resource.setrlimit(kind, (size, size))


def _seen(order: Order) -> Seen:
    own = Own.read((), order.own).driver_only
    notes = standin.install(order.remote)
    if ":" not in order.target:
        return script.run(Path(order.target), order.arguments, own, notes)
    obj = target.load(order.target)
    probe = target.carefully(order.target, lambda: Probe(obj, own))
    root = probe.nodes[0]
    call = at_definition(root.obj)
    probed = Probed(probe.point(root, call), probe.payload(root, call))
    if order.worker and not probe.is_refused:
        probed = _sent(probed, root.obj, call, order)
    return Seen((probed,))


def _sent(probed: Probed, obj: object, call: Call, order: Order) -> Probed:
    """The same with what became of it in the worker's stand-in."""
    if probed.payload.bytes > _TOO_HEAVY:
        return probed
    answer = worker.send(
        obj,
        probed.payload.needs,
        python=order.worker_python,
        py_files=order.py_files,
        call=order.call,
        timeout=max(1.0, _SHARE * order.timeout - (perf_counter() - _started)),
    )
    payload = replace(probed.payload, needs=answer.needs, worker=answer.trial)
    if not answer.imported:
        return Probed(probed.point, payload)
    capture = worker.makes_session(answer.imported, call.argument, answer.trial.said)
    captures = (*probed.point.captures, capture)
    return Probed(replace(probed.point, captures=captures), payload)
