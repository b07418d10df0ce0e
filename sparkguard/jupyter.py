"""The notebook's own guard: `%load_ext sparkguard`, and a cell is checked before it runs.

The text of the cell is checked with those of the cells before it; then it runs under the guard,
which probes each function where Spark pickles it, before any job.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from IPython.core.error import InputRejected, UsageError
from IPython.display import display

from sparkguard import config as settings
from sparkguard import engine
from sparkguard.checks.meta import UNPARSEABLE_FILE
from sparkguard.config import Config, ConfigError
from sparkguard.diagnostic import Severity
from sparkguard.guarding import guard
from sparkguard.probing import Shown
from sparkguard.result import CheckResult
from sparkguard.source.text import decode, split_lines

Shell = Any
"""IPython's `InteractiveShell`, most of which has no types."""
Info = Any
"""Its `ExecutionInfo`."""
NAME = "sparkguard"
_OURS = (f"%{NAME}", f"%%{NAME}", f"%unload_ext {NAME}")
"""How cells begin that run whatever is found: else nobody could turn it off."""
SESSION = Path("In.ipynb")
"""What the cells of a session are called in findings: `In.ipynb:cell 3` is what `In [3]` says."""
LINES = 2_000
"""How much of a session is read; a check must not be felt, and the oldest cells matter least."""


class NotRun(InputRejected):
    """A cell was kept from running; its text is the whole message."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Notebook:
    """The magics of one shell.

    Args:
        shell: IPython's.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._on = ExitStack()
        self._is_on = False
        self._waiting: str | None = None

    def line(self, words: str) -> None:
        """`%sparkguard on` checks every cell from now on, `%sparkguard off` none."""
        match words.split():
            case ["on"]:
                self.turn_on()
            case ["off"]:
                self.turn_off()
            case []:
                print(f"sparkguard is {'on' if self._is_on else 'off'}")  # noqa: T201
            case _:
                raise UsageError(f"%{NAME} on, %{NAME} off, or %%{NAME} above a cell")

    def cell(self, words: str, cell: str) -> None:
        """`%%sparkguard` checks this one cell, and runs it under the guard."""
        if words.strip():
            raise UsageError(f"%%{NAME} takes no words")
        was_on = self._is_on
        self.turn_on()
        try:
            self._shell.run_cell(cell)
        finally:
            if not was_on:
                self.turn_off()

    def turn_on(self) -> None:
        """Check each cell; raises UsageError where the settings cannot be followed."""
        if self._is_on:
            return
        try:
            self._on.enter_context(guard())
        except ConfigError as error:
            raise UsageError(str(error)) from None
        self._is_on = True
        self._shell.events.register("pre_run_cell", self._about_to_run)
        self._shell.ast_transformers.append(self)
        self._on.callback(self._shell.events.unregister, "pre_run_cell", self._about_to_run)
        self._on.callback(self._shell.ast_transformers.remove, self)

    def turn_off(self) -> None:
        """Check nothing any more."""
        self._is_on = False
        self._on.close()

    def _about_to_run(self, info: Info) -> None:
        ours = info.raw_cell.lstrip().startswith(_OURS)
        self._waiting = None if ours else info.raw_cell

    def visit(self, node: ast.AST) -> ast.AST:
        """Lets the code of a cell through, or raises `NotRun`, which IPython heeds only here."""
        cell, self._waiting = self._waiting, None
        if cell is not None:
            self._check(cell)
        return node

    def _check(self, cell: str) -> None:
        try:
            config = settings.load(Path.cwd())
        except ConfigError as error:
            raise NotRun(f"sparkguard: {error}") from None
        result = findings([*self._earlier(cell), cell], config)
        if result.diagnostics:
            display(Shown(result))  # type: ignore[no-untyped-call]
        if _counts(result, config):
            raise NotRun(f"sparkguard: the cell was not run; `%{NAME} off` runs it all the same")

    def _earlier(self, cell: str) -> list[str]:
        """The inputs of this session before a cell, which may be among them, or in a `%%` cell."""
        manager = self._shell.history_manager
        typed = list(manager.input_hist_raw[1:]) if manager else []
        if typed and typed[-1].rstrip().endswith(cell.rstrip()):
            typed.pop()
        return typed


def load(shell: Shell) -> None:
    """Register the magics."""
    notebook = _LOADED[shell] = Notebook(shell)
    shell.register_magic_function(notebook.line, "line", NAME)
    shell.register_magic_function(notebook.cell, "cell", NAME)


def unload(shell: Shell) -> None:
    """Leave the shell as it was."""
    _LOADED.pop(shell).turn_off()
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop(NAME)


_LOADED: WeakKeyDictionary[Shell, Notebook] = WeakKeyDictionary()


def findings(cells: Sequence[str], config: Config) -> CheckResult:
    """What a check finds in the last of some cells that ran one after the other.

    Args:
        cells: Their texts; of a long session the oldest are not read.
        config: The settings.
    """
    source = decode(_notebook(cells).encode(), SESSION, SESSION.name)
    result = engine.check([SESSION], config, changed={SESSION.name: source})
    own = tuple(
        found
        for found in result.diagnostics
        if found.cause.cell == len(cells) and found.code != UNPARSEABLE_FILE.code
    )
    errors = sum(found.severity is Severity.ERROR for found in own)
    summary = replace(result.summary, errors=errors, warnings=len(own) - errors)
    return replace(result, diagnostics=own, summary=summary)


def _notebook(cells: Sequence[str]) -> str:
    """The cells as Jupyter stores them."""
    read: list[dict[str, str]] = []
    left = LINES
    for cell in reversed(cells):
        left -= len(split_lines(cell))
        read.append({"cell_type": "code", "source": cell if left >= 0 or not read else ""})
    return json.dumps({"cells": read[::-1]})


def _counts(result: CheckResult, config: Config) -> bool:
    errors, warnings = result.summary.errors, result.summary.warnings
    return bool({"error": errors, "warning": errors + warnings, "never": 0}[config.fail_on])
