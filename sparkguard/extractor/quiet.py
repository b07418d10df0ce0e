"""Spark says a lot when it starts and when it fails; a command says one line."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from .requirements import SetupError


@contextmanager
def one_line() -> Iterator[None]:
    """What Spark says of a failure at length, as the line that tells why.

    Raises:
        SetupError: In the place of an error of PySpark or of the JVM.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise SetupError(f"Spark says: {_telling(str(error))}") from error


@contextmanager
def quiet_start() -> Iterator[None]:
    """Start a JVM whose standard error, and that of its workers, is a file that is forgotten.

    Raises:
        SetupError: It does not start; the text has what it said of that.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as said:
        terminal = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            with one_line():
                yield
        except SetupError as error:
            raise SetupError(f"{error}{_first_error(said)}") from error
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)


def _telling(text: str) -> str:
    """The first line; of a worker's traceback the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    traced = any(line.startswith("Traceback ") for line in lines)
    errors = [line for line in lines if "Error: " in line or "BadPicture: " in line]
    return errors[-1] if traced and errors else lines[0]


def _first_error(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").splitlines()
    return next((f" ({line.strip()})" for line in lines if "Error" in line), "")
