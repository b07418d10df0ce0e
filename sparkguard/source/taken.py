"""By which hold a capture is reached: what a repair has to let go of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from sparkguard.repair import Repair
from sparkguard.source.module import Module
from sparkguard.source.values import Class, Function, Object, Value


class Taken(Struct, frozen=True):
    """What a function takes from outside: by which name, and where it reads it."""

    function: Function
    name: str
    uses: tuple[int, ...]


class Given(Struct, frozen=True):
    """What a parameter of a function holds, and the number of its default or its argument."""

    function: Function
    parameter: str
    value: Value
    at: int
    default: bool = False


class Tied(Struct, frozen=True):
    """A method of the user's that ships with the instance that it is bound to."""

    function: Function
    instance: Object


class Held(Struct, frozen=True):
    """An attribute of an instance of the user's, and the functions that lead to it."""

    instance: Object
    attr: str
    readers: tuple[Function, ...] = ()
    tied: Tied | None = None


class OfClass(Struct, frozen=True):
    """An attribute of a class of the user's."""

    cls: Class
    attr: str


class Noted(Struct, frozen=True):
    """What annotates a parameter of a function, and the number of the annotation."""

    module: Module
    name: str
    at: int


Hold: TypeAlias = Taken | Given | Tied | Held | OfClass | Noted
Travels: TypeAlias = Callable[[tuple[Value, ...]], tuple[Repair, ...] | None]
"""Asks which repairs are left to make when values ship; `None` where they cannot."""
