"""Opens the user's editor at a line."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sparkguard.source.text import reason

_GOTO = frozenset({"code", "code-insiders", "codium", "cursor", "windsurf"})
_COLON = frozenset({"subl", "zed", "hx", "helix", "atom"})
_WAITS = _GOTO | {"subl", "zed", "atom"}


class EditorError(Exception):
    """The editor could not be opened, or failed; the text is the one line that says why."""


def open_at(path: str, line: int, environment: Mapping[str, str] = os.environ) -> None:
    """Open a file at a line, and wait until its editor is closed.

    Args:
        path: The file.
        line: 1-based.
        environment: Where `VISUAL` is looked up, and then `EDITOR`.

    Raises:
        EditorError: None is named, it is not found, or it ends with an error.
    """
    command = _named(environment)
    words = [*command, *_place(Path(command[0]).stem.lower(), command, path, line)]
    try:
        with _interrupts_are_the_editors():
            done = subprocess.run(words, check=False)  # noqa: S603  the user's own choice
    except FileNotFoundError:
        raise EditorError(f"the editor `{command[0]}` is not found") from None
    except (OSError, ValueError) as error:
        raise EditorError(f"the editor `{command[0]}` cannot be started: {reason(error)}") from None
    if done.returncode:
        raise EditorError(f"the editor `{command[0]}` ended with {done.returncode}")


def _named(environment: Mapping[str, str]) -> Sequence[str]:
    """The words of the editor's command; a path with blanks in it may stand without quotes."""
    for name in ("VISUAL", "EDITOR"):
        said = environment.get(name, "").strip()
        if said and shutil.which(said):
            return [said]
        try:
            words = shlex.split(said)
        except ValueError:
            raise EditorError(f"`{name}` cannot be understood: a quote is left open") from None
        if words:
            return words
    raise EditorError("no editor is named: set `VISUAL` or `EDITOR`")


def _place(editor: str, command: Sequence[str], path: str, line: int) -> Iterator[str]:
    """How an editor is told where to go: `+12 job.py` by most of them."""
    path = f"./{path}" if path.startswith(("-", "+")) else path
    if editor in _WAITS and not {"--wait", "-w"} & {*command}:
        yield "--wait"
    if editor in _GOTO:
        yield "--goto"
    if editor in _GOTO | _COLON:
        yield f"{path}:{line}"
    else:
        yield f"+{line}"
        yield path


@contextmanager
def _interrupts_are_the_editors() -> Iterator[None]:
    """Ctrl-C is a key of many editors; here it must not end what waits for them."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
