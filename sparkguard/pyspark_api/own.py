"""What a project's settings add to the tables: calls that ship, types that stay on the driver."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sparkguard.model import Refused
from sparkguard.pyspark_api.ships import Argument, ShipApi
from sparkguard.targets import TARGETS

_DOTTED = r"[^\W\d]\w*(?:\.[^\W\d]\w*)+"


@dataclass(frozen=True, slots=True)
class Own:
    """A project's own tables.

    Args:
        ship_points: Its calls that ship, by dotted name.
        driver_only: Its types that stay on the driver, by dotted name.
    """

    ship_points: Mapping[str, ShipApi] = field(default_factory=dict)
    driver_only: Mapping[str, Refused] = field(default_factory=dict)

    @classmethod
    def read(cls, ship_points: Iterable[str], driver_only: Iterable[tuple[str, str]]) -> Own:
        """The tables that the settings write.

        Args:
            ship_points: `mylib.run_on_executors:0`, the argument by its position, `self` not
                counted, or by its name; one entry for each argument that ships.
            driver_only: Pairs of a type's dotted name and the words that say what to do instead.

        Raises:
            ValueError: An entry of another shape.
        """
        apis: dict[str, ShipApi] = {}
        for entry in ship_points:
            name, argument = _entry(entry)
            known = apis[name].arguments if name in apis else ()
            apis[name] = ShipApi(name, (*known, argument))
        return cls(apis, {name: _kept(name, cure) for name, cure in driver_only})


def _entry(text: str) -> tuple[str, Argument]:
    match = re.fullmatch(rf"({_DOTTED}):(?:(\d{{1,3}})|([^\W\d]\w*))", text)
    if match is None:
        raise ValueError(f"`{text}` is not written as `package.function:0`")
    name, position, keyword = match.groups()
    if position is None:
        return name, Argument(None, keyword, "function")
    return name, Argument(int(position), "", "function")


def _kept(name: str, cure: str) -> Refused:
    if not re.fullmatch(_DOTTED, name):
        raise ValueError(f"`{name}` is not written as `package.Class`")
    last = name.rpartition(".")[2]
    noun = f"an {last}" if last[0] in "AEIOUaeiou" else f"a {last}"
    return Refused(
        name,
        "own",
        noun,
        dict.fromkeys(TARGETS, f"the settings keep `{name}` on the driver (`driver-only`)"),
        cure.strip(),
    )
