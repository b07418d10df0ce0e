"""The records as JSON and back: how a process that ran a user's code tells what it saw."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Record = TypeVar("Record")


def plain(value: Any) -> Any:
    """A record, and all that is in it, as what JSON knows."""
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    return value


def record(kind: type[Record], value: Any) -> Record:
    """The record of a kind that `plain` made.

    Args:
        kind: A frozen dataclass whose fields are records, tuples of them, or plain.
        value: What JSON gave.

    Raises:
        TypeError: The value is no such record.
        KeyError: A field is missing.
    """
    made: Record = _read(kind, value)
    return made


def _read(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in (types.UnionType, Union):
        kinds = [each for each in get_args(kind) if each is not type(None)]
        return None if value is None else _read(kinds[0], value)
    if origin is tuple:
        return tuple(_read(get_args(kind)[0], each) for each in value)
    if origin is not None and issubclass(_class(origin), Mapping):
        return dict(value)
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: _read(hint, value[name]) for name, hint in _hints(kind).items()})
    if origin is Literal or isinstance(value, kind) or (kind is float and type(value) is int):
        return value
    raise TypeError(f"{kind} is not what {value!r} is")


def _class(origin: Any) -> type:
    return origin if isinstance(origin, type) else object


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
