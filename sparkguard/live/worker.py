"""Sends a payload to a clean interpreter that stands in for a worker."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sparkguard.diagnostic import Span
from sparkguard.live import cloud, process
from sparkguard.model import Capture, Step
from sparkguard.pyspark_api import ON_WORKER
from sparkguard.result import Need, Trial

BOOT = Path(__file__).with_name("worker_boot.py")
_HIDDEN = ("PYTHONPATH", "PYTHONSTARTUP", "SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED")
_NO_SESSION = ("CONTEXT_ONLY_VALID_ON_DRIVER", "SESSION_OR_CONTEXT_NOT_EXISTS")
_MAKER = ON_WORKER["pyspark.sql.SparkSession.Builder.getOrCreate"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the stand-in said.

    Args:
        trial: What became of the payload.
        needs: The modules, each with whether it is there.
        imported: The module whose import made a session, if one did.
    """

    trial: Trial
    needs: tuple[Need, ...]
    imported: str = ""


def send(
    obj: object,
    needs: Sequence[Need],
    *,
    python: str = "",
    py_files: Sequence[str] = (),
    call: str | None = None,
    timeout: float = 60.0,
) -> Answer:
    """Really pickles an object, and has it read where nothing of the driver's is at hand.

    Args:
        obj: What the dry run found to travel.
        needs: The modules that it names.
        python: The interpreter; by default this one.
        py_files: Files and folders that workers import from, as Spark's `--py-files`.
        call: The arguments of a call there, as Python writes them.
        timeout: Seconds that the worker may take.
    """
    with tempfile.TemporaryDirectory(prefix="sparkguard-") as name:
        folder = Path(name)
        (folder / "empty").mkdir()
        with (folder / "payload").open("wb") as file:
            cloud.dump(obj, file)
        path = [*(str(_importable(Path(each))) for each in py_files), *_of_spark(python)]
        modules = [need.module for need in needs]
        settings = json.dumps({"path": path, "modules": modules, "call": call})
        answer = folder / "answer"
        command = [python or sys.executable, "-I", str(BOOT)]
        command += [str(folder / "payload"), settings, str(answer)]
        shown = {name: text for name, text in os.environ.items() if name not in _HIDDEN}
        try:
            process.run(command, timeout, folder=folder / "empty", environment=shown, apart=False)
            told = json.loads(answer.read_text(encoding="utf-8"))
        except (process.Ended, OSError, ValueError) as error:
            return Answer(
                Trial(failed="start", said=f"the worker's stand-in {error}"), tuple(needs)
            )
    return _answer(told, needs)


def _importable(path: Path) -> Path:
    """What stands on the path: a folder or an archive itself, the folder of a module."""
    path = path.absolute()
    return path.parent if path.suffix == ".py" else path


def _of_spark(python: str) -> list[str]:
    """What a cluster hands to its workers: another interpreter need not have Spark installed."""
    if not python or "pyspark" not in sys.modules:
        return []
    library = Path(str(sys.modules["pyspark"].__file__)).parent / "python" / "lib"
    return [str(path) for path in sorted(library.glob("*.zip"))]


def _answer(told: dict[str, object], needs: Sequence[Need]) -> Answer:
    here = told.get("here")
    found = here if isinstance(here, dict) else {}
    trial = Trial(
        python=str(told.get("python", "")),
        failed=str(told.get("failed", "")),
        said=str(told.get("said", "")),
        missing=str(told.get("missing", "")),
        events=tuple(told["events"]) if isinstance(told.get("events"), list) else (),  # type: ignore[arg-type]
        returned=str(told.get("returned", "")),
        seconds=float(str(told.get("seconds", 0.0))),
    )
    makes = trial.failed == "unpickle" and any(word in trial.said for word in _NO_SESSION)
    imported = str(told.get("imported", "")) if makes else ""
    return Answer(trial, tuple(replace(n, here=found.get(n.module)) for n in needs), imported)


def makes_session(module: str, span: Span, said: str) -> Capture:
    """The record of a module that makes a session where workers import it."""
    path = (Step("import", module), Step("run", "getOrCreate", _MAKER.type))
    return Capture(path=path, span=span, uses=(span,), refusal=said, refused=_MAKER)
