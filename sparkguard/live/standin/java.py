"""Objects that stand for those of a JVM that is not there: any call gives another of them."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from py4j.java_gateway import JavaObject

from sparkguard.live.standin.answer import Answer
from sparkguard.live.standin.ddl import parse


class Java(JavaObject):  # type: ignore[misc]
    """Stands for any object, class or package of Java.

    Args:
        path: The names and calls that led to it.
    """

    def __init__(self, path: str = "jvm") -> None:
        object.__setattr__(self, "_path", path)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        path = object.__getattribute__(self, "_path")
        return path if name in ("_target_id", "_fqn") else Java(f"{path}.{name}")

    def __setattr__(self, name: str, value: object) -> None:
        pass

    def __call__(self, *arguments: Any) -> Any:
        """Stands for any call; a few have plausible answers."""
        path: str = object.__getattribute__(self, "_path")
        answer = _ANSWERS.get(path.rpartition(".")[2])
        return answer(*arguments) if answer else Java(f"{path}()")

    def __getitem__(self, index: object) -> Java:
        return Java("[]")

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __int__(self) -> int:
        return 0

    __index__ = __int__

    def __float__(self) -> float:
        return 0.0

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return ""

    def __repr__(self) -> str:
        return "<no JVM>"

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __lt__(self, other: object) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__


class Conf(Java):
    """Stands for a configuration, and keeps what is set."""

    settings: dict[str, str] = {  # noqa: RUF012 - all of a process's sessions share one
        "spark.master": "local[1]",
        "spark.app.name": "sparkguard",
    }

    def __getattr__(self, name: str) -> Any:
        known = {"set": self._set, "setMaster": self._master, "setAppName": self._name}
        known |= {"get": self._get, "getAll": self._all, "contains": self.settings.__contains__}
        known |= {"setIfMissing": self.settings.setdefault}
        return known.get(name) or super().__getattr__(name)

    def _set(self, key: str, value: object) -> Conf:
        self.settings[key] = str(value)
        return self

    def _master(self, value: str) -> Conf:
        return self._set("spark.master", value)

    def _name(self, value: str) -> Conf:
        return self._set("spark.app.name", value)

    def _get(self, key: str, default: object = "false") -> object:
        return self.settings.get(key, default)

    def _all(self) -> list[_Pair]:
        return [_Pair(*item) for item in self.settings.items()]


class _Type(Java):
    """Stands for a type that was written as text; until PySpark 4 it is asked for as JSON."""

    def __init__(self, text: str) -> None:
        super().__init__("type")
        object.__setattr__(self, "json", lambda: _ddl_to_json(text))


class _Pair:
    def __init__(self, key: str, value: str) -> None:
        self._1, self._2 = (lambda: key), (lambda: value)


def lend(folder: Path) -> None:
    """Gives a folder to whoever asks Java for one."""
    _ANSWERS.update(dict.fromkeys(("getAbsolutePath", "getRootDirectory"), _always(str(folder))))


def _ddl_to_json(text: str) -> str:
    return parse(text).json()


def _always(value: object) -> Callable[..., object]:
    return lambda *_: value


_ANSWERS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("SparkConf", "conf"), lambda *_: Conf("conf")),
    "currentTimeMillis": _always(0),
    **dict.fromkeys(("size", "getNumPartitions", "id", "defaultParallelism"), _always(1)),
    **dict.fromkeys(("isDefined", "isStopped", "isEncryptionEnabled"), _always(False)),
    **dict.fromkeys(("name", "toString", "explain", "showString"), _always("")),
    "applicationId": _always("local"),
    "ddlToJson": _ddl_to_json,
    **dict.fromkeys(("fromDDL", "parseDataType"), _Type),
    "defaultMinPartitions": _always(1),
    "get": Conf("conf").get,
    "getBroadcastThreshold": _always(1 << 62),
    "getConfs": lambda keys: [Conf.settings.get(key, "false") for key in keys],
    "getEncryptionEnabled": _always(False),
    "getPythonAuthSocketTimeout": _always(15),
    "dumps": lambda *_: pickle.dumps(Answer()),
    "getSimpleName": _always("DenseVector"),  # plain data, which is asked for by `dumps`
    "getSparkBufferSize": _always(65536),
    "isEmpty": _always(True),
    "json": _always('{"type": "struct", "fields": []}'),
    "version": _always("4.0.0"),
}
