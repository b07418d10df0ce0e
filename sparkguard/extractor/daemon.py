"""Workers that start with torch already imported: `spark.python.daemon.module` on classic Spark.

Spark forks its Python workers from a daemon. What the daemon has imported, they share; what each
imports by itself is its own, and torch is the larger part of a worker's memory. Set, when the
session is built (it cannot be changed later; Connect's server must be started with it):

    spark.python.daemon.module  sparkguard.extractor.daemon

Every Python worker of the application then holds torch, those too that do not need it. Nothing is
computed before the fork: threads and GPUs do not survive one.
"""

from __future__ import annotations

import gc


def run() -> None:
    """Import what workers import, and serve as PySpark's own daemon does."""
    from PIL import Image  # noqa: F401 - imported for the workers, as the next two are
    from pyspark.daemon import manager

    from . import arrow  # noqa: F401
    from .requirements import torchvision_models

    torchvision_models()
    gc.collect()
    gc.freeze()  # a collection in a worker would touch, and so copy, every page that it shares
    manager()


if __name__ == "__main__":
    run()
