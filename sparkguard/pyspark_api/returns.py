"""What Spark makes of a value of one type where a udf is declared to return another.

Source: PySpark 4.3.0, a udf of each declared type returning each kind of value, through Arrow (the
default since 4.2) and with `useArrow=False` (the default before).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Fate = Literal["right", "null", "nulls", "fails", "cut", "garbled"]

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "null": "gives null",
        "nulls": "gives an array of nulls",
        "fails": "refuses it",
        "cut": "cuts off what stands behind the point",
        "garbled": "gives the text of the Python object",
    }
)
_FLOATS, _INTS = ("double", "float"), ("byte", "int", "long", "short")
_HOLDERS = ("dict", "list", "set", "tuple")
_NUMPY = ("numpy.float32", "numpy.float64", "numpy.int32", "numpy.int64")

# declared types, returned types: through Arrow, without
_ROWS: tuple[tuple[tuple[str, ...], tuple[str, ...], Fate, Fate], ...] = (
    (_FLOATS, ("bool", "int", "text"), "right", "null"),
    (_FLOATS, ("bytes", "str", *_HOLDERS), "fails", "null"),
    (_FLOATS, _NUMPY, "right", "fails"),
    (_INTS, ("float",), "cut", "null"),
    (_INTS, ("bool", "bytes", "str", *_HOLDERS), "fails", "null"),
    (_INTS, ("text",), "right", "null"),
    (_INTS, _NUMPY[2:], "right", "fails"),
    (_INTS, _NUMPY[:2], "cut", "fails"),
    (("boolean",), ("float", "int"), "right", "null"),
    (("boolean",), ("bytes", "str", "text", *_HOLDERS), "fails", "null"),
    (("boolean",), _NUMPY, "right", "fails"),
    (("string",), ("bytes",), "garbled", "garbled"),
    (("string",), ("tuple",), "right", "garbled"),
    (("string",), (*_NUMPY, "numpy.ndarray"), "right", "fails"),
    (("binary",), ("str", "text"), "fails", "right"),
    (("binary",), ("bool", "float", "int", *_HOLDERS), "fails", "null"),
    (("timestamp",), ("bool", "bytes", "float", "int", "str", "text"), "fails", "fails"),
    (("date",), ("bool", "bytes", "str", "text", *_HOLDERS), "fails", "fails"),
    (("decimal",), ("bool", "bytes", "float", "int", "str", "text"), "fails", "null"),
    (("array",), ("bool", "dict", "float", "int", "str", "text"), "fails", "null"),
    (("array",), _NUMPY, "fails", "fails"),
    (("array",), ("numpy.ndarray",), "right", "fails"),
    ((*_FLOATS, *_INTS, "boolean"), ("numpy.ndarray",), "fails", "fails"),
)
# declared and returned types of what is in an array
_ITEMS: tuple[tuple[tuple[str, ...], tuple[str, ...], Fate, Fate], ...] = (
    (_FLOATS, ("bool", "int"), "right", "nulls"),
    (_FLOATS, ("str",), "fails", "nulls"),
    (_FLOATS, _NUMPY, "right", "fails"),
)


def _pairs(
    rows: tuple[tuple[tuple[str, ...], tuple[str, ...], Fate, Fate], ...],
) -> Iterator[tuple[tuple[str, str], tuple[Fate, Fate]]]:
    for declared, returned, arrow, plain in rows:
        for one in declared:
            yield from (((one, other), (arrow, plain)) for other in returned)


_TABLE, _OF_ITEMS = MappingProxyType(dict(_pairs(_ROWS))), MappingProxyType(dict(_pairs(_ITEMS)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a returned value.

    Args:
        arrow: What it becomes through Arrow.
        plain: What it becomes without.
    """

    arrow: Fate
    plain: Fate

    @property
    def is_certain(self) -> bool:
        """Whether it is wrong whichever way the udf runs."""
        return "right" not in (self.arrow, self.plain)

    @property
    def means(self) -> str:
        """What Spark does, as the end of a sentence."""
        if self.arrow == self.plain:
            return f"Spark {_WORDS[self.arrow]}"
        if self.arrow == "right":
            return f"without Arrow, as by default before 4.2, Spark {_WORDS[self.plain]}"
        if self.plain == "right":
            return f"through Arrow, as by default since 4.2, Spark {_WORDS[self.arrow]}"
        return f"Spark {_WORDS[self.arrow]}, or {_WORDS[self.plain]} where no Arrow is used"


def outcome(declared: str, returned: str, arrow: bool | None = None) -> Outcome | None:
    """What becomes of a value that a udf returns; `None` if it is right, or not known.

    Args:
        declared: The type that is declared, as SQL writes it.
        returned: The type in Python: `int`, `list[int]`, `numpy.float64`; `text` is a `str` that
            may hold a number.
        arrow: Whether the udf is told to use Arrow, or not to.
    """
    fates = _fates(declared, returned)
    if fates is None:
        return None
    through, without = fates
    told = Outcome(through if arrow is not False else without, without if not arrow else through)
    return None if told.arrow == told.plain == "right" else told


def _fates(declared: str, returned: str) -> tuple[Fate, Fate] | None:
    outer, _, inner = declared.removesuffix(">").partition("<")
    holder, _, held = returned.removesuffix("]").partition("[")
    if outer == "array" and holder in ("list", "tuple"):
        return _OF_ITEMS.get((inner, held))
    if outer == "array" and holder == "numpy.ndarray" and inner not in (*_FLOATS, *_INTS):
        return None
    fates = _TABLE.get((outer.partition("(")[0], holder))
    return (fates[0], "fails") if fates and held.startswith("numpy.") else fates


def a_type(name: str) -> str:
    """A type's name in a sentence."""
    written = "str" if name == "text" else name
    return f"an `{written}`" if written[0] in "aeiou" else f"a `{written}`"
