"""What fixes make of small programs: a before and an after for each kind."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from sparkguard.config import Config
from sparkguard.diagnostic import Applicability
from sparkguard.engine import check
from sparkguard.fixer import fix

HEAD = """\
from functools import partial

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.functions import udf


"""
SAFE, UNSAFE, SHOWN = Applicability.SAFE, Applicability.UNSAFE, Applicability.DISPLAY


def laid(folder: Path, body: str) -> Config:
    (folder / "job.py").write_text(HEAD + dedent(body).lstrip("\n"))
    return Config(root=folder, target=("classic",))


def after(folder: Path, body: str, least: Applicability) -> str:
    """The program after its fixes, which must leave nothing to report."""
    outcome = fix([folder], laid(folder, body), least)
    assert outcome.result.diagnostics == ()
    (change,) = outcome.changes
    return change.after.removeprefix(HEAD)


def lines(text: str) -> str:
    return dedent(text).lstrip("\n")


@pytest.mark.parametrize(
    ("least", "before", "wanted"),
    [
        pytest.param(
            SAFE,
            """
            def main(spark: SparkSession, frame):
                rows = spark.table("t").collect()
                shared = spark.sparkContext.broadcast(rows)
                named = udf(lambda n: rows[n][0])
            """,
            """
            def main(spark: SparkSession, frame):
                rows = spark.table("t").collect()
                shared = spark.sparkContext.broadcast(rows)
                named = udf(lambda n: shared.value[n][0])
            """,
            id="the broadcast that there is",
        ),
        pytest.param(
            UNSAFE,
            """
            import pyspark.pandas as ps

            def main(spark: SparkSession, frame):
                def shown(table, extra) -> ps.DataFrame[int]:
                    return table

                ps.DataFrame({"a": [1]}).pandas_on_spark.apply_batch(shown, args=(spark,))
            """,
            """
            import pyspark.pandas as ps

            def main(spark: SparkSession, frame):
                def shown(table, extra) -> ps.DataFrame[int]:
                    return table

                ps.DataFrame({"a": [1]}).pandas_on_spark.apply_batch(shown, args=(None,))
            """,
            id="an argument behind a function",
        ),
        pytest.param(
            SHOWN,
            """
            class Bound(float):
                pass

            def main(spark: SparkSession, frame):
                bound = Bound(3.0)
                bound.frame = spark.range(1)
                spark.sparkContext.parallelize([1.0]).histogram([0.0, bound])
            """,
            """
            class Bound(float):
                pass

                def __getstate__(self):
                    state = self.__dict__.copy()
                    state.pop("frame", None)
                    return state

            def main(spark: SparkSession, frame):
                bound = Bound(3.0)
                bound.frame = spark.range(1)
                spark.sparkContext.parallelize([1.0]).histogram([0.0, bound])
            """,
            id="a number that holds more",
        ),
        pytest.param(
            UNSAFE,
            """
            def main(spark: SparkSession, frame):
                def shown(n: spark):
                    return n

                tag = udf(shown)
            """,
            """
            def main(spark: SparkSession, frame):
                def shown(n: "spark"):
                    return n

                tag = udf(shown)
            """,
            id="an annotation is a text",
        ),
        pytest.param(
            SAFE,
            """
            def main(spark: SparkSession, frame):
                names = spark.sparkContext.broadcast({0: "zero"})
                table = names.value
                named = udf(lambda n: table[n])
            """,
            """
            def main(spark: SparkSession, frame):
                names = spark.sparkContext.broadcast({0: "zero"})
                table = names.value
                named = udf(lambda n: names.value[n])
            """,
            id="the value of a broadcast is asked for where the function runs",
        ),
        pytest.param(
            UNSAFE,
            """
            def main(spark: SparkSession, frame):
                rows = spark.table("t").collect()
                named = udf(lambda n: rows[n][0])
            """,
            """
            def main(spark: SparkSession, frame):
                rows = spark.table("t").collect()
                rows_broadcast = spark.sparkContext.broadcast(rows)
                named = udf(lambda n: rows_broadcast.value[n][0])
            """,
            id="what is heavy is broadcast",
        ),
        pytest.param(
            SAFE,
            """
            def main(spark: SparkSession, frame):
                key = "spark.app.name"
                tag = udf(lambda n: spark.conf.get(key) + spark.version)
            """,
            """
            def main(spark: SparkSession, frame):
                key = "spark.app.name"
                setting = spark.conf.get(key)
                version = spark.version
                tag = udf(lambda n: setting + version)
            """,
            id="settings of a session",
        ),
        pytest.param(
            UNSAFE,
            """
            def main(spark: SparkSession):
                table = {"codes": spark.range(3)}  # few

                def tag(n):
                    # how many there are
                    return n + table["codes"].count()

                spark.range(2).rdd.map(tag).collect()
            """,
            """
            def main(spark: SparkSession):
                table = {"codes": spark.range(3)}  # few

                count = table["codes"].count()
                def tag(n):
                    # how many there are
                    return n + count

                spark.range(2).rdd.map(tag).collect()
            """,
            id="a job",
        ),
        pytest.param(
            SAFE,
            """
            def tag(n):
                return n + len(str(codes))


            codes = F.col("id")  # a column
            scaled = udf(tag)
            """,
            """
            def tag(n):
                return n + len(text)


            codes = F.col("id")  # a column
            text = str(codes)
            scaled = udf(tag)
            """,
            id="bound after the function",
        ),
        pytest.param(
            SAFE,
            """
            codes = SparkSession.builder.getOrCreate().range(3)


            class Names:
                def tag(self, n):
                    return codes.columns[0] + str(n) + self.mark

                def __init__(self):
                    self.mark = "!"


            scaled = udf(Names().tag)
            """,
            """
            codes = SparkSession.builder.getOrCreate().range(3)


            columns = codes.columns
            class Names:
                def tag(self, n):
                    return columns[0] + str(n) + self.mark

                def __init__(self):
                    self.mark = "!"


            scaled = udf(Names().tag)
            """,
            id="a global that a method reads",
        ),
        pytest.param(
            UNSAFE,
            """
            def main(spark: SparkSession):
                def tag(n, session=spark):
                    return session.version + str(n)

                scaled = udf(tag)
            """,
            """
            def main(spark: SparkSession):
                def tag(n, session=spark.version):
                    return session + str(n)

                scaled = udf(tag)
            """,
            id="a default",
        ),
        pytest.param(
            UNSAFE,
            """
            def tag(codes, n):
                return codes.count() + n


            def main(spark: SparkSession):
                scaled = udf(partial(tag, spark.range(3)))
            """,
            """
            def tag(codes, n):
                return codes + n


            def main(spark: SparkSession):
                scaled = udf(partial(tag, spark.range(3).count()))
            """,
            id="an argument of a partial",
        ),
        pytest.param(
            SAFE,
            """
            class Names:
                def __init__(self, spark: SparkSession):
                    self.spark = spark

                def tag(self, number, mark="#"):  # no need of self
                    return mark + str(number)

                def all(self):
                    return udf(self.tag)
            """,
            """
            class Names:
                def __init__(self, spark: SparkSession):
                    self.spark = spark

                @staticmethod
                def tag(number, mark="#"):  # no need of self
                    return mark + str(number)

                def all(self):
                    return udf(self.tag)
            """,
            id="a method that ships",
        ),
        pytest.param(
            SAFE,
            """
            class Names:
                def __init__(self, spark: SparkSession):
                    self.spark = spark
                    self.mark = "#"

                def tag(self, *parts):
                    return "".join(parts)

                def all(self):
                    return udf(lambda n: self.tag(self.mark, n))
            """,
            """
            class Names:
                def __init__(self, spark: SparkSession):
                    self.spark = spark
                    self.mark = "#"

                @staticmethod
                def tag(*parts):
                    return "".join(parts)

                def all(self):
                    tag = self.tag
                    mark = self.mark
                    return udf(lambda n: tag(mark, n))
            """,
            id="a method that a lambda calls",
        ),
        pytest.param(
            SHOWN,
            """
            class Names:
                def __init__(self, spark: SparkSession):
                    self.spark = spark  # for tables
                    self.mark = "#"

                def tag(self, n):
                    return self.mark + self.spark.version + str(n)

                def all(self):
                    return udf(self.tag)
            """,
            """
            class Names:
                def __init__(self, spark: SparkSession):
                    self.spark = spark  # for tables
                    self.version = self.spark.version
                    self.mark = "#"

                def __getstate__(self):
                    state = self.__dict__.copy()
                    state.pop("spark", None)
                    return state

                def tag(self, n):
                    return self.mark + self.version + str(n)

                def all(self):
                    return udf(self.tag)
            """,
            id="an attribute that stays at home",
        ),
        pytest.param(
            UNSAFE,
            """
            @udf
            def clean(text):
                return text.strip()


            @udf
            def tag(text, other):
                return F.upper(text) + F.concat(other or "", "!") + clean(other)
            """,
            """
            @udf
            def clean(text):
                return text.strip()


            @udf
            def tag(text, other):
                return text.upper() + ((other or "") + "!") + clean.func(other)
            """,
            id="functions of columns, each alone",
        ),
        pytest.param(
            UNSAFE,
            """
            import sqlite3

            FILE = "codes.db"


            def main(spark: SparkSession):
                codes = sqlite3.connect(FILE)

                def tag(rows):
                    '''Writes rows.'''
                    for row in rows:  # all of them
                        codes.execute("insert into t values (?)", row)

                spark.range(3).rdd.foreachPartition(tag)
            """,
            """
            import sqlite3

            FILE = "codes.db"


            def main(spark: SparkSession):
                codes = sqlite3.connect(FILE)

                def tag(rows):
                    '''Writes rows.'''
                    codes = sqlite3.connect(FILE)
                    for row in rows:  # all of them
                        codes.execute("insert into t values (?)", row)

                spark.range(3).rdd.foreachPartition(tag)
            """,
            id="a connection of each partition",
        ),
        pytest.param(
            SHOWN,
            """
            def main(spark: SparkSession, frame):
                frame = spark.range(3)

                def tag(n):
                    frame.write.mode("append").option("path", "codes")
                    return n

                scaled = udf(tag)
            """,
            """
            def main(spark: SparkSession, frame):
                frame = spark.range(3)

                frame.write.mode("append").option("path", "codes")
                def tag(n):
                    pass
                    return n

                scaled = udf(tag)
            """,
            id="a statement for the driver",
        ),
    ],
)
def test_a_fix(tmp_path: Path, least: Applicability, before: str, wanted: str) -> None:
    assert after(tmp_path, before, least) == lines(wanted)
    if least is not SAFE:
        above = Applicability(least + 1)
        assert fix([tmp_path], laid(tmp_path, before), above).changes == ()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            """
            def main(spark: SparkSession):
                tag = udf(lambda n: spark.conf.get(n))
            """,
            id="an argument of the function's own",
        ),
        pytest.param(
            """
            spark = SparkSession.builder.getOrCreate()
            build = lambda frame=spark.range(3): udf(lambda n: frame.columns)
            """,
            id="a name that no statement can read",
        ),
        pytest.param(
            """
            def main(spark: SparkSession):
                def tag(n, session=spark):
                    return session.version + session.conf.get("spark.app.name")

                scaled = udf(tag)
            """,
            id="two values of one parameter",
        ),
        pytest.param(
            """
            class Base:
                def __init__(self, spark: SparkSession):
                    self.spark = spark

                def tag(self, n):
                    return n

                def all(self):
                    return udf(self.tag)


            class Other(Base):
                def tag(self, n):
                    return n + self.spark.version
            """,
            id="a method that an heir has, too",
        ),
        pytest.param(
            """
            class Names:
                def __init__(self, spark: SparkSession):
                    self.spark = spark

                def tag(self, n):
                    return n

                def all(self):
                    return self.spark.sparkContext.broadcast(self.tag)
            """,
            id="a method that plain pickle sends by its instance",
        ),
        pytest.param(
            """
            class Names:
                def __init__(self, spark: SparkSession):
                    self.spark = spark

                def tag(self, n):
                    return n

                def all(self):
                    Names.tag(self, 1)
                    return udf(self.tag)
            """,
            id="a method that is called with its instance",
        ),
        pytest.param(
            """
            def main(spark: SparkSession):
                for frame in [spark.range(1), spark.range(2)]:
                    spark.range(2).rdd.map(lambda n: frame.columns).collect()
                    frame = spark.range(3)
            """,
            id="a name that gets another value",
        ),
        pytest.param(
            """
            frame = None


            def tag(n):
                return frame.columns


            def make(spark: SparkSession):
                global frame
                frame = spark.range(3)
                return udf(tag)
            """,
            id="a name that another function binds",
        ),
        pytest.param(
            """
            spark = SparkSession.builder.getOrCreate()
            frame = spark.range(3); spark.range(2).rdd.map(lambda n: frame.columns).collect()
            """,
            id="one line",
        ),
        pytest.param(
            """
            @udf
            def tag(text, other):
                return F.concat(F.upper(text), other)
            """,
            id="calls of functions of columns inside others",
        ),
        pytest.param(
            """
            def main(spark: SparkSession):
                tables = {"codes": spark.range(3)}
                tag = udf(lambda n: str(tables) and tables)
            """,
            id="a thing that is used itself",
        ),
    ],
)
def test_no_safe_or_unsafe_fix(tmp_path: Path, body: str) -> None:
    config = laid(tmp_path, body)
    assert check([tmp_path], config).diagnostics
    assert fix([tmp_path], config, UNSAFE).changes == ()


@pytest.mark.parametrize(
    "body",
    [
        """
        def main(spark: SparkSession, frame):
            names = spark.sparkContext.broadcast({0: "zero"})
            table = names.value
            table = {}
            named = udf(lambda n: table[n])
        """,
        """
        def main(spark: SparkSession, frame):
            rows = spark.table("t").collect()
            rows.append(None)
            named = udf(lambda n: rows[n][0])
        """,
    ],
    ids=["two values", "changed"],
)
def test_what_is_not_settled_is_not_broadcast(body: str, tmp_path: Path) -> None:
    assert fix([tmp_path], laid(tmp_path, body), SHOWN).changes == ()
