"""Sends payloads to a clean interpreter that stands in for a worker."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from sparkguard.diagnostic import Span
from sparkguard.live import cloud, process
from sparkguard.live.seen import Order, Probed, Seen
from sparkguard.model import Capture, Step
from sparkguard.payload import Trial
from sparkguard.pyspark_api import ON_WORKER

BOOT = Path(__file__).with_name("worker_boot.py")
_HIDDEN = ("PYTHONPATH", "PYTHONSTARTUP", "SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED")
_NO_SESSION = ("CONTEXT_ONLY_VALID_ON_DRIVER", "SESSION_OR_CONTEXT_NOT_EXISTS")
_MAKER = ON_WORKER["pyspark.sql.SparkSession.Builder.getOrCreate"]


_TOO_HEAVY = 1 << 30
"""Bytes above which a payload is not sent: nobody ships that."""


class Outbox:
    """The payloads of a process, each pickled when it ships, for the worker that reads them later.

    Args:
        folder: Where they lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.payloads: dict[int, Path] = {}
        self.remarks: list[str] = []

    def put(self, obj: object, size: int, numbers: Iterable[int]) -> None:
        """Really pickles an object that the dry run found to travel.

        Args:
            obj: The object.
            size: What it weighs, in bytes.
            numbers: Which of the records of the run are about it.
        """
        path = self.folder / str(len(self.payloads))
        try:
            if size <= _TOO_HEAVY:
                with path.open("wb") as file:
                    cloud.dump(obj, file)
                self.payloads.update(dict.fromkeys(numbers, path))
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            self.remarks.append(
                f"the dry run found no refusal, and Spark's pickler refuses: {said}"
            )


def tried(seen: Seen, outbox: Outbox, order: Order, timeout: float) -> Seen:
    """The same with what became of the payloads where nothing of the driver's is at hand.

    Args:
        seen: What the dry runs found.
        outbox: The payloads.
        order: Which interpreter, what it imports from, what it calls.
        timeout: Seconds that the worker may take.
    """
    seen = replace(seen, remarks=(*seen.remarks, *outbox.remarks))
    paths = list(dict.fromkeys(outbox.payloads.values()))
    if not paths:
        return seen
    needs = {need.module for probed in seen.probed for need in probed.payload.needs}
    told = _told(paths, sorted(needs), outbox.folder, order, timeout)
    trials = dict(zip(paths, told["trials"], strict=False))
    probed = list(seen.probed)
    for number, path in outbox.payloads.items():
        probed[number] = _tried(probed[number], trials.get(path, told), told.get("here", {}))
    return replace(seen, probed=tuple(probed))


def _told(
    paths: Sequence[Path], modules: Sequence[str], folder: Path, order: Order, timeout: float
) -> dict[str, Any]:
    """The answer of the worker's stand-in, or why there is none."""
    (folder / "empty").mkdir()
    asked = {
        "path": [*(str(_importable(Path(f))) for f in order.py_files), *_of_spark(order)],
        "modules": modules,
        "payloads": [str(path) for path in paths],
        "call": order.call,
    }
    answer = folder / "answer"
    python = order.worker_python or sys.executable
    command = [python, "-I", str(BOOT), json.dumps(asked), str(answer)]
    shown = {name: text for name, text in os.environ.items() if name not in _HIDDEN}
    try:
        process.run(command, timeout, folder=folder / "empty", environment=shown, apart=False)
        told: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    except (process.Ended, OSError, ValueError) as error:
        return {"trials": [], "failed": "start", "said": f"the worker's stand-in {error}"}
    return told


def _tried(probed: Probed, told: dict[str, Any], here: dict[str, bool]) -> Probed:
    known = {each.name for each in fields(Trial)}
    trial = Trial(**{name: value for name, value in told.items() if name in known})
    trial = replace(trial, events=tuple(trial.events))
    needs = tuple(replace(need, here=here.get(need.module)) for need in probed.payload.needs)
    point = probed.point
    if trial.failed == "unpickle" and any(word in trial.said for word in _NO_SESSION):
        captures = (*point.captures, _makes_session(told["imported"], point.span, trial.said))
        point = replace(point, captures=captures)
    return Probed(point, replace(probed.payload, needs=needs, worker=trial))


def _importable(path: Path) -> Path:
    """What stands on the path: a folder or an archive itself, the folder of a module."""
    path = path.absolute()
    return path.parent if path.suffix == ".py" else path


def _of_spark(order: Order) -> list[str]:
    """What a cluster hands to its workers: another interpreter need not have Spark installed."""
    if not order.worker_python or "pyspark" not in sys.modules:
        return []
    library = Path(str(sys.modules["pyspark"].__file__)).parent / "python" / "lib"
    return [str(path) for path in sorted(library.glob("*.zip"))]


def _makes_session(module: str, span: Span, said: str) -> Capture:
    """The record of a module that makes a session where workers import it."""
    path = (Step("import", module), Step("run", "getOrCreate", _MAKER.type))
    return Capture(path=path, span=span, uses=(span,), refusal=said, refused=_MAKER)
