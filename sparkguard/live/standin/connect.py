"""Takes the server away from Spark Connect: plans are made, functions pickled, nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from sparkguard.live.standin.answer import Answer
from sparkguard.live.standin.ddl import parse
from sparkguard.live.standin.notes import Notes

_NUMBERS = re.compile(r"(?:Size|Limit|Threshold|Rows|Bytes|[mM]ax\w*|Timeout)$")
_SETTINGS: dict[str, str] = {}
_CELLS = {"aggregate": 0, "html_string": "", "show_string": ""}
"""What a plan that gives one value gives; others give no rows."""
_BLANK = ("explain_string", "tree_string", "ddl_string")


def install(notes: Notes) -> None:
    """Has the client of Connect answer itself.

    Args:
        notes: Told of each answer that is made up.
    """
    import pyarrow
    from pyspark.sql.connect.client.core import SparkConnectClient as Client
    from pyspark.sql.connect.dataframe import DataFrame
    from pyspark.sql.connect.session import SparkSession
    from pyspark.sql.types import StructType

    def fetched(self: object, request: Any, *_: object, **__: object) -> Any:
        notes.add()
        kind = request.plan.root.WhichOneof("rel_type")
        answer = {kind: [_CELLS[kind]]} if kind in _CELLS else {}
        return pyarrow.table(answer), StructType([]), [], [], {}

    def iterated(self: object, *_: object, **__: object) -> Iterator[object]:
        notes.add()
        return iter(())

    replaced: dict[str, Any] = {
        "_analyze": _analysed,
        "_execute": _nothing,
        "_execute_and_fetch": fetched,
        "_execute_and_fetch_as_iterator": iterated,
        "_try_compress_and_set_plan": _set_plan,
        "close": _nothing,
        "config": _configured,
        "execute_command": lambda *_, **__: (None, Answer(), Answer()),
        "execute_command_as_iterator": iterated,
        "release_session": _nothing,
    }
    for name, value in replaced.items():
        if hasattr(Client, name):
            setattr(Client, name, value)
    DataFrame.__getattr__ = _column(DataFrame.__getattr__)  # type: ignore[method-assign]
    SparkSession._start_connect_server = staticmethod(_nothing)  # type: ignore[method-assign]


def _column(original: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Columns that nobody knows are there: until PySpark 4 the server was asked for their names."""

    def column(self: Any, name: str) -> Any:
        try:
            return original(self, name)
        except AttributeError as error:
            if type(error) is not AttributeError or name.startswith("_"):
                raise
            return self[name]

    return column


def _set_plan(self: object, plan: Any, message: Any, *_: object, **__: object) -> None:
    with suppress(TypeError):  # a command, which is no relation
        plan.root.CopyFrom(message)


def _nothing(*_: object, **__: object) -> None:
    return None


def _analysed(self: object, method: str, **asked: Any) -> Any:
    from pyspark.sql.connect.client.core import AnalyzeResult
    from pyspark.sql.types import StructType

    answer = dict.fromkeys(AnalyzeResult.__init__.__code__.co_varnames[1:])
    answer |= dict.fromkeys(_BLANK, "")
    answer |= {"schema": StructType([]), "is_local": True, "is_streaming": False}
    answer |= {"input_files": [], "spark_version": "4.0.0", "semantic_hash": 0}
    if method == "ddl_parse":
        answer["parsed"] = parse(asked["ddl_string"])
    known = AnalyzeResult.__init__.__code__
    names = known.co_varnames[1 : known.co_argcount]
    return AnalyzeResult(**{name: answer.get(name) for name in names})


def _configured(self: object, operation: Any) -> Any:
    """Keeps settings and gives them back."""
    from pyspark.sql.connect.client.core import ConfigResult

    kind = operation.WhichOneof("op_type")
    asked = getattr(operation, kind)
    if kind == "set":
        _SETTINGS.update({pair.key: pair.value for pair in asked.pairs})
    if hasattr(asked, "pairs"):
        pairs = [(pair.key, _SETTINGS.get(pair.key, _default(pair))) for pair in asked.pairs]
    else:
        pairs = [(key, _SETTINGS.get(key, _usual(key))) for key in getattr(asked, "keys", ())]
    return ConfigResult(pairs, [])


def _usual(key: str) -> str:
    """What a server says of a setting that nobody made: a number for what is measured."""
    return str(1 << 26) if _NUMBERS.search(key) else "false"


def _default(pair: Any) -> str | None:
    return pair.value if pair.HasField("value") else None
