"""Types as text, `a int, b array<string>`, read without the JVM that Spark asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyspark.sql import types as T  # noqa: N812 - as PySpark's own pages call it

_TOKEN = re.compile(r"`[^`]+`|'[^']*'|[\w.]+|[<>,:()]")
_PLAIN: dict[str, type[T.DataType]] = {
    "bigint": T.LongType,
    "binary": T.BinaryType,
    "bool": T.BooleanType,
    "boolean": T.BooleanType,
    "byte": T.ByteType,
    "date": T.DateType,
    "double": T.DoubleType,
    "float": T.FloatType,
    "int": T.IntegerType,
    "integer": T.IntegerType,
    "long": T.LongType,
    "real": T.FloatType,
    "short": T.ShortType,
    "smallint": T.ShortType,
    "string": T.StringType,
    "timestamp": T.TimestampType,
    "timestamp_ltz": T.TimestampType,
    "timestamp_ntz": T.TimestampNTZType,
    "tinyint": T.ByteType,
    "void": T.NullType,
}


def parse(text: str) -> T.DataType:
    """The type that a text describes; of an unknown type, a string.

    Args:
        text: A type, or the fields of a struct.
    """
    reader = _Reader(_TOKEN.findall(text))
    found = reader.type()
    return found if found is not None and reader.done else _Reader(_TOKEN.findall(text)).struct("")


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens[::-1]

    @property
    def done(self) -> bool:
        return not self._tokens

    def _next(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def _take(self) -> str:
        return self._tokens.pop() if self._tokens else ""

    def type(self) -> T.DataType | None:
        """The type that begins here; `None` for a word that is none."""
        word = self._take().lower()
        inner = self._next() == "<"
        if word == "struct" and inner:
            self._take()
            return self.struct(">")
        if word in ("array", "map") and inner:
            parts = [part or T.StringType() for part in self._parts(">")]
            return T.ArrayType(parts[0]) if word == "array" else T.MapType(parts[0], parts[-1])
        numbers = [int(each) for each in self._words(")") if each.isdigit()]
        if word in ("decimal", "dec", "numeric"):
            return T.DecimalType(*numbers)
        if word in ("char", "varchar"):
            return T.StringType()
        return _PLAIN[word]() if word in _PLAIN else None

    def _parts(self, end: str) -> Iterator[T.DataType | None]:
        self._take()
        while self._next() not in (end, ""):
            yield self.type()
            if self._next() == ",":
                self._take()
        self._take()

    def _words(self, end: str) -> Iterator[str]:
        if self._next() == "(":
            while self._next() not in (end, ""):
                yield self._take()
            self._take()

    def struct(self, end: str) -> T.StructType:
        """The fields up to a sign, which is passed."""
        fields = []
        while self._next() not in (end, ""):
            name = self._take().strip("`")
            if self._next() == ":":
                self._take()
            fields.append(T.StructField(name, self.type() or T.StringType()))
            while self._next() not in (",", end, ""):  # NOT NULL, COMMENT '...'
                self._take()
            if self._next() == ",":
                self._take()
        self._take()
        return T.StructType(fields)
