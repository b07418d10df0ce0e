"""What the user asks to be probed: `pkg.module:name`, `file.py::name`, `file.py::Class.method`."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from types import ModuleType
from typing import Any

from sparkguard.live import cloud
from sparkguard.live.origin import is_users_file

_WORDS = 300


class TargetError(Exception):
    """There is nothing to probe; the text says why in one line."""


def load(target: str) -> object:
    """The object that a target names; what its module does on import is done.

    Raises:
        TargetError: There is no such module or name, or it cannot be imported.
    """
    if "::" in target:
        file, _, name = target.partition("::")
        return _named(carefully(file, lambda: _from_file(Path(file))), name, file)
    module, _, name = target.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    return _named(carefully(module, lambda: importlib.import_module(module)), name, module)


def _from_file(path: Path) -> ModuleType:
    """A file as a script has it: what it defines goes by value, but nothing runs as `__main__`."""
    if not path.is_file():
        raise TargetError(f"{path}: there is no such file")
    name = path.stem if path.stem not in sys.modules else f"{path.stem}_"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise TargetError(f"{path}: no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.absolute().parent))
    cloud.by_value(module)
    spec.loader.exec_module(module)
    return module


def _named(module: ModuleType, name: str, where: str) -> object:
    def member(owner: Any, part: str) -> Any:
        try:
            return getattr(owner, part)
        except AttributeError:
            raise TargetError(f"{where}: there is no `{name}` in it") from None

    return carefully(where, lambda: reduce(member, name.split("."), module))


def carefully(where: str, act: Callable[[], Any]) -> Any:
    """What the user's code gives.

    Raises:
        TargetError: It raised, or asked for the end of the process.
    """
    try:
        return act()
    except TargetError:
        raise
    except MemoryError:
        raise TargetError(f"{where}: took more memory than --max-memory allows") from None
    except SystemExit as stop:
        raise TargetError(f"{where}: exited with {stop.code!r} before anything shipped") from None
    except BaseException as error:
        raise TargetError(f"{where}: {said(error)}") from None


def said(error: BaseException) -> str:
    """An error in one line, with the user's line that it came from."""
    words = " ".join(f"{type(error).__name__}: {error}".split())[:_WORDS]
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if is_users_file(each.filename)]
    return f"{words} ({Path(own[-1].filename).name}:{own[-1].lineno})" if own else words
