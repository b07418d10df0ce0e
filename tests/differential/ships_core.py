"""Ship points of the core: RDDs, the context, DStreams."""

from __future__ import annotations

from tests.differential.parts import Shape, Ship

ITEM = Shape()
TWO = Shape("left, right", "right")
SUM = Shape("left, right", "left")
EACH = Shape("item", "[item]")
KEY = Shape("key", "0")
ITEMS = Shape("items", "items")
INDEXED = Shape("index, items", "items")

_ONES = "[1, 2]"
_PAIRS = '[("a", 1), ("a", 2)]'


def _rdd(
    call: str,
    shape: Shape = ITEM,
    *,
    argument: str = "",
    data: str = _ONES,
    slices: int = 1,
    then: str = ".collect()",
    takes: str = "function",
    owner: str = "pyspark.RDD",
    text: str = "",
    top: str = "",
    imports: str = "",
    look_alike: bool = False,
) -> Ship:
    made = f"$numbers = $spark.sparkContext.parallelize({data}, {slices})"
    ship = f"$mapped = $numbers.{call}  #@\n$mapped{then}" if then else f"$numbers.{call}  #@"
    name = call.removeprefix("barrier().").partition("(")[0]
    return Ship(
        f"{owner}.{name}",
        "\n".join([made, *([text] if text else []), ship]),
        shape,
        argument,
        imports,
        top,
        takes,
        look_alike=look_alike,
    )


def _pairs(call: str, shape: Shape = ITEM, *, argument: str = "", slices: int = 1) -> Ship:
    return _rdd(call, shape, argument=argument, data=_PAIRS, slices=slices)


def _data(call: str, *, argument: str, data: str = _ONES, then: str = ".collect()") -> Ship:
    return _rdd(call, argument=argument, data=data, then=then, takes="data")


RDD = (
    _data("aggregate($f, lambda a, b: b, lambda a, b: b)", argument="zeroValue", then=""),
    _rdd("aggregate(0, $f, lambda a, b: b)", TWO, argument="seqOp", then=""),
    _data(
        "aggregateByKey($f, lambda a, b: b, lambda a, b: b, 1)", argument="zeroValue", data=_PAIRS
    ),
    _pairs("aggregateByKey(0, $f, lambda a, b: b, 1)", TWO, argument="seqFunc"),
    _pairs("aggregateByKey(0, lambda a, b: b, $f, 1)", TWO, argument="combFunc", slices=2),
    _pairs(
        "aggregateByKey(0, lambda a, b: b, lambda a, b: b, 1, $f)", KEY, argument="partitionFunc"
    ),
    _pairs("combineByKey($f, lambda a, b: b, lambda a, b: b, 1)", argument="createCombiner"),
    _pairs("combineByKey(lambda a: a, $f, lambda a, b: b, 1)", TWO, argument="mergeValue"),
    _pairs(
        "combineByKey(lambda a: a, lambda a, b: b, $f, 1)",
        TWO,
        argument="mergeCombiners",
        slices=2,
    ),
    _pairs(
        "combineByKey(lambda a: a, lambda a, b: b, lambda a, b: b, 1, $f)",
        KEY,
        argument="partitionFunc",
    ),
    _rdd("filter($f)"),
    _rdd("flatMap($f)", EACH),
    _pairs("flatMapValues($f)", EACH),
    _data("fold($f, lambda a, b: b)", argument="zeroValue", then=""),
    _rdd("fold(0, $f)", TWO, argument="op", then=""),
    _data("foldByKey($f, lambda a, b: b, 1)", argument="zeroValue", data=_PAIRS),
    _pairs("foldByKey(0, $f, 1)", TWO, argument="func"),
    _pairs("foldByKey(0, lambda a, b: b, 1, $f)", KEY, argument="partitionFunc"),
    _rdd("foreach($f)", then=""),
    _rdd("foreachPartition($f)", Shape("items", "None"), then=""),
    _rdd("groupBy($f, 1)", argument="f", then=".count()"),
    _rdd("groupBy(abs, 1, $f)", KEY, argument="partitionFunc", then=".count()"),
    _rdd("groupByKey(1, $f)", KEY, data=_PAIRS, then=".count()"),
    _rdd(
        "histogram([0.0, $edge])",
        then="",
        takes="data",
        top="class $Edge(float):\n    pass",
        text="$edge = $Edge(3.0)\n$edge.$held = $f",
    ),
    _rdd("keyBy($f)"),
    _rdd("map($f)"),
    _rdd("mapPartitions($f)", ITEMS),
    _rdd("mapPartitionsWithIndex($f)", INDEXED),
    _rdd("mapPartitionsWithSplit($f)", INDEXED),
    _pairs("mapValues($f)"),
    _rdd("max($f)", then=""),
    _rdd("max(key=$f)", argument="by keyword", then=""),
    _rdd("min($f)", then=""),
    _pairs("partitionBy(1, $f)", KEY),
    _rdd("reduce($f)", SUM, then=""),
    _pairs("reduceByKey($f, 1)", SUM, argument="func"),
    _pairs("reduceByKey(max, 1, $f)", KEY, argument="partitionFunc"),
    _rdd("reduceByKeyLocally($f)", SUM, data=_PAIRS, then=""),
    _pairs("repartitionAndSortWithinPartitions(1, $f)", KEY, argument="partitionFunc"),
    _pairs(
        "repartitionAndSortWithinPartitions(1, hash, True, $f)",
        Shape("key", "key"),
        argument="keyfunc",
    ),
    _rdd(
        'sampleByKey(False, {"a": $share}, 1)',
        data=_PAIRS,
        takes="data",
        top="class $Share(float):\n    pass",
        text="$share = $Share(0.5)\n$share.$held = $f",
    ),
    _rdd("sortBy($f, True, 1)"),
    _pairs("sortByKey(True, 1, $f)", Shape("key", "key")),
    _rdd("takeOrdered(1, $f)", then=""),
    _rdd("takeOrdered(1, key=$f)", argument="by keyword", then=""),
    _rdd("top(1, $f)", then=""),
    _data("treeAggregate($f, lambda a, b: b, lambda a, b: b)", argument="zeroValue", then=""),
    _rdd("treeAggregate(0, $f, lambda a, b: b)", TWO, argument="seqOp", then=""),
    _rdd(
        "treeAggregate(0, lambda a, b: b, $f)",
        TWO,
        argument="combOp",
        data="range(5)",
        slices=5,
        then="",
    ),
    _rdd("treeReduce($f)", SUM, then=""),
    _rdd("barrier().mapPartitions($f)", ITEMS, owner="pyspark.RDDBarrier"),
    _rdd("barrier().mapPartitionsWithIndex($f)", INDEXED, owner="pyspark.RDDBarrier"),
)

CONTEXT = (
    Ship(
        "pyspark.SparkContext.accumulator",
        """
        class $Adding(AccumulatorParam):
            def zero(self, value):
                return 0

            def addInPlace(self, value, other):
                $f(value)
                return value + other

        $total = $spark.sparkContext.accumulator(0, $Adding())  #@
        $spark.sparkContext.parallelize([1, 2], 1).foreach(lambda n: $total.add(n))  #@
        """,
        imports="from pyspark import AccumulatorParam",
        takes="name",
    ),
    Ship(
        "pyspark.SparkContext.broadcast",
        """
        $shared = $spark.sparkContext.broadcast($f)  #@
        $spark.sparkContext.parallelize([1], 1).map(lambda n: ($shared.value, n)[1]).collect()  #@
        """,
        takes="data",
    ),
    Ship(
        "pyspark.SparkContext.parallelize",
        "$spark.sparkContext.parallelize([$f], 1).count()  #@",
        takes="data",
    ),
    Ship(
        "pyspark.SparkContext.runJob",
        """
        $context = $spark.sparkContext
        $context.runJob($context.parallelize([1], 1), $f)  #@
        """,
        ITEMS,
    ),
)


_STREAM = """
$context = StreamingContext($spark.sparkContext, 0.2)
$stream = $context.queueStream([{data}, {data}], default=None)
$mapped = $stream.{call}  #@
$seen = []
$mapped.foreachRDD(lambda rdd: $seen.append(rdd.count()))
$context.start()
try:
    while not $seen and not $context.awaitTerminationOrTimeout(0.2):
        pass
finally:
    $context.stop(stopSparkContext=False)
"""


def _stream(
    call: str, shape: Shape = ITEM, *, argument: str = "", data: str = _ONES, before: str = ""
) -> Ship:
    name = call.partition("(")[0]
    text = _STREAM.format(data=data, call=call).replace("$seen = []", f"{before}$seen = []")
    imports = "from tempfile import mkdtemp\nfrom pyspark.streaming import StreamingContext"
    return Ship(f"pyspark.streaming.DStream.{name}", text, shape, argument, imports, weight=0.1)


DSTREAM = (
    _stream("map($f)"),
    _stream("flatMap($f)", EACH),
    _stream("filter($f)"),
    _stream("mapPartitions($f)", ITEMS),
    _stream("mapPartitionsWithIndex($f)", INDEXED),
    _stream("mapValues($f)", data=_PAIRS),
    _stream("flatMapValues($f)", EACH, data=_PAIRS),
    _stream("reduce($f)", SUM),
    _stream("reduceByKey($f, 1)", SUM, data=_PAIRS),
    _stream("partitionBy(1, $f)", KEY, data=_PAIRS),
    _stream(
        "combineByKey($f, lambda a, b: b, lambda a, b: b, 1)",
        argument="createCombiner",
        data=_PAIRS,
    ),
    _stream(
        "combineByKey(lambda a: a, $f, lambda a, b: b, 1)",
        TWO,
        argument="mergeValue",
        data=_PAIRS,
    ),
    _stream("reduceByWindow($f, None, 0.4, 0.2)", SUM),
    _stream("reduceByKeyAndWindow($f, None, 0.4, 0.2, 1)", SUM, data=_PAIRS),
    _stream(
        "updateStateByKey($f, 1)",
        Shape("values, kept", "len(values)"),
        data=_PAIRS,
        before="$context.checkpoint(mkdtemp())\n",
    ),
    Ship(
        "pyspark.streaming.StreamingContext.transform",
        """
        $context = StreamingContext($spark.sparkContext, 0.2)
        try:
            $stream = $context.queueStream([[1, 2]])
            $context.transform([$stream], $f)  #@
        finally:
            $context.stop(stopSparkContext=False)
        """,
        Shape("rdds", "rdds[0]"),
        imports="from pyspark.streaming import StreamingContext",
        takes="pickled",
        weight=0.1,
    ),
)

SHIPS = (*RDD, *CONTEXT, *DSTREAM)
