"""The process that runs a user's code: loads a target, probes what it ships, leaves the answer."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from time import perf_counter

from sparkguard.live import script, standin, target, wire, worker
from sparkguard.live.probe import Own, Probe, at_definition
from sparkguard.live.seen import Order, Probed, Seen
from sparkguard.pyspark_api import Own as Tables
from sparkguard.result import breakdown

_SHARE = 0.8
"""Of the time for all, what is over when the worker's stand-in must have ended."""
_started = perf_counter()
_process = os.getpid()


def main(order: str, answer: str) -> None:
    """Carries out an order, JSON in a file, and leaves what it saw in another."""
    asked = wire.record(Order, json.loads(Path(order).read_text(encoding="utf-8")))
    _limit(asked.max_memory)
    try:
        seen = _seen(asked, Path(order).parent)
    except target.TargetError as error:
        seen = Seen(failed=str(error))
    except MemoryError:
        seen = Seen(failed=f"{asked.target}: took more memory than --max-memory allows")
    except Exception as error:
        seen = Seen(failed=str(breakdown(asked.target, error)))
    _end_a_fork()
    half = Path(f"{answer}.half")
    half.write_text(json.dumps(wire.plain(seen)), encoding="utf-8")
    half.replace(answer)
    os._exit(0)  # no thread or exit hook of the user's holds the answer back


def _end_a_fork() -> None:
    """Ends a process that the user's code has forked: it is not the one that was asked."""
    if os.getpid() != _process:
        os._exit(0)


def _limit(size: int) -> None:
    """Holds this process to so many bytes of memory, where the system can do that."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
        resource.setrlimit(kind, (size, size))


def _seen(order: Order, lent: Path) -> Seen:
    """What it sees; it leaves files in a folder that was lent to it, and removes none of them."""
    own = Tables.read((), order.own).driver_only
    spark, payloads = lent / "spark", lent / "payloads"
    spark.mkdir()
    payloads.mkdir()
    notes = standin.install(order.remote, spark)
    outbox = worker.Outbox(payloads) if order.worker else None
    if ":" in order.target:
        seen = _object(order, own, outbox)
    else:
        seen = script.run(order, own, notes, outbox)
    _end_a_fork()
    left = max(1.0, _SHARE * order.timeout - (perf_counter() - _started))
    return worker.tried(seen, outbox, order, left) if outbox else seen


def _object(order: Order, own: Own, outbox: worker.Outbox | None) -> Seen:
    obj = target.load(order.target)
    probe = target.carefully(order.target, lambda: Probe(obj, own))
    root = probe.nodes[0]
    call = at_definition(root.obj)
    if outbox and not probe.is_refused:
        outbox.put(root.obj, probe.run.bytes, [0])
    return Seen((Probed(probe.point(root, call), probe.payload(root, call)),))
