"""Ship points of streams: each starts a query, so that they are drawn less."""

from __future__ import annotations

from tests.differential.parts import Shape, Ship

PD = "import pandas as pd"
MKDTEMP = "from tempfile import mkdtemp"
STATE = "pyspark.sql.GroupedData."
WRITER = "pyspark.sql.streaming.DataStreamWriter."

_SOURCE = (
    '$stream = $spark.readStream.format("rate-micro-batch").option("rowsPerBatch", 2).load()\n'
)
_RUN = """
$query = $writer.option("checkpointLocation", mkdtemp()).trigger(once=True).start()
$query.awaitTermination(30)
"""
_WRITTEN = '$writer = $mapped.writeStream.format("noop").outputMode("update")\n' + _RUN
_ROCKS = (
    '$spark.conf.set("spark.sql.streaming.stateStore.providerClass", '
    '"org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider")\n'
)
_PROCESSOR = """
class $Processor(StatefulProcessor):
    def init(self, handle):
        pass

    def handleInputRows(self, key, rows, timerValues):
        $f(key)
        yield from rows

    def close(self):
        pass

$groups = $stream.select("value").groupBy("value")
$mapped = $groups.{call}($Processor(), "value long", "Update", "None")  #@
"""


def _processor(call: str) -> Ship:
    return Ship(
        STATE + call,
        _SOURCE + _ROCKS + _PROCESSOR.format(call=call) + _WRITTEN,
        imports=f"{MKDTEMP}\nfrom pyspark.sql.streaming import StatefulProcessor",
        takes="name",
        weight=0.03,
    )


STREAMS = (
    Ship(
        WRITER + "foreach",
        f"{_SOURCE}$writer = $stream.writeStream.foreach($f)  #@{_RUN}",
        imports=MKDTEMP,
        weight=0.1,
    ),
    Ship(
        WRITER + "foreach",
        f"""{_SOURCE}
class $Writer:
    def open(self, partition, epoch):
        return True

    def process(self, row):
        $f(row)

    def close(self, error):
        pass

$writer = $stream.writeStream.foreach($Writer())  #@
{_RUN}""",
        argument="an object",
        imports=MKDTEMP,
        takes="name",
        weight=0.1,
    ),
    Ship(
        STATE + "applyInPandasWithState",
        f"""{_SOURCE}
$groups = $stream.select("value").groupBy("value")
$mapped = $groups.applyInPandasWithState(  #@
    $f, "value long", "n long", "update", "NoTimeout"
)
{_WRITTEN}""",
        Shape("key, frames, state", "frames"),
        imports=MKDTEMP,
        weight=0.05,
    ),
    _processor("transformWithState"),
    _processor("transformWithStateInPandas"),
)
BATCHES = (
    Ship(
        WRITER + "foreachBatch",
        f"{_SOURCE}$writer = $stream.writeStream.foreachBatch($f){_RUN}",
        Shape("batch, number", "None"),
        imports=MKDTEMP,
        look_alike=True,
        weight=0.2,
    ),
)

SHIPS = (*STREAMS, *BATCHES)
