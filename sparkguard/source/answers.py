"""What was found out and how far it holds, and what is being found out: none of it for ever."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sparkguard.source.values import few

T = TypeVar("T", bound=Hashable)
_DEPTH = 40
"""Answers that may be open at once."""
_FUEL = 10_000
_HURRY = 8_000
"""With less fuel than this left, answers that were cut short are taken as they are."""
_NONE: frozenset[Hashable] = frozenset()
_LIMIT = "limit"
"""What cuts an answer short that takes too long, or too many steps."""


class Answers:
    """Answers by what was asked, each worked out once.

    An answer that needs itself, or another that is open, takes that for nothing. What was cut short
    by others holds for as long as all of them are open, what was by itself alone, for good.
    """

    def __init__(self) -> None:
        self._fuel = _FUEL
        self._known: dict[Hashable, tuple[Any, ...]] = {}
        self._provisional: dict[Hashable, tuple[tuple[Any, ...], frozenset[Hashable]]] = {}
        self._open: set[Hashable] = set()
        self._cuts: frozenset[Hashable] = _NONE

    def refuel(self) -> None:
        """Allows the next question its full share of work."""
        self._fuel = _FUEL
        self._provisional.clear()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Another question inside a question, with fuel of its own: its answer is kept for all."""
        fuel, self._fuel = self._fuel, _FUEL
        provisional, self._provisional = self._provisional, {}
        yield
        self._fuel, self._provisional = fuel, provisional

    def known(self, key: Hashable) -> tuple[Any, ...] | None:
        """An answer that holds; one that was cut short, too, where time is short."""
        found = self._known.get(key)
        if found is None and key in self._provisional:
            provisional, cuts = self._provisional[key]
            if self._fuel < _HURRY or cuts <= self._open:
                self._cuts |= cuts
                return provisional
        return found

    def remembered(self, key: Hashable, compute: Callable[[], Iterable[T]]) -> tuple[T, ...]:
        """What `compute` gives.

        Args:
            key: What is asked.
            compute: Answers it.
        """
        known = self.known(key)
        if known is not None:
            return known
        outer, self._cuts = self._cuts, _NONE
        found = few(compute())
        cuts = self._cuts - {key} if self._cuts else _NONE
        if cuts:
            self._provisional[key] = found, cuts
        else:
            self._known[key] = found
        self._cuts = outer | cuts if cuts else outer
        return found

    def opened(self, key: Hashable, compute: Callable[[], Iterable[T]]) -> tuple[T, ...]:
        """The same of what may need its own answer."""
        if key in self._open:
            self._cuts |= {key}
            return ()
        self._open.add(key)
        found = self.remembered(key, compute)
        self._open.discard(key)
        return found

    def followed(self, key: Hashable, compute: Callable[[], Iterable[T]]) -> tuple[T, ...]:
        """The same of one more step, as long as there are not too many."""
        if key not in self._open:
            if len(self._open) > _DEPTH or self._fuel <= 0:
                self._cuts |= {_LIMIT}
                return ()
            self._fuel -= 1
        return self.opened(key, compute)
