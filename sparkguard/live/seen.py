"""What a process saw of a target: all that shipped, or why nothing did."""

from __future__ import annotations

from dataclasses import dataclass

from sparkguard.model import ShipPoint
from sparkguard.payload import Payload


@dataclass(frozen=True, slots=True)
class Probed:
    """One thing that ships: the record that the rules read, and its weight."""

    point: ShipPoint
    payload: Payload


@dataclass(frozen=True, slots=True)
class Order:
    """What to probe, and how.

    Args:
        target: `pkg.module:name`, `file.py::name` or `file.py`.
        arguments: The words after a script's name.
        own: What the user keeps on the driver: pairs of a dotted name and the cure.
        worker: Whether to send the payload to a worker's stand-in, too.
        worker_python: The interpreter of that; empty for the probe's own.
        py_files: Files and folders that the worker imports from.
        call: The arguments of a call there, as Python writes them; `None` for no call.
        timeout: Seconds for all of it.
        max_memory: Bytes that the process may take.
        remote: Whether the session that is handed out is one of Connect.
    """

    target: str
    arguments: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    worker: bool = True
    worker_python: str = ""
    py_files: tuple[str, ...] = ()
    call: str | None = None
    timeout: float = 60.0
    max_memory: int = 8 << 30
    remote: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """The answer.

    Args:
        probed: What shipped.
        remarks: What a reader must know of the run.
        failed: Why the work could not be done, in one line; empty where it was.
    """

    probed: tuple[Probed, ...] = ()
    remarks: tuple[str, ...] = ()
    failed: str = ""
