"""Ship points of SQL that make a function of one's own: udfs, udtfs, what is registered."""

from __future__ import annotations

from tests.differential.parts import Shape, Ship

ITEM = Shape()
F = "from pyspark.sql import functions as F"
LONG = "from pyspark.sql.types import LongType"
PD = "import pandas as pd"
PA = "import pyarrow as pa"
SERIES = Shape("numbers", "numbers", ("pd.Series",), "pd.Series")
ARRAY = Shape("numbers", "numbers", ("pa.Array",), "pa.Array")
_ROWS = "$spark.range(0, 2, 1, 1)"
_UDF = "pyspark.sql.functions."


def _used(made: str) -> str:
    return f'$column = {made}  #@\n{_ROWS}.select($column("id")).collect()'


def _udf(
    made: str, shape: Shape = ITEM, *, argument: str, imports: str = F, takes: str = "function"
) -> Ship:
    name = made.partition("(")[0].removeprefix("F.")
    return Ship(_UDF + name, _used(made), shape, argument, imports, takes=takes)


def _decorator(text: str, shape: Shape = ITEM, *, imports: str = F) -> Ship:
    name = text.partition("(")[0].removeprefix("F.")
    used = f'{_ROWS}.select($f("id")).collect()'
    return Ship(_UDF + name, used, shape, text, imports, takes="ready", decorator=f"@{text}  #@")


UDFS = (
    _udf('F.udf($f, "long")', argument="f"),
    _udf('F.udf(f=$f, returnType="long")', argument="by keyword"),
    _udf(
        "F.udf($f, LongType())",
        argument="a DataType",
        imports=f"{F}\n{LONG}",
    ),
    _udf('F.udf(returnType="long")($f)', argument="of a maker"),
    _udf('F.udf($f, "long", useArrow=False)', argument="without Arrow"),
    _decorator('F.udf("long")'),
    _decorator("F.udf(returnType=LongType())", imports=f"{F}\n{LONG}"),
    _decorator("F.udf", Shape("item", "str(item)")),
    Ship(
        _UDF + "udf",
        _used("F.udf(lambda item: [item], $Kind($f))"),
        argument="returnType",
        imports=f"{F}\nfrom pyspark.sql.types import ArrayType, LongType",
        top="""\
class $Kind(ArrayType):
    def __init__(self, $held):
        super().__init__(LongType())
        self.$held = $held

    @classmethod
    def typeName(cls):
        return "array\"""",
        takes="data",
    ),
    _udf(
        'F.pandas_udf($f, "long")',
        SERIES,
        argument="f",
        imports=f"{F}\n{PD}",
        takes="strict",
    ),
    _udf(
        'F.pandas_udf($f, "long")',
        Shape("numbers", "numbers", ("Iterator[pd.Series]",), "Iterator[pd.Series]"),
        argument="an iterator",
        imports=f"{F}\n{PD}\nfrom collections.abc import Iterator",
        takes="strict",
    ),
    _udf(
        'F.pandas_udf($f, "long")',
        Shape("numbers", "int(numbers.sum())", ("pd.Series",), "int"),
        argument="an aggregate",
        imports=f"{F}\n{PD}",
        takes="strict",
    ),
    _decorator('F.pandas_udf("long")', SERIES, imports=f"{F}\n{PD}"),
    _udf('F.arrow_udf($f, "long")', ARRAY, argument="f", imports=f"{F}\n{PA}", takes="strict"),
    _decorator('F.arrow_udf("long")', ARRAY, imports=f"{F}\n{PA}"),
)

UDTFS = (
    Ship(
        _UDF + "udtf",
        """
        class $Rows:
            def eval(self, item):
                yield ($f(item),)

        $table = F.udtf($Rows, returnType="item: long")  #@
        $table(F.lit(1)).collect()
        """,
        imports=F,
        takes="name",
    ),
    Ship(
        _UDF + "udtf",
        """
        @F.udtf(returnType="item: long")  #@
        class $Rows:
            def __init__(self):
                self.$last = 0

            def eval(self, item):
                self.$last = item
                yield (item,)

            def terminate(self):
                $f(self.$last)

        $Rows(F.lit(1)).collect()
        """,
        argument="as a decorator",
        imports=F,
        takes="name",
    ),
    Ship(
        _UDF + "arrow_udtf",
        """
        class $Rows:
            def eval(self, items: pa.Array) -> Iterator[pa.Table]:
                $f(items)
                yield pa.table({"item": items})

        $table = F.arrow_udtf($Rows, returnType="item: int")  #@
        $table(F.lit(1)).collect()
        """,
        imports=f"{F}\n{PA}\nfrom collections.abc import Iterator",
        takes="name",
    ),
    Ship(
        _UDF + "arrow_udtf",
        """
        @F.arrow_udtf(returnType="item: int")  #@
        class $Rows:
            def eval(self, items: pa.Array) -> Iterator[pa.Table]:
                $f(items)
                yield pa.table({"item": items})

        $Rows(F.lit(1)).collect()
        """,
        argument="as a decorator",
        imports=f"{F}\n{PA}\nfrom collections.abc import Iterator",
        takes="name",
    ),
    Ship(
        "pyspark.sql.UDTFRegistration.register",
        """
        @F.udtf(returnType="item: long")  #@
        class $Rows:
            def eval(self, item):
                yield ($f(item),)

        $spark.udtf.register("udf_$name", $Rows)  #@
        $spark.sql("SELECT * FROM udf_$name(1)").collect()
        """,
        imports=F,
        takes="name",
    ),
)

REGISTERED = (
    Ship(
        "pyspark.sql.UDFRegistration.register",
        """
        $spark.udf.register("udf_$name", $f, "long")  #@
        $spark.sql("SELECT udf_$name(1)").collect()
        """,
    ),
    Ship(
        "pyspark.sql.UDFRegistration.register",
        """
        $spark.udf.register("udf_$name", F.udf($f, "long"))  #@
        $spark.sql("SELECT udf_$name(1)").collect()
        """,
        argument="a udf",
        imports=F,
    ),
    Ship(
        "pyspark.sql.Catalog.registerFunction",
        """
        $spark.catalog.registerFunction("udf_$name", $f, LongType())  #@
        $spark.sql("SELECT udf_$name(1)").collect()
        """,
        imports="from pyspark.sql.types import LongType",
    ),
    Ship(
        "pyspark.sql.SQLContext.registerFunction",
        """
        $context = SQLContext($spark.sparkContext, $spark)
        $context.registerFunction("udf_$name", $f, LongType())  #@
        $spark.sql("SELECT udf_$name(1)").collect()
        """,
        imports="from pyspark.sql import SQLContext\nfrom pyspark.sql.types import LongType",
    ),
)

SHIPS = (*UDFS, *UDTFS, *REGISTERED)
