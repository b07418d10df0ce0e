"""Types as text, read without a JVM."""

from __future__ import annotations

import pytest
from pyspark.sql import types as T  # noqa: N812

from sparkguard.live.standin.ddl import parse


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("int", T.IntegerType()),
        (" BIGINT ", T.LongType()),
        ("array< short>", T.ArrayType(T.ShortType())),
        ("map<string, array<double>>", T.MapType(T.StringType(), T.ArrayType(T.DoubleType()))),
        ("decimal(16, 8)", T.DecimalType(16, 8)),
        ("varchar(50)", T.StringType()),
        ("struct<a: int>", T.StructType([T.StructField("a", T.IntegerType())])),
        (
            "a INT NOT NULL COMMENT 'x, y', `b c`: string",
            T.StructType(
                [T.StructField("a", T.IntegerType()), T.StructField("b c", T.StringType())]
            ),
        ),
        ("", T.StructType([])),
        ("a geography", T.StructType([T.StructField("a", T.StringType())])),
    ],
)
def test_a_type_is_read(text: str, kind: T.DataType) -> None:
    assert parse(text) == kind
