"""Ship points of DataFrames: what maps and groups them, data sources, models."""

from __future__ import annotations

from tests.differential.parts import Shape, Ship

ITEM = Shape()
F = "from pyspark.sql import functions as F"
LONG = "from pyspark.sql.types import LongType"
PD = "import pandas as pd"
PA = "import pyarrow as pa"
BATCHES = Shape("batches", "batches")
FRAME = Shape("group", "group", ("pd.DataFrame",), "pd.DataFrame")
KEYED = Shape("key, group", "group", ("tuple", "pd.DataFrame"), "pd.DataFrame")
TABLE = Shape("group", "group", ("pa.Table",), "pa.Table")
BOTH = Shape("left, right", "left", ("pd.DataFrame", "pd.DataFrame"), "pd.DataFrame")
TABLES = Shape("left, right", "left", ("pa.Table", "pa.Table"), "pa.Table")


_ROWS = "$spark.range(0, 2, 1, 1)"


def _frame(
    call: str,
    shape: Shape = ITEM,
    *,
    argument: str = "",
    rows: str = _ROWS,
    then: str = ".collect()",
    imports: str = "",
    owner: str = "pyspark.sql.DataFrame",
    takes: str = "function",
) -> Ship:
    made = f"$rows = {rows}\n"
    ship = f"$mapped = $rows.{call}  #@\n$mapped{then}" if then else f"$rows.{call}  #@"
    name = call.partition("(")[0]
    return Ship(f"{owner}.{name}", made + ship, shape, argument, imports, takes=takes)


_GROUPED = f'{_ROWS}.groupBy("id")'
_COGROUPED = f"{_GROUPED}.cogroup({_GROUPED})"
_GROUPS = "pyspark.sql.GroupedData"
_PAIRED = "pyspark.sql.PandasCogroupedOps"

FRAMES = (
    _frame("foreach($f)", then=""),
    _frame("foreachPartition($f)", Shape("items", "None"), then=""),
    _frame('mapInPandas($f, "id long")', BATCHES),
    _frame('mapInPandas($f, "id long", barrier=True)', BATCHES, argument="barrier"),
    _frame('mapInArrow($f, "id long")', BATCHES),
    _frame(
        'apply(F.pandas_udf($f, "id long", F.PandasUDFType.GROUPED_MAP))',
        FRAME,
        rows=_GROUPED,
        owner=_GROUPS,
        imports=f"{F}\n{PD}",
        takes="strict",
    ),
    _frame(
        'applyInPandas($f, "id long")',
        FRAME,
        rows=_GROUPED,
        owner=_GROUPS,
        imports=PD,
        takes="strict",
    ),
    _frame(
        'applyInPandas($f, schema="id long")',
        KEYED,
        argument="with the key",
        rows=_GROUPED,
        owner=_GROUPS,
        imports=PD,
        takes="strict",
    ),
    _frame(
        'applyInArrow($f, "id long")',
        TABLE,
        rows=_GROUPED,
        owner=_GROUPS,
        imports=PA,
        takes="strict",
    ),
    _frame(
        'applyInPandas($f, "id long")',
        BOTH,
        rows=_COGROUPED,
        owner=_PAIRED,
        imports=PD,
        takes="strict",
    ),
    _frame(
        'applyInArrow($f, "id long")',
        TABLES,
        rows=_COGROUPED,
        owner=_PAIRED,
        imports=PA,
        takes="strict",
    ),
)

SOURCES = (
    Ship(
        "pyspark.sql.datasource.DataSourceRegistration.register",
        """
        class $Reader(DataSourceReader):
            def read(self, partition):
                $f(1)
                yield (1,)

        class $Source(DataSource):
            @classmethod
            def name(cls):
                return "udf_$name"

            def schema(self):
                return "item int"

            def reader(self, schema):
                return $Reader()

        $spark.dataSource.register($Source)  #@
        $spark.read.format("udf_$name").load().collect()
        """,
        imports="from pyspark.sql.datasource import DataSource, DataSourceReader",
        takes="name",
        again=True,
        weight=0.4,
    ),
)

MODELS = (
    Ship(
        "pyspark.ml.functions.predict_batch_udf",
        """
        $predict = predict_batch_udf($f, return_type=LongType(), batch_size=2)  #@
        $spark.range(0, 2, 1, 1).select($predict("id")).collect()
        """,
        Shape("item=0", "(lambda numbers: numbers)"),
        imports=f"from pyspark.ml.functions import predict_batch_udf\n{LONG}",
    ),
    Ship(
        "pyspark.ml.connect.util.aggregate_dataframe",
        """
        $rows = $spark.range(0, 2, 1, 1)
        aggregate_dataframe($rows, ["id"], $f, lambda a, b: b, str)  #@
        """,
        Shape("table", "len(table)"),
        argument="local_agg_fn",
        imports="from pyspark.ml.connect.util import aggregate_dataframe",
    ),
    Ship(
        "pyspark.ml.connect.util.aggregate_dataframe",
        """
        $rows = $spark.range(0, 20001, 1, 1)
        aggregate_dataframe($rows, ["id"], len, $f, str)  #@
        """,
        Shape("left, right", "left + right"),
        argument="merge_agg_state",
        imports="from pyspark.ml.connect.util import aggregate_dataframe",
    ),
    Ship(
        "pyspark.ml.connect.util.transform_dataframe_column",
        """
        $rows = $spark.range(0, 2, 1, 1)
        transform_dataframe_column($rows, ["id"], $f, [("twice", "long")]).collect()  #@
        """,
        Shape("numbers", "numbers"),
        imports="from pyspark.ml.connect.util import transform_dataframe_column",
    ),
    Ship(
        "pyspark.ml.torch.distributor.TorchDistributor.run",
        """
        $distributor = TorchDistributor(num_processes=1, local_mode=True, use_gpu=False)
        $distributor.run($f)  #@
        """,
        Shape("item=0", "0"),
        argument="train_object",
        imports="from pyspark.ml.torch.distributor import TorchDistributor",
        weight=0.03,
    ),
    Ship(
        "pyspark.ml.torch.distributor.TorchDistributor.run",
        """
        $distributor = TorchDistributor(num_processes=1, local_mode=True, use_gpu=False)
        $distributor.run(len, [$f])  #@
        """,
        argument="*args",
        imports="from pyspark.ml.torch.distributor import TorchDistributor",
        takes="data",
        weight=0.03,
    ),
)

SHIPS = (*FRAMES, *SOURCES, *MODELS)
