"""Facts as rows that can be kept: what is met in two places is one row, and one thing again.

What follows an expression goes by its identity, so a tree, in which it would be twice, will not do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, NamedTuple, Union, get_type_hints

import msgspec
from msgspec import Meta, Struct, defstruct
from msgspec.structs import astuple

from sparkguard.source import facts as told
from sparkguard.source.facts import Arm, Branch, Condition, ModuleFacts

_Row = Annotated[int, Meta(ge=0)]
"""The number of a row, which stands before all rows that name it; or of a branch."""
_Rows = tuple[_Row, ...]
_Named = tuple[tuple[str, _Row], ...]
_Tested = tuple[tuple[Arm, _Row, bool], ...]


class _Field(NamedTuple):
    """How a field is kept: as what, and how that is written and read."""

    kept: Any
    write: Callable[[_Writer, Any], Any]
    read: Callable[[_Reader, Any], Any]


def _or_none(field: _Field) -> _Field:
    return _Field(
        field.kept | None,
        lambda w, value: None if value is None else field.write(w, value),
        lambda r, value: None if value is None else field.read(r, value),
    )


_ONE = _Field(_Row, lambda w, each: w.row(each), lambda r, n: r.built[n])
_MANY = _Field(
    _Rows,
    lambda w, many: tuple([w.row(each) for each in many]),
    lambda r, rows: tuple([r.built[n] for n in rows]),
)
_ITEMS = _Field(
    _Named,
    lambda w, items: tuple([(step, w.row(each)) for step, each in items]),
    lambda r, items: tuple([(step, r.built[n]) for step, n in items]),
)
_BINDINGS = _Field(
    dict[str, _Rows],
    lambda w, found: {name: _MANY.write(w, bound) for name, bound in found.items()},
    lambda r, found: {name: _MANY.read(r, rows) for name, rows in found.items()},
)
_CONDITIONS = _Field(
    _Tested,
    lambda w, found: tuple([(arm, w.row(each.test), each.met) for arm, each in found.items()]),
    lambda r, found: {arm: Condition(r.built[n], met) for arm, n, met in found},
)
_BRANCH = _Field(_Row, lambda w, branch: w.branch(branch), lambda r, n: r.branches[n])
_VALUE = _Field(
    str | int | float | bool | tuple[str] | None,
    lambda _, value: (value.decode("latin-1"),) if isinstance(value, bytes) else value,
    lambda _, value: value[0].encode("latin-1") if isinstance(value, tuple) else value,
)
_FIELDS = {
    "tuple[Expression, ...]": _MANY,
    "Expression": _ONE,
    "Expression | None": _or_none(_ONE),
    "Attribute": _ONE,
    "Sequence[Expression]": _MANY,
    "tuple[Argument, ...]": _MANY,
    "Sequence[AttributeBinding]": _MANY,
    "Sequence[Call]": _MANY,
    "Sequence[ItemBinding]": _MANY,
    "Sequence[Name]": _MANY,
    "Sequence[Parameter]": _MANY,
    "tuple[tuple[str, Expression], ...]": _ITEMS,
    "Mapping[str, Sequence[Binding]]": _BINDINGS,
    "Mapping[Arm, Condition]": _CONDITIONS,
    "str | int | float | bytes | bool | None": _VALUE,
    "Branch": _BRANCH,
    "Branch | None": _or_none(_BRANCH),
}
"""By the types of the fields of facts; all others hold plain data."""
_KINDS: tuple[type[Struct], ...] = (
    *(told.Name, told.Attribute, told.Argument, told.Call, told.Definition, told.Comprehension),
    *(told.Display, told.Choice, told.Operation, told.Subscript, told.Constant, told.Part),
    *(told.Import, told.Opaque, told.Binding, told.AttributeBinding, told.ItemBinding),
    *(told.Parameter, told.Scope),
)


def _special(kind: type[Struct]) -> tuple[tuple[int, _Field], ...]:
    """The fields that hold more than plain data, by their places."""
    written = [kind.__annotations__[name] for name in kind.__struct_fields__]
    return tuple((at, _FIELDS[text]) for at, text in enumerate(written) if text in _FIELDS)


def _row_type(number: int, kind: type[Struct]) -> type[Struct]:
    plain, special = get_type_hints(kind, {**vars(told), "Expression": Any}), dict(_SPECIAL[kind])
    kept = [
        (name, special[at].kept if at in special else plain[name])
        for at, name in enumerate(kind.__struct_fields__)
    ]
    return defstruct(kind.__name__, kept, tag=number, array_like=True, frozen=True, gc=False)


_SPECIAL = {kind: _special(kind) for kind in _KINDS}
_ROWS = {kind: _row_type(number, kind) for number, kind in enumerate(_KINDS)}
_MADE = {row: (kind, _SPECIAL[kind]) for kind, row in _ROWS.items()}


_FLAT: Any = defstruct(
    "_Flat",
    [
        ("rows", tuple[Union[tuple(_ROWS.values())], ...]),  # type: ignore[misc]  # noqa: UP007
        ("branches", tuple[Branch, ...]),
        ("scopes", _Rows),
        ("stars", _Rows),
        ("guarded", tuple[tuple[int, int], ...]),
    ],
    array_like=True,
    frozen=True,
    gc=False,
)
"""The facts of one file: rows, and which of them are its scopes and its `import *`."""


class _Writer:
    """Numbers what facts are made of, each thing after all that it holds."""

    rows: list[Struct]
    branches: dict[Branch, int]

    def __init__(self) -> None:
        self.rows, self.branches = [], {}
        self._numbers: dict[int, int] = {}

    def row(self, thing: Struct) -> int:
        """The number of a thing."""
        number = self._numbers.get(id(thing))
        if number is None:
            kind, values = type(thing), [*astuple(thing)]
            for at, field in _SPECIAL[kind]:
                values[at] = field.write(self, values[at])
            number = self._numbers[id(thing)] = len(self.rows)
            self.rows.append(_ROWS[kind](*values))
        return number

    def branch(self, branch: Branch) -> int:
        """The number of a branch."""
        return self.branches.setdefault(branch, len(self.branches))


class _Reader:
    """Makes the things again."""

    built: list[Any]
    branches: Sequence[Branch]

    def __init__(self, rows: Iterable[Struct], branches: Sequence[Branch]) -> None:
        self.built, self.branches = [], branches
        for row in rows:
            (kind, fields), values = _MADE[type(row)], [*astuple(row)]
            for at, field in fields:
                values[at] = field.read(self, values[at])
            self.built.append(kind(*values))


def written(facts: ModuleFacts) -> bytes:
    """The facts of a file as data.

    Raises:
        ValueError: They hold what data cannot, such as a number of more than 64 bits.
    """
    writer = _Writer()
    scopes, stars = _MANY.write(writer, facts.scopes), _MANY.write(writer, facts.stars)
    guarded = tuple((numbers.start, numbers.stop) for numbers in facts.guarded)
    flat = _FLAT(tuple(writer.rows), tuple(writer.branches), scopes, stars, guarded)
    try:
        return msgspec.msgpack.encode(flat)
    except OverflowError as error:
        raise ValueError(str(error)) from None


def read(data: bytes | msgspec.Raw) -> ModuleFacts:
    """The facts that were written.

    Raises:
        ValueError: They were not.
    """
    try:
        flat = msgspec.msgpack.decode(data, type=_FLAT)
        reader = _Reader(flat.rows, flat.branches)
        scopes, stars = _MANY.read(reader, flat.scopes), _MANY.read(reader, flat.stars)
    except (msgspec.MsgspecError, LookupError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if not scopes or not all(isinstance(scope, told.Scope) for scope in scopes):
        raise ValueError("no scope")
    return ModuleFacts(scopes, stars, tuple(range(*ends) for ends in flat.guarded))
