"""An audit in a pseudo-terminal: real key strokes in, what a person would see out."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pyte

import sparkguard

KEYS = {"enter": "\r", "left": "\x1b[D", "right": "\x1b[C", "ctrl-c": "\x03", "ctrl-d": "\x04"}
PROMPT = "> "
SECONDS = 60
"""How long a slow machine may take to answer a key."""


class PseudoTerminal:
    """`sparkguard check` with a person before it.

    Args:
        arguments: Words behind `check`.
        columns: The width of the terminal.
        environment: Variables that are other than here; `None` takes one away.
    """

    def __init__(
        self, *arguments: str, columns: int = 100, environment: Mapping[str, str | None] = {}
    ) -> None:
        here = str(Path(sparkguard.__file__).parents[1])
        given = {"TERM": "xterm-256color", "PYTHONPATH": here, "COLUMNS": None, "NO_COLOR": None}
        variables = {**os.environ, "FORCE_COLOR": None, **given, **environment}
        self.columns = columns
        self.heard = io.StringIO()
        self._process = pexpect.spawn(
            sys.executable,
            ["-m", "sparkguard", "check", *arguments],
            env={name: text for name, text in variables.items() if text is not None},
            dimensions=(40, columns),
            encoding="utf-8",
            timeout=SECONDS,
            echo=True,
        )
        self._process.logfile_read = self.heard
        self._process.delaybeforesend = None
        self._process.delayafterclose = self._process.ptyproc.delayafterclose = 0.01

    def see(self, words: str) -> None:
        """Wait until the words are written, wherever lines are folded."""
        self._process.expect(r"\s+".join(re.escape(word) for word in words.split()))

    def press(self, *keys: str, prompt: str = PROMPT) -> None:
        """Press keys one after the other, each when it is asked for."""
        for key in keys:
            self._process.expect_exact(f"\n{prompt}")
            self._process.send(KEYS.get(key, key))

    def answer(self, line: str) -> None:
        """Answer the question for a reason with a line, or with a key."""
        self._process.expect_exact("):")
        self._process.send(KEYS.get(line, f"{line}\r"))

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does."""
        self._process.expect_exact(f"\n{PROMPT}")
        self._process.close()

    def end(self) -> int:
        """Wait for the end, and give the exit code."""
        self._process.expect(pexpect.EOF)
        self._process.close()
        code: int = self._process.exitstatus
        return code

    @property
    def screen(self) -> str:
        """All that was shown, as the terminal shows it."""
        screen = pyte.Screen(self.columns, 400)
        pyte.Stream(screen).feed(self.heard.getvalue())
        return "\n".join(line.rstrip() for line in screen.display).rstrip()
