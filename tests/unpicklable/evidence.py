"""Makes things and asks Spark's cloudpickle; what travels is unpickled by a fresh interpreter."""

from __future__ import annotations

import builtins
import contextlib
import importlib
import json
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pyspark import cloudpickle

from tests.unpicklable.calls import prefixes

_LONGEST = 160
_FRESH = """
import json, pickle, sys
sys.path[:] = json.loads(sys.argv[1])
def said(payload):
    try:
        pickle.loads(payload)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""
print("\\n" + json.dumps([said(payload) for payload in pickle.load(sys.stdin.buffer)]))
"""


@dataclass(frozen=True)
class Answer:
    """What was said of one thing.

    Args:
        cls: Its class.
        dumps: cloudpickle's refusal; empty if it pickles.
        plain: The refusal of plain pickle, which broadcasts use.
        enters: Whether `with thing as x` gives the thing itself.
        loads: The refusal of a fresh interpreter to unpickle it; empty if it does.
    """

    cls: type
    dumps: str
    plain: str
    enters: bool
    loads: str = ""

    @property
    def refusal(self) -> str:
        """Why it does not travel; empty if it does."""
        return self.dumps or self.loads


def ask(expressions: Iterable[str], folder: Path) -> dict[str, Answer]:
    """Makes a thing by each expression, and asks of it.

    Args:
        expressions: In the language of `tried.toml`; what they import is installed.
        folder: An empty folder for the files that they open.

    Raises:
        ValueError: If a thing cannot be made.
    """
    text = folder / "text.txt"
    text.write_text("a\n", encoding="utf-8")
    helpers = {"tmp": str(folder), "text": str(text), "bare": bare, "holding": holding}
    asked = {expression: _asked(expression, helpers) for expression in expressions}
    pickled = {text: payload for text, (_, payload) in asked.items() if payload}
    loads = dict(zip(pickled, _unpickled(list(pickled.values())), strict=True))
    return {text: replace(answer, loads=loads.get(text, "")) for text, (answer, _) in asked.items()}


def _asked(expression: str, helpers: dict[str, Any]) -> tuple[Answer, bytes]:
    try:
        thing: Any = eval(expression, {**_imported(expression), **helpers})  # noqa: S307
    except Exception as error:
        raise ValueError(f"cannot make `{expression}`: {error!r}") from error
    dumps, payload = _pickled(cloudpickle.dumps, thing)
    plain, _ = _pickled(pickle.dumps, thing)
    return Answer(type(thing), dumps, plain, _enters(thing, expression)), payload


def _imported(expression: str) -> dict[str, Any]:
    """The modules that an expression names, the first parts of their names."""
    for name in prefixes(expression):
        if not hasattr(builtins, name.partition(".")[0]):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    roots = {name.partition(".")[0] for name in prefixes(expression)}
    return {root: sys.modules[root] for root in roots if root in sys.modules}


def _pickled(dumps: Callable[[Any], bytes], thing: Any) -> tuple[str, bytes]:
    """What a pickler says of a thing, or its pickle."""
    try:
        return "", dumps(thing)
    except Exception as error:
        return _words(f"{type(error).__name__}: {error}"), b""


def _words(text: str) -> str:
    """The first line of an error, without addresses, at most 160 characters of it."""
    return re.sub(r"0x[0-9a-f]+", "0x...", text.splitlines()[0])[:_LONGEST] if text else ""


def _enters(thing: Any, expression: str) -> bool:
    """Whether a thing is its own context manager; no standard stream is closed to know it."""
    if expression.startswith(("bare(", "holding(", "sys.")):
        return False
    itself = False
    with contextlib.suppress(Exception), thing as entered:
        itself = entered is thing
    return itself


def _unpickled(payloads: list[bytes]) -> list[str]:
    command = [sys.executable, "-W", "ignore", "-c", _FRESH, json.dumps(sys.path)]
    ran = subprocess.run(command, input=pickle.dumps(payloads), capture_output=True, check=True)
    return [_words(said) for said in json.loads(ran.stdout.splitlines()[-1])]


def bare(cls: Any) -> Any:
    """An instance that was not initialized."""
    return cls.__new__(cls)


def holding(thing: Any, **attributes: object) -> Any:
    """A thing with its attributes set as a connected one has them."""
    for name, value in attributes.items():
        setattr(thing, name, value)
    return thing


def resolved(name: str) -> Any:
    """What a dotted name stands for.

    Raises:
        ImportError: If there is no such thing.
    """
    path, *parts = name.split(".")
    found: Any = importlib.import_module(path)
    for part in parts:
        path = f"{path}.{part}"
        # A module's attribute before the submodule of that name: it is what a program sees.
        found = getattr(found, part) if hasattr(found, part) else importlib.import_module(path)
    return found
