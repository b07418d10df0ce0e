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
                    return n

                scaled = udf(tag)
            """,
            id="a statement for the driver",
        ),
        pytest.param(
            UNSAFE,
            """
            def main(spark: SparkSession):
                @udf
                def tag(n):
                    session = spark
                    return n
            """,
            """
            def main(spark: SparkSession):
                @udf
                def tag(n):
                    return n
            """,
            id="a name that nobody reads",
        ),
        pytest.param(
            UNSAFE,
            """
            class Names:
                def __init__(self, spark: SparkSession):
                    self.spark = spark

                def all(self):
                    def tag(n):
                        def inner(session=self.spark):
                            return self.spark.version

                        return n + inner()

                    return udf(tag)
            """,
            """
            class Names:
                def __init__(self, spark: SparkSession):
                    self.spark = spark

                def all(self):
                    version = self.spark.version

                    def tag(n):
                        def inner(session=None):
                            return version

                        return n + inner()

                    return udf(tag)
            """,
            id="a default that nobody reads",
        ),
        pytest.param(
            UNSAFE,
            """
            def make(session=None):
                return lambda n: (copy := session, n + session.version)[1]

            def main(spark: SparkSession):
                tag = udf(make(spark))
            """,
            """
            def make(session=None):
                version = session.version
                return lambda n: (copy := None, n + version)[1]

            def main(spark: SparkSession):
                tag = udf(make(spark))
            """,
            id="a value on the way that nobody reads",
        ),
        pytest.param(
            UNSAFE,
            """
            def tag(session, n):
                copy = session
                return n + session.version

            def main(spark: SparkSession):
                named = udf(partial(tag, spark))
            """,
            """
            def tag(session, n):
                return n + session

            def main(spark: SparkSession):
                named = udf(partial(tag, spark.version))
            """,
            id="an argument that gets a name nobody reads",
        ),
        pytest.param(
            SHOWN,
            """
            def main(spark: SparkSession):
                tag = udf(lambda n: n in spark.sql("SELECT 1"))
            """,
            """
            def main(spark: SparkSession):
                rows = spark.sql("SELECT 1").collect()
                rows_broadcast = spark.sparkContext.broadcast(rows)
                tag = udf(lambda n: n in rows_broadcast.value)
            """,
            id="a frame that is asked nothing",
        ),
        pytest.param(
            SAFE,
            """
            def main(spark: SparkSession):
                # Names what it gets.
                # Slowly.
                @udf
                def tag(n):
                    return n + spark.conf.get(
                        "spark.app.name",
                        "none",
                    )
            """,
            """
            def main(spark: SparkSession):
                app_name = spark.conf.get(
                    "spark.app.name",
                    "none",
                )

                # Names what it gets.
                # Slowly.
                @udf
                def tag(n):
                    return n + app_name
            """,
            id="several lines, and words above a function",
        ),
        pytest.param(
            SAFE,
            """
            class Names:
                def __init__(self, spark: SparkSession):
                    self.spark, self.rate = spark, 2

                def all(self):
                    # %%
                    return udf(lambda n: n * (self
                        .rate))
            """,
            """
            class Names:
                def __init__(self, spark: SparkSession):
                    self.spark, self.rate = spark, 2

                def all(self):
                    # %%
                    rate = (self
                        .rate)
                    return udf(lambda n: n * (rate))
            """,
            id="lines that need their parentheses",
        ),
        pytest.param(
            UNSAFE,
            """
            class Names:
                session = SparkSession.builder.getOrCreate()  # one for all

                @classmethod
                def tag(cls, n):
                    copy = cls.session
                    return n + cls.session.version

                @staticmethod
                def other(n):
                    return Names.session.version + n

                def third(self, n):
                    return n + self.session.version


            def main():
                tags = [udf(Names.tag), udf(Names.other), udf(lambda n: Names().third(n))]
            """,
            """
            class Names:
                session = SparkSession.builder.getOrCreate().version  # one for all

                @classmethod
                def tag(cls, n):
                    return n + cls.session

                @staticmethod
                def other(n):
                    return Names.session + n

                def third(self, n):
                    return n + self.session


            def main():
                tags = [udf(Names.tag), udf(Names.other), udf(lambda n: Names().third(n))]
            """,
            id="a class that holds one",
        ),
        pytest.param(
            UNSAFE,
            """
            class Names:
                __slots__ = ("spark",)

                def __init__(self, spark: SparkSession):
                    self.spark = spark or SparkSession.builder.getOrCreate()

                def tag(self, n):
                    return n + self.spark.conf.get("mark")


            def main(spark: SparkSession):
                tag = udf(Names(spark).tag)
            """,
            """
            class Names:
                __slots__ = ("spark",)

                def __init__(self, spark: SparkSession):
                    self.spark = (spark or SparkSession.builder.getOrCreate()).conf.get("mark")

                def tag(self, n):
                    return n + self.spark


            def main(spark: SparkSession):
                tag = udf(Names(spark).tag)
            """,
            id="an attribute of a class with slots",
        ),
        pytest.param(
            UNSAFE,
            """
            def main(spark: SparkSession):
                def tag(n):
                    def one():
                        copy = spark
                        other = spark

                    def two():
                        # the same again
                        copy = spark
                        return n

                    def three():
                        other = spark  # and again
                        return n

                    return n

                scaled = udf(tag)
            """,
            """
            def main(spark: SparkSession):
                def tag(n):
                    def one():
                        pass
                        pass

                    def two():
                        # the same again
                        pass
                        return n

                    def three():
                        pass  # and again
                        return n

                    return n

                scaled = udf(tag)
            """,
            id="names that words speak of, and nothing else",
        ),
        pytest.param(
            SAFE,
            """
            def main(spark: SparkSession):
                names, codes = spark.range(1), spark.range(2)
                tag = udf(lambda n: str(names.columns) + str(codes.columns) + codes.columns[0])
            """,
            """
            def main(spark: SparkSession):
                names, codes = spark.range(1), spark.range(2)
                columns = names.columns
                codes_columns = codes.columns
                tag = udf(lambda n: str(columns) + str(codes_columns) + codes_columns[0])
            """,
            id="two values that would have one name",
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
        pytest.param(
            """
            class Names:
                session = SparkSession.builder.getOrCreate()

                @classmethod
                def tag(cls, n):
                    return n + cls.session.version

            def main():
                Names.session.stop()
                tag = udf(Names.tag)
            """,
            id="an attribute that others use",
        ),
        pytest.param(
            """
            class Names:
                session = SparkSession.builder.getOrCreate()

                @classmethod
                def tag(cls, n):
                    return n + cls.session.version

            def main():
                getattr(Names, "session").stop()
                tag = udf(Names.tag)
            """,
            id="an attribute that is asked for by its name",
        ),
        pytest.param(
            """
            class Names:
                session: SparkSession = SparkSession.builder.getOrCreate()

                @classmethod
                def tag(cls, n):
                    return n + cls.session.version

            def main():
                tag = udf(Names.tag)
            """,
            id="an attribute that says what it is",
        ),
        pytest.param(
            """
            class Names:
                session = SparkSession.builder.getOrCreate()

                @classmethod
                def tag(cls, n):
                    return n + cls.session.version + cls.session.conf.get("mark")

            def main():
                tag = udf(Names.tag)
            """,
            id="an attribute of which two values are read",
        ),
        pytest.param(
            """
            class Names:
                session = SparkSession.builder.getOrCreate()

                @classmethod
                def tag(cls, n):
                    return n + cls.session.conf.get(KEY)

            KEY = "mark"

            def main():
                tag = udf(Names.tag)
            """,
            id="an attribute that would need a name too early",
        ),
        pytest.param(
            """
            def main(spark: SparkSession):
                tag = udf(lambda n: rows([spark.sql("SELECT 1")]))

            def rows(frames):
                return frames[0].collect()
            """,
            id="a frame that goes on",
        ),
        pytest.param(
            """
            def main(spark: SparkSession):
                def tag(n):
                    global last
                    last = spark
                    return n

                scaled = udf(tag)
            """,
            id="a name that others may read",
        ),
        pytest.param(
            """
            def main(spark: SparkSession):
                def tag(n):
                    class Held:
                        session = spark

                    return Held.session

                scaled = udf(tag)
            """,
            id="a name of a class in a function",
        ),
        pytest.param(
            """
            def main(spark: SparkSession):
                held = {}
                tag = udf(lambda n: n + held["session"].version)
                held["session"] = spark
            """,
            id="a container that is filled later",
        ),
        pytest.param(
            """
            class Held:
                pass

            def main(spark: SparkSession):
                held = Held()
                tag = udf(lambda n: n + held.session.version)
                held.session = spark
            """,
            id="an attribute that is bound later",
        ),
        pytest.param(
            """
            class Names:
                __slots__ = ("spark",)

                def __init__(self, spark: SparkSession):
                    self.spark = spark

                def tag(self, n):
                    return n in self.spark.sql("SELECT 1")


            def main(spark: SparkSession):
                tag = udf(lambda n: Names(spark).tag(n))
            """,
            id="an object that only a sketch would have travel",
        ),
    ],
)
def test_no_safe_or_unsafe_fix(tmp_path: Path, body: str) -> None:
    config = laid(tmp_path, body)
    assert check([tmp_path], config).diagnostics
    assert fix([tmp_path], config, UNSAFE).changes == ()


def test_what_is_done_only_sometimes_is_not_done_before(tmp_path: Path) -> None:
    body = """
        def main(spark: SparkSession, frame):
            frame = spark.range(3)

            def tag(n):
                if n is None:
                    frame.write.mode("append").option("path", "codes")
                return n

            scaled = udf(tag)
    """
    assert fix([tmp_path], laid(tmp_path, body), SHOWN).changes == ()


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


def test_an_attribute_that_other_files_may_read_keeps_its_value(tmp_path: Path) -> None:
    body = """
        class Names:
            session = SparkSession.builder.getOrCreate()

            @classmethod
            def tag(cls, n):
                return n + cls.session.version


        class Shown:
            _session = SparkSession.builder.getOrCreate()

            @classmethod
            def tag(cls, n):
                return n + cls._session.version


        if __name__ == "__main__":
            tags = [udf(Names.tag), udf(Shown.tag)]
    """
    (tmp_path / "other.py").write_text("from job import Names\n\nNames.session.stop()\n")
    (change,) = fix([tmp_path], laid(tmp_path, body), UNSAFE).changes
    assert "_session = SparkSession.builder.getOrCreate().version\n" in change.after
    assert "    session = SparkSession.builder.getOrCreate()\n" in change.after


def test_a_fix_of_several_lines_ends_them_as_the_file_does(tmp_path: Path) -> None:
    config = laid(tmp_path, "")
    text = lines("""
        def main(spark: SparkSession):
            tag = udf(lambda n: spark.conf.get(
                "mark",
            ))
    """)
    (tmp_path / "job.py").write_bytes((HEAD + text).replace("\n", "\r\n").encode())
    (change,) = fix([tmp_path], config, SAFE).changes
    wanted = lines("""
        def main(spark: SparkSession):
            mark = spark.conf.get(
                "mark",
            )
            tag = udf(lambda n: mark)
    """)
    assert change.after == (HEAD + wanted).replace("\n", "\r\n")
