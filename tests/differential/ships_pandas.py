"""Ship points of pandas on Spark."""

from __future__ import annotations

from tests.differential.parts import Shape, Ship

PS = "import pyspark.pandas as ps"
PD = "import pandas as pd"
BOTH = f"{PS}\n{PD}"
NUMBER = Shape("number", "number", ("int",), "int")
SERIES = Shape("numbers", "numbers", ("pd.Series",), "ps.Series[int]")
FRAME = Shape("table", "table", ("pd.DataFrame",), "ps.DataFrame[int]")
PAIRS = Shape("table", "table", ("pd.DataFrame",), "ps.DataFrame[int, int]")


def _ps(
    owner: str,
    made: str,
    call: str,
    shape: Shape = NUMBER,
    *,
    argument: str = "",
    takes: str = "function",
    then: str = ".to_pandas()",
) -> Ship:
    name = call.partition("(")[0].removeprefix("pandas_on_spark.").removeprefix("str.")
    text = f"$numbers = {made}\n$mapped = $numbers.{call}  #@\n$mapped{then}"
    return Ship(f"pyspark.pandas.{owner}.{name}", text, shape, argument, BOTH, takes=takes)


_FRAME = 'ps.DataFrame({"a": [1, 2]})'
_SERIES = "ps.Series([1, 2])"
_WORDS = 'ps.Series(["a", "b"])'
_GROUPS = 'ps.DataFrame({"a": [1, 2], "b": [1, 2]}).groupby("a")'


def _given(owner: str, made: str, call: str, hint: str = "ps.Series[int]") -> Ship:
    """A ship point that also takes what its function is called with."""
    name = call.partition("(")[0].removeprefix("pandas_on_spark.")
    text = f"""
        def $kept(table, extra) -> {hint}:
            return table

        $numbers = {made}
        $mapped = $numbers.{call}  #@
        $mapped.to_pandas()
        """
    argument = "a keyword" if "extra=" in call else "args"
    return Ship(
        f"pyspark.pandas.{owner}.{name}", text, argument=argument, imports=BOTH, takes="data"
    )


SHIPS = (
    _given("DataFrame", _FRAME, "apply($kept, args=($f,))"),
    _given("DataFrame", _FRAME, "apply($kept, extra=$f)"),
    _given("DataFrame", _FRAME, "transform($kept, 0, $f)"),
    _given("DataFrame", _FRAME, "transform($kept, extra=$f)"),
    _given(
        "DataFrame.pandas_on_spark",
        _FRAME,
        "pandas_on_spark.apply_batch($kept, args=($f,))",
        "ps.DataFrame[int]",
    ),
    _given(
        "DataFrame.pandas_on_spark",
        _FRAME,
        "pandas_on_spark.transform_batch($kept, $f)",
        "ps.DataFrame[int]",
    ),
    _given("Series", _SERIES, "apply($kept, args=($f,))", "int"),
    _given("Series.pandas_on_spark", _SERIES, "pandas_on_spark.transform_batch($kept, $f)"),
    _given("groupby.GroupBy", _GROUPS, "apply($kept, $f)", "ps.DataFrame[int, int]"),
    _given("groupby.GroupBy", _GROUPS, "transform($kept, $f)"),
    _given("groupby.SeriesGroupBy", f"{_GROUPS}.b", "apply($kept, $f)"),
    Ship(
        "pyspark.pandas.DataFrame.update",
        """
        $numbers = ps.DataFrame({"a": [1, 2]})
        $numbers.update(ps.DataFrame({"a": [3, 4]}), filter_func=$f)  #@
        $numbers.to_pandas()
        """,
        Shape("numbers", "numbers > 0"),
        imports=BOTH,
    ),
    _ps("CategoricalIndex", 'ps.CategoricalIndex(["a", "b"])', "map($f)", Shape("word", "word")),
    _ps("DataFrame", _FRAME, "apply($f)", SERIES, takes="strict"),
    _ps("DataFrame", _FRAME, "applymap($f)", takes="strict"),
    _ps("DataFrame", _FRAME, "map($f)", takes="strict"),
    _ps("DataFrame", _FRAME, "rename(index=$f)", takes="strict"),
    _ps("DataFrame", _FRAME, "transform($f)", SERIES, takes="strict"),
    _ps(
        "DataFrame.pandas_on_spark",
        _FRAME,
        "pandas_on_spark.apply_batch($f)",
        FRAME,
        takes="strict",
    ),
    _ps(
        "DataFrame.pandas_on_spark",
        _FRAME,
        "pandas_on_spark.transform_batch($f)",
        FRAME,
        takes="strict",
    ),
    _ps("Index", "ps.Index([1, 2])", "map($f)", takes="strict"),
    _ps("Series", _SERIES, "apply($f)", takes="strict"),
    _ps("Series", _SERIES, "map($f)", takes="strict"),
    _ps("Series", _SERIES, "rename($f)", takes="strict"),
    _ps("Series", _SERIES, "transform($f)", takes="strict"),
    _ps(
        "Series.pandas_on_spark",
        _SERIES,
        "pandas_on_spark.transform_batch($f)",
        SERIES,
        takes="strict",
    ),
    _ps("Series.str", _WORDS, 'str.replace("a", $f, regex=True)', Shape("match", '"b"')),
    _ps("groupby.GroupBy", _GROUPS, "apply($f)", PAIRS, takes="strict"),
    _ps("groupby.GroupBy", _GROUPS, "filter($f)", Shape("table", "True")),
    _ps("groupby.GroupBy", _GROUPS, "transform($f)", SERIES, takes="strict"),
    _ps("groupby.SeriesGroupBy", f"{_GROUPS}.b", "apply($f)", SERIES, takes="strict"),
)
