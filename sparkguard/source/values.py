"""What an expression may be: the values that the source witness tells apart."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeAlias, TypeVar

from msgspec import Struct

from sparkguard.pyspark_api import ShipApi
from sparkguard.source.facts import MODULE, Call, Expression, Scope
from sparkguard.source.module import Module

T = TypeVar("T", bound=Hashable)
_WIDTH = 16


class Frame:
    """One run of a scope: which arguments it got, and the frame around it.

    Args:
        module: The file.
        scope: The number of the scope in it.
        parent: The frame of the enclosing scope.
        arguments: What each parameter got; a parameter that is missing here is guessed from its
            annotation, from all calls in the project, or from its name.
        depth: How many calls were followed to get here.
        call: The call that runs the scope, where one is followed.
        caller: The frame that this call stands in.
    """

    __slots__ = (
        "arguments",
        "call",
        "caller",
        "children",
        "depth",
        "facts",
        "module",
        "parent",
        "scope",
    )

    def __init__(
        self,
        module: Module,
        scope: int = MODULE,
        parent: Frame | None = None,
        arguments: dict[str, tuple[Given, ...]] | None = None,
        depth: int = 0,
        *,
        call: Call | None = None,
        caller: Frame | None = None,
    ) -> None:
        self.module, self.scope, self.parent = module, scope, parent
        self.arguments = arguments or {}
        self.depth, self.call, self.caller = depth, call, caller
        self.children: dict[int, Frame] = {}
        self.facts = module.facts.scopes[scope]
        """The scope that runs."""

    def child(self, scope: int) -> Frame:
        """The frame of a scope directly inside, nothing being known of its arguments."""
        child = self.children.get(scope)
        if child is None:
            child = self.children[scope] = Frame(self.module, scope, self, depth=self.depth)
        return child

    def calling(self) -> Iterator[Frame]:
        """This frame and those that were followed to get here, the innermost first."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.caller or frame.parent

    def around(self, scope: int) -> Frame | None:
        """This frame or the one around it that runs `scope`."""
        frame: Frame | None = self
        while frame is not None and frame.scope != scope:
            frame = frame.parent
        return frame


class Thunk(Struct, frozen=True, eq=False):
    """An expression in a frame: a value that nobody has asked for yet."""

    expression: Expression
    frame: Frame

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Thunk):
            return NotImplemented
        return self.expression is other.expression and self.frame is other.frame

    def __hash__(self) -> int:
        return hash((self.expression.at, self.frame))


class Instance(Struct, frozen=True, eq=False):
    """An instance of a class outside the project, or what calling `type` gives.

    `made` is the call that made it, where it is known; two of a type are one thing all the same.
    """

    type: str
    made: Thunk | None = None

    def __eq__(self, other: object) -> bool:
        return self.type == other.type if isinstance(other, Instance) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.type)


class Library(Struct, frozen=True):
    """Something of a library, by its dotted name; `receiver` is what a bound method is bound to."""

    name: str
    receiver: Instance | None = None


class ProjectModule(Struct, frozen=True):
    """A module of the project."""

    module: Module


class _Made(Struct, frozen=True):
    """What a scope makes, and the frame that it was made in."""

    frame: Frame
    scope: int

    @property
    def facts(self) -> Scope:
        """Its scope."""
        return self.frame.module.facts.scopes[self.scope]

    @property
    def dotted(self) -> str:
        """Its dotted name, that of its module included."""
        return f"{self.frame.module.dotted}.{self.facts.qualname}"


class Function(_Made, frozen=True):
    """A function or lambda of the project."""


class Class(_Made, frozen=True):
    """A class of the project."""


class Object(Struct, frozen=True):
    """An instance of a class of the project; `made` is the call that made it, where it is known."""

    cls: Class
    made: Thunk | None = None


class Bound(Struct, frozen=True):
    """A method and what it is bound to."""

    receiver: Value
    function: Function


class Super(Struct, frozen=True):
    """`super()` inside a method of `cls`."""

    cls: Class
    receiver: Value


class Partial(Struct, frozen=True):
    """`functools.partial(...)`: the call that made it."""

    call: Thunk


class Container(Struct, frozen=True):
    """A list, tuple, set, dict or comprehension: how each item is reached, and the item.

    What gives its items one by one, a generator, is `lazy`.
    """

    items: tuple[tuple[str, Given], ...]
    lazy: bool = False


class Record(Struct, frozen=True):
    """What `namedtuple` makes: a class whose instances hold these fields and nothing else."""

    fields: tuple[str, ...]


class ContainerMethod(Struct, frozen=True):
    """A method of a list or a dict that hands out what is in it: `values`, `get`, `copy`."""

    container: Container
    name: str


class Manager(Struct, frozen=True):
    """What a `@contextmanager` function gives: in a `with`, one of `yielded`."""

    yielded: tuple[Thunk, ...]


class Shipper(Struct, frozen=True):
    """A decorator that ships what it gets: `udf("string")`."""

    api: ShipApi


class Shipped(Struct, frozen=True):
    """A udf object, and the function in it."""

    function: Value


class Literal(Struct, frozen=True):
    """A literal string, number or `None`."""

    value: str | int | float | bytes | bool | None


Value: TypeAlias = (
    "Instance | Library | ProjectModule | Function | Class | Object | Bound | Super | Partial"
    " | Container | ContainerMethod | Record | Manager | Shipper | Shipped | Literal"
)
Given: TypeAlias = "Thunk | Value"


class Found(Struct, frozen=True):
    """A value and the expression, in `module`, that gave it its name or put it where it is."""

    value: Value
    module: Module | None
    at: int


def few(items: Iterable[T]) -> tuple[T, ...]:
    """The first different ones of what an expression may be; no more are looked for."""
    rest = iter(items)
    for first in rest:
        for second in rest:
            return _different(first, second, rest)
        return (first,)
    return ()


def _different(first: T, second: T, rest: Iterator[T]) -> tuple[T, ...]:
    found = {first: None, second: None}
    for item in rest:
        found[item] = None
        if len(found) == _WIDTH:
            break
    return tuple(found)
