"""Whose code an object is: the user's, or that of a library."""

from __future__ import annotations

import linecache
import sys
import sysconfig
from functools import cache
from pathlib import Path
from typing import Any

_INSTALLED = frozenset({"site-packages", "dist-packages", "pyspark.zip"})
_OURS = Path(__file__).parents[1]
_STANDARD = Path(sysconfig.get_paths()["stdlib"])


def is_users_class(cls: Any) -> bool:
    """Whether a class or a function was written by the user: neither installed nor Python's own."""
    return is_users_module(sys.modules.get(str(cls.__module__)))


def is_users_module(module: object) -> bool:
    """Whether a module is a file of the user's, or what a notebook or a prompt keeps names in."""
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        return is_users_file(file)
    return getattr(module, "__name__", "") == "__main__"


@cache
def is_users_file(file: str) -> bool:
    """Whether a file is neither part of Python, nor installed, nor one of ours."""
    path = Path(file)
    if file.startswith("<"):  # a prompt, or a notebook's cell; not the import system
        return not file.startswith("<frozen")
    known = _OURS in path.parents or _STANDARD in path.parents or _INSTALLED & {*path.parts}
    # The compiled parts of libraries name no files; a notebook neither, but it keeps its lines.
    return not known and (path.exists() or bool(linecache.getlines(file)))
