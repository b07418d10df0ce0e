"""How far a Spark job has come, counted in pictures, from the tasks that are done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from time import monotonic
from typing import TYPE_CHECKING, Any

from .shipping import is_connect

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Tasks = tuple[int, int]
"""How many are done, of how many."""

_PAUSE = 0.5
"""Seconds between two looks."""


def watched(
    spark: SparkSession,
    action: Callable[[], object],
    total: int,
    progress: Callable[[int, int, float], None],
) -> None:
    """Run a job in another thread and tell how far it has come.

    The main thread waits where an interrupt may come: PySpark's own calls do not bear one well.

    Args:
        spark: The session that it runs in.
        action: Starts the job and returns when it is done.
        total: Pictures in all of its tasks.
        progress: Is told the pictures that are done, `total`, and pictures per second. Spark counts
            tasks, and the pictures are those tasks' share of the total.
    """
    tasks = _on_connect(spark) if is_connect(spark) else _on_classic(spark)
    start = monotonic()
    other = ThreadPoolExecutor(1)
    job = other.submit(action)
    other.shutdown(wait=False)  # an interrupt is not to wait: who stops the session ends the job
    while not wait([job], _PAUSE).done:
        done, of = tasks()
        pictures = total * done // of if of else 0
        progress(pictures, total, pictures / (monotonic() - start))
    job.result()


def _on_classic(spark: SparkSession) -> Callable[[], Tasks]:
    tracker = spark.sparkContext.statusTracker()

    def tasks() -> Tasks:
        jobs = [tracker.getJobInfo(job) for job in tracker.getActiveJobsIds()]
        stages = [tracker.getStageInfo(each) for job in jobs if job for each in job.stageIds]
        known = [stage for stage in stages if stage]
        return sum(each.numCompletedTasks for each in known), sum(each.numTasks for each in known)

    return tasks


def _on_connect(spark: Any) -> Callable[[], Tasks]:  # noqa: ANN401 - two classes of one name
    last = [(0, 0)]

    def handler(stages: Any, *_: object, **__: object) -> None:  # noqa: ANN401
        known = list(stages or ())
        done = sum(each.num_completed_tasks for each in known)
        last[0] = (done, sum(each.num_tasks for each in known))

    if hasattr(spark, "registerProgressHandler"):  # from PySpark 4.0 on
        spark.registerProgressHandler(handler)
    return lambda: last[0]
