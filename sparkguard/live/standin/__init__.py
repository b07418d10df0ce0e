"""A session that no JVM and no server stands behind: unmodified PySpark runs on it, jobs do not."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from sparkguard.live.standin.notes import Notes

__all__ = ["Notes", "install"]


def install(remote: bool, folder: Path) -> Notes:
    """Has every session of this process, which must have none yet, stand on nothing.

    Args:
        remote: Whether `SparkSession.builder` gives a session of Connect where a script asks for
            no particular one.
        folder: Where Spark may leave files; who calls this removes it.

    Returns:
        What the stand-in made up, as it goes on.
    """
    notes = Notes()
    if find_spec("pyspark") is None:
        return notes
    classic_is_here = find_spec("py4j") is not None
    if remote or not classic_is_here:
        os.environ.setdefault("SPARK_REMOTE", "sc://localhost")
    if classic_is_here:
        from sparkguard.live.standin import classic

        classic.install(notes, folder)
    else:  # a client of Connect alone
        from sparkguard.live.standin import connect

        connect.install(notes)
    return notes
