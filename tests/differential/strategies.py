"""Strategies: which parts go together, and programs of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from hypothesis import strategies as st

from tests.differential import (
    lookalikes,
    ships_core,
    ships_frame,
    ships_pandas,
    ships_slow,
    ships_udf,
)
from tests.differential.pages import parts
from tests.differential.parts import Bind, Decoy, Hold, Mention, Reach, Ship, Site, Thing, Wrap
from tests.differential.program import Program

T = TypeVar("T")
Around = TypeVar("Around", Wrap, Site)


class Choice(Protocol):
    """Which of the parts that fit are drawn from."""

    def __call__(self, fit: Sequence[T], /) -> Sequence[T]:
        """Some of them, at least one."""


def any_of(fit: Sequence[T]) -> Sequence[T]:
    """All of them."""
    return fit


SHIPS = (
    *ships_core.SHIPS,
    *ships_udf.SHIPS,
    *ships_frame.SHIPS,
    *ships_pandas.SHIPS,
    *ships_slow.SHIPS,
    *lookalikes.SHIPS,
)
THINGS = parts(Thing, "things")
HOLDS = parts(Hold, "holds")
BINDS = parts(Bind, "binds")
MENTIONS = parts(Mention, "mentions")
REACHES = parts(Reach, "reaches")
WRAPS = parts(Wrap, "wraps")
SITES = parts(Site, "sites")
DECOYS = parts(Decoy, "decoys")

_TAKEN = {word for ship in SHIPS for word in re.findall(r"\w+", ship.shape.args)}
_WORDS = """
    spark sc session context sqlContext df frame rdd lock conf broadcast connection engine reader
    writer stream column model session_factory value label limit codes rate rows config helper
    client cache job factor offset store origin target first second lookup known total scale
    prefix suffix width height chunk part piece region city country price amount weight speed
    depth level tag mode kind size limit_low limit_high start stop step speed_limit user account
    order invoice product basket shop market stock trade bond share ledger river lake forest hill
    valley stone sand water wind rain snow cloud sun moon star apple pear plum grape lemon orange
    cherry melon onion carrot potato tomato pepper salt red green blue yellow purple brown black
    white grey pink silver gold copper iron zinc table group batch
    """
NAMES = tuple(word for word in _WORDS.split() if word not in _TAKEN)
"""Plain and misleading identifiers; none is a builtin, nor written in a part."""

_DEPTHS = st.sampled_from((0, 0, 0, 1, 1, 2))


@st.composite
def programs(draw: st.DrawFn, ships: Sequence[Ship] = SHIPS, choice: Choice = any_of) -> Program:
    """Programs around one of these ship points.

    Args:
        draw: Given by hypothesis.
        ships: The ship points.
        choice: Narrows the parts that are drawn from.
    """

    def one(fit: Sequence[T]) -> T:
        return draw(st.sampled_from(choice(fit)))

    ship = one(ships)
    refused = draw(st.sampled_from((True, True, True, False)))
    thing = one(_things(ship, refused=refused))
    reach = one(_reaches(ship, bare=draw(st.booleans())))
    mention = one(_mentions(reach, thing))
    depth, layers = draw(_DEPTHS), draw(_DEPTHS)
    holds = tuple(one(_holds(ship, reach, thing, level, depth)) for level in range(depth))
    wraps: list[Wrap] = []
    for _ in range(0 if ship.takes == "ready" or reach.data else layers):
        wraps.append(one(_beside(WRAPS, mention, *wraps)))
    return Program(
        ship=ship,
        thing=thing,
        holds=holds,
        bind=one(_binds(reach, filled=any(hold.after for hold in holds))),
        mention=mention,
        reach=reach,
        wraps=tuple(wraps),
        site=one(_beside(SITES, mention, *wraps)),
        decoys=tuple(one(DECOYS) for _ in range(draw(st.integers(0, 3)))),
        names=draw(st.permutations(NAMES).map(tuple)),
        use=draw(st.integers(0, 2)),
        entry=draw(st.sampled_from(("name", "name", "annotation", "call"))),
    )


def _things(ship: Ship, *, refused: bool) -> list[Thing]:
    kind = [one for one in THINGS if bool(one.code) == refused]
    if ship.takes == "data":  # Spark counts the broadcasts that a function takes along, no others
        kind = [one for one in kind if "Broadcast" not in one.name]
    return [one for one in kind if not (one.on_worker and ship.takes in ("data", "pickled"))]


def _reaches(ship: Ship, *, bare: bool) -> list[Reach]:
    """How a function knows the thing; `bare`: the thing itself ships, where it can."""
    if ship.takes == "ready":
        typed = bool(ship.shape.types)
        return [one for one in REACHES if one.decorates and (one.exact == "def" or not typed)]
    return [one for one in REACHES if one.data == (bare and ship.takes == "data")]


def _holds(ship: Ship, reach: Reach, thing: Thing, level: int, depth: int) -> list[Hold]:
    """What the thing may be put in, as the `level`-th of `depth` holders from within."""
    hashable = not thing.unhashable and level == 0
    filled = reach.binds and level == depth - 1
    return [
        one
        for one in HOLDS
        if (hashable or not one.hashes)
        and (filled or not one.after)
        and not (one.once and ship.again)
    ]


def _binds(reach: Reach, *, filled: bool) -> list[Bind]:
    if not reach.binds:
        return [BINDS[0]]
    return [one for one in BINDS if one.site in ("", reach.site) and not (filled and one.use)]


def _beside(fit: Sequence[Around], *inner: Mention | Wrap) -> list[Around]:
    """Those that may stand around others in one process: no event loop runs inside another."""
    loop = any("asyncio" in part.imports for part in inner)
    return [one for one in fit if not (loop and "asyncio" in one.imports)]


def _mentions(reach: Reach, thing: Thing) -> list[Mention]:
    texts = (reach.top, reach.main, reach.function, *dict(reach.files).values())
    inline = any("$value" in text for text in texts)
    return [
        one
        for one in MENTIONS
        if (one.expression or not inline) and not (one.unreached and thing.on_worker)
    ]
