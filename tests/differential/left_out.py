"""Ship points that no program has, and why."""

from __future__ import annotations

LEFT_OUT = {
    "pyspark.RDD.randomSplit": "its weights are divided, which leaves plain numbers of them",
    "pyspark.RDD.toDF": "its schema must be a plain StructType, which holds nothing else",
    "pyspark.ml.deepspeed.deepspeed_distributor.DeepspeedTorchDistributor.run": "needs deepspeed",
    "pyspark.pandas.read_excel": "needs openpyxl",
    "pyspark.sql.streaming.DataStreamWriter.foreachBatch": "ships on Connect only",
    "pyspark.streaming.kinesis.KinesisUtils.createStream": "needs Kinesis",
}
"""By name in the table of ship points."""
