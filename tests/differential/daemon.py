"""The parent of Spark's Python workers, with what they all import imported once."""

from __future__ import annotations

from importlib import import_module

from pyspark import daemon

if __name__ == "__main__":
    for name in ("pandas", "pyarrow", "pyspark.sql.functions", "pyspark.worker"):
        import_module(name)
    daemon.manager()
