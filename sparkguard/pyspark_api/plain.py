"""What can be asked on the driver instead: attributes whose values are plain, and travel."""

from __future__ import annotations

_CONTEXT = "pyspark.SparkContext"
_FRAME = "pyspark.sql.DataFrame"

PLAIN_READS: frozenset[str] = frozenset(
    {
        *(f"{_CONTEXT}.{name}" for name in ("applicationId", "appName", "master", "version")),
        *(f"{_CONTEXT}.{name}" for name in ("defaultMinPartitions", "defaultParallelism")),
        *(f"{_CONTEXT}.{name}" for name in ("startTime", "uiWebUrl")),
        *(f"{_FRAME}.{name}" for name in ("columns", "dtypes")),
        "pyspark.sql.SparkSession.version",
    }
)
"""Properties whose values are strings and numbers, or lists of them."""
PLAIN_CALLS: frozenset[str] = frozenset(
    {
        *(f"{_FRAME}.{name}" for name in ("count", "isEmpty")),
        *(f"pyspark.RDD.{name}" for name in ("count", "getNumPartitions", "isEmpty")),
        f"{_CONTEXT}.sparkUser",
        "pyspark.SparkConf.get",
        "pyspark.sql.Catalog.currentDatabase",
        "pyspark.sql.conf.RuntimeConfig.get",
    }
)
"""Methods that give such values; each is called once on the driver instead of once per row."""
