"""A session that no JVM and no server stands behind: unmodified PySpark runs on it, jobs do not."""

from __future__ import annotations

import os
from importlib.util import find_spec

from sparkguard.live.standin.notes import Notes

__all__ = ["Notes", "install"]


def install(remote: bool) -> Notes:
    """Has every session of this process, which must have none yet, stand on nothing.

    Args:
        remote: Whether `SparkSession.builder` gives a session of Connect where a script asks for
            no particular one.

    Returns:
        What the stand-in made up, as it goes on.
    """
    notes = Notes()
    if find_spec("pyspark") is None:
        return notes
    if remote:
        os.environ["SPARK_REMOTE"] = "sc://localhost"
    if find_spec("pyspark.core") is not None:
        from sparkguard.live.standin import classic

        classic.install(notes)
    elif find_spec("pyspark.sql.connect") is not None:
        from sparkguard.live.standin import connect

        connect.install(notes)
    return notes
