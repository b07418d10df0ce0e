"""Notes, while something is being answered, what the answer hangs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

from sparkguard.source.needs import Needs

K = TypeVar("K")
T = TypeVar("T")
Known: TypeAlias = dict[K, tuple[T, Needs | None]]
"""Answers, each with what it hangs on, if that is anything."""
_NOTHING = Needs()
"""What an answer hangs on that holds whatever changes; nobody adds to it."""


class _Noting:
    """Notes for the length of a `with`."""

    __slots__ = ("notes", "outer")

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    def __enter__(self) -> Needs:
        notes = self.notes
        self.outer = notes._needs, notes._added
        notes._needs, notes._added = Needs(), set()
        return notes._needs

    def __exit__(self, *_: object) -> None:
        self.notes._needs, self.notes._added = self.outer


class Notes:
    """What is looked up in a project, for the question that is being answered."""

    def __init__(self) -> None:
        self._needs, self._added = Needs(), set[int]()
        self._passable = set[Path]()
        """The files of which it may be all that counts that they can be read."""

    def noting(self) -> _Noting:
        """Notes what is looked up meanwhile, whether it was looked up before or not."""
        return _Noting(self)

    @contextmanager
    def counting(self, aspect: Literal["linked", "read"]) -> Iterator[None]:
        """Of the files that are looked up meanwhile, only that counts, as `Needs` has it."""
        with self.noting() as needs:
            yield
        passed = needs.files & self._passable
        getattr(needs, aspect).update(passed)
        needs.files -= passed
        self._needs.add(needs)

    def asked(self, name: str) -> None:
        """What is being answered hangs on what a name stands for."""
        self._needs.names.add(name)

    def hangs_on(self, needs: Needs) -> None:
        """What is being answered hangs on this, too."""
        self._needs.add(needs)

    def kept(self, known: Known[K, T], key: K, look_up: Callable[[], T]) -> T:
        """What is looked up once; who asks again needs the same files.

        Args:
            known: What was looked up before.
            key: What is asked.
            look_up: Answers it.
        """
        if key not in known:
            with self.noting() as noted:
                answer = look_up()
            known[key] = (answer, None if noted == _NOTHING else noted)
        found, needs = known[key]
        if needs is not None and id(needs) not in self._added:
            self._added.add(id(needs))
            self._needs.add(needs)
        return found
