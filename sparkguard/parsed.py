"""The facts of files that were parsed for the sake of others, kept by what stands in them."""

from __future__ import annotations

import contextlib
import hashlib
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from sparkguard.cache import Cache

if TYPE_CHECKING:
    from sparkguard.source.facts import ModuleFacts

_KEY = "facts"
_ROOM = 64_000_000
"""Bytes that are kept: the facts of some 2,000 files like PySpark's."""


class Parsed:
    """Facts by the texts that hold them.

    Args:
        cache: Where they are kept.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._new: dict[bytes, msgspec.Raw] = {}

    def get(self, text: str) -> ModuleFacts | None:
        """What a text says, if it was kept."""
        from sparkguard.source.flat import read

        data = self._kept.get(_digest(text))
        with contextlib.suppress(ValueError):
            return read(data) if data is not None else None
        return None

    def put(self, text: str, facts: ModuleFacts) -> None:
        """Keeps what a text says, where that can be written down."""
        from sparkguard.source.flat import written

        with contextlib.suppress(ValueError):
            self._new[_digest(text)] = msgspec.Raw(written(facts))

    def save(self) -> None:
        """Writes what is new; the oldest goes where there is no room for it.

        Raises:
            OSError: It cannot be written.
        """
        if not self._new:
            return
        left, kept = _ROOM, dict[bytes, msgspec.Raw]()
        for key, data in reversed([*self._kept.items(), *self._new.items()]):
            left -= len(data)
            if left > 0:
                kept[key] = data
        stored = dict(reversed(kept.items()))
        self._cache.store(_KEY, msgspec.msgpack.encode(stored))

    @cached_property
    def _kept(self) -> dict[bytes, msgspec.Raw]:
        try:
            return msgspec.msgpack.decode(
                self._cache.load(_KEY) or b"", type=dict[bytes, msgspec.Raw]
            )
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return {}


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
