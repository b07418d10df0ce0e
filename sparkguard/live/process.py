"""Runs a process of the user's code to its end, or to ours: nothing of it is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path


class Ended(Exception):
    """A process came to no good end; the text says how, after "it"."""


def run(
    command: Sequence[str],
    timeout: float,
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    apart: bool = True,
) -> None:
    """Runs a process that writes nowhere, and ends all that it started.

    Args:
        command: The program and its arguments.
        timeout: Seconds that it may take.
        folder: Its working directory.
        environment: Its variables; by default those of this process.
        apart: Whether it leads a group of processes, which ends with it.

    Raises:
        Ended: It did not start, took too long, was killed, or gave another code than 0.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - the user asked for it
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=apart,
        )
    except OSError as error:
        raise Ended(f"cannot be started: {command[0]}: {error.strerror}") from None
    try:
        code = process.wait(timeout)
    except subprocess.TimeoutExpired:
        raise Ended(f"did not end within {timeout:g} seconds") from None
    finally:
        _end(process, apart)
    if code < 0:
        raise Ended(f"was killed by {signal.Signals(-code).name}")
    if code:
        raise Ended(f"ended its process with exit code {code}")


def _end(process: subprocess.Popen[bytes], group: bool) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if group and hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
