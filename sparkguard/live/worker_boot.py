"""Runs in the worker's stand-in: reads payloads as a worker does, and says what became of each.

Started by path in a clean interpreter, perhaps another than the driver's: it imports nothing of
ours, and takes what it is asked as JSON and where to leave its answer.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

_ACTS = (
    *("os.exec", "os.fork", "os.posix_spawn", "os.remove", "os.system", "shutil.rmtree"),
    *("socket.connect", "subprocess.Popen", "urllib.Request"),
)
_OURS = ("importlib", "cloudpickle", "worker_boot", "<frozen")
_WORDS = 400
_listening: list[list[str]] = []
"""Where events are noted: with the payload that is read now."""


def main(asked: str, answer: str) -> None:
    """Leaves what became of the payloads as JSON in a file."""
    order = json.loads(asked)
    sys.path[:0] = order["path"]
    told: dict[str, Any] = {"here": {name: _is_here(name) for name in order["modules"]}}
    told["trials"] = [_trial(Path(payload), order["call"]) for payload in order["payloads"]]
    Path(answer).write_text(json.dumps(told), encoding="utf-8")
    os._exit(0)  # no thread or exit hook of the user's holds the answer back


def _trial(payload: Path, call: str | None) -> dict[str, Any]:
    told: dict[str, Any] = {"python": "{}.{}.{}".format(*sys.version_info), "events": []}
    stage = "start"
    try:
        loads = _as_a_worker()
        _listening.append(told["events"])
        stage, started = "unpickle", time.perf_counter()
        made = loads(payload.read_bytes())
        told["seconds"] = time.perf_counter() - started
        if call is not None:
            stage = "call"
            told["returned"] = repr(_called(made, call))[:_WORDS]
    except BaseException as error:
        told |= {"failed": stage, **_said(error)}
    return told


def _as_a_worker() -> Any:
    """The reader of payloads, in a process that Spark takes for a worker's."""
    try:
        from pyspark import cloudpickle
        from pyspark.taskcontext import TaskContext
    except ImportError:
        import cloudpickle  # type: ignore[no-redef, import-untyped]
    else:
        TaskContext._getOrCreate()  # what Spark looks at to refuse a session on a worker
        for name in ("pyspark.broadcast", "pyspark.core.broadcast"):
            if name in sys.modules:
                vars(sys.modules[name])["_broadcastRegistry"] = _Broadcasts()
    return cloudpickle.loads


class _Broadcasts(dict[int, Any]):
    """Stands for the broadcasts that a worker has read: there are all, with nothing in them."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: int) -> None:
        return None


def _is_here(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, AttributeError, ValueError):
        return False


def _called(made: Any, arguments: str) -> Any:
    names: dict[str, Any] = {}
    try:
        from pyspark.sql import Row
    except ImportError:
        pass
    else:
        names["Row"] = Row
    given = eval(f"({arguments},)", names)  # noqa: S307 - the user's own command line
    result = made(*given)
    return list(result) if hasattr(result, "__next__") else result


def _said(error: BaseException) -> dict[str, str]:
    """The error in a line, and the user's code that it came from."""
    words = " ".join(f"{type(error).__name__}: {error}".split())[:_WORDS]
    missing = str(error.name) if isinstance(error, ModuleNotFoundError) else ""
    frames = list(traceback.walk_tb(error.__traceback__))
    modules = [frame for frame, _ in frames if frame.f_code.co_name == "<module>"]
    last = modules[-1].f_globals.get("__name__", "") if modules else ""
    places = [(frame.f_code.co_filename, line) for frame, line in frames if _is_users(frame)]
    file, line = places[-1] if places else ("", 0)
    return {"said": words, "missing": missing, "imported": last, "file": file, "line": str(line)}


def _is_users(frame: Any) -> bool:
    file = frame.f_code.co_filename
    return not any(word in file for word in (*_OURS, f"{os.sep}pyspark{os.sep}"))


def _note(event: str, arguments: Any) -> None:
    """An audit hook: what imports do on a worker besides defining names."""
    if not _listening:
        return
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if not (writes or event in _ACTS) or "__pycache__" in str(arguments[0]):
        return
    frame: Any = sys._getframe(1)
    while frame is not None and not _is_users(frame):
        frame = frame.f_back
    if frame is not None and frame.f_code.co_name == "<module>":
        place = f"{frame.f_code.co_filename}:{frame.f_lineno}"
        said = f"{'writes a file' if writes else event}: {place}"
        if said not in _listening[-1]:
            _listening[-1].append(said)


if __name__ == "__main__":
    sys.addaudithook(_note)
    main(*sys.argv[1:])
