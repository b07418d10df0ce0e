"""What a probe saw of a payload: its weight, what holds it, what a worker needs to use it."""

from __future__ import annotations

from dataclasses import dataclass

from sparkguard.diagnostic import ShippedBy


@dataclass(frozen=True, slots=True)
class Weight:
    """What a thing that travels adds to a payload, and what of it by which of its parts.

    Args:
        text: The step that leads to it, in the user's words: `self`, `.model`.
        type: Dotted name of its type.
        bytes: Its pickled size with all that is reached through it first; what is shared counts
            once, where the way to it is the shortest.
        held: Its larger parts, the heaviest first.
    """

    text: str
    type: str
    bytes: int
    held: tuple[Weight, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """A module that does not travel: what is sent by its name is imported on the worker.

    Args:
        module: Its dotted name; the package's, where it was installed.
        version: The version here, where it says one.
        own: Whether it is the user's own file.
        here: Whether the worker's stand-in could import it; `None` where it was not asked.
    """

    module: str
    version: str = ""
    own: bool = False
    here: bool | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a payload in a clean interpreter that stands in for a worker.

    Args:
        python: The version of that interpreter.
        failed: At what it failed: `start`, `unpickle`, `call`; empty where all went well.
        said: The error, in one line.
        missing: The module that could not be imported, if that was the reason.
        events: What the imports did there: `writes a file: jobs/session.py:3`.
        returned: The `repr` of what the call returned, if one was asked for.
        seconds: What unpickling took there, imports included.
    """

    python: str = ""
    failed: str = ""
    said: str = ""
    missing: str = ""
    events: tuple[str, ...] = ()
    returned: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Payload:
    """What one call ships.

    Args:
        shipped: The call and the function.
        bytes: What Spark's pickler writes; of a refused payload, what is left without the refused.
        weight: What holds them.
        needs: What the worker must have.
        worker: What became of it in the worker's stand-in, if it was sent there.
    """

    shipped: ShippedBy
    bytes: int
    weight: Weight
    needs: tuple[Need, ...] = ()
    worker: Trial | None = None

    @property
    def fails(self) -> bool:
        """Whether the worker's stand-in could not use it; the user's own files may yet be sent."""
        own = {need.module.partition(".")[0] for need in self.needs if need.own}
        worker = self.worker or Trial()
        return bool(worker.failed) and worker.missing.partition(".")[0] not in own
