"""Which files of a project can have nothing to do with Spark, told by texts alone."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from sparkguard import pyspark_api as api
from sparkguard.source import gate
from sparkguard.source.idiom import TELLING
from sparkguard.source.located import imported_as
from sparkguard.source.needs import words
from sparkguard.source.text import SourceText

_MAKERS = ("databricks", "delta")
"""Other packages that hand out a session or a DataFrame."""
_WORD = re.compile(r"\w+")
_TELLS = {*_MAKERS, *api.CONVENTIONAL, *frozenset().union(*TELLING.values())}
_IMPORT = re.compile(r"\b(?:from|import)\b(?:[^\n\\(]|\\[\s\S])*(?:\((?:[^)#]|#[^\r\n]*[\r\n])*)?")
"""An import, over as many lines as it takes; a text that is none is no harm."""
_INIT = f"{os.sep}__init__.py"
_FAR = 200
"""Files that are looked into for one question: a file that reaches more is not told apart."""


class Apart:
    """Looks for Spark in files and in all that they may import; who tells too much is read.

    Args:
        paths: The files of the project.
        read: Gives the text of one.
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str], SourceText | None]) -> None:
        self._paths, self._read = paths, read
        self._known: dict[str, frozenset[str] | None] = {}
        self._reached: dict[str, frozenset[str] | None] = {}

    def around(self, path: str) -> frozenset[str] | None:
        """A file and all that it may import, however far; `None` if Spark may be in it."""
        if path not in self._known:
            found = self._found(path)
            self._known.update(dict.fromkeys(found or (path,), found))
        return self._known[path]

    def _found(self, path: str) -> frozenset[str] | None:
        met, pending = {path}, [path]
        while pending:
            here = pending.pop()
            below = self._known[here] if here in self._known else self._imports(here)
            if below is None or len(met) > _FAR:
                return None
            pending += below - met
            met |= below
        return frozenset(met)

    def _imports(self, path: str) -> frozenset[str] | None:
        """The files that one may import, by their names; `None` where it says a word of Spark."""
        if path not in self._reached:
            source = self._read(path)
            text = source.text if source else ""
            plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
            spark = gate.may_ship(plain) or not _TELLS.isdisjoint(words(plain))
            found = None if spark else frozenset((*self._named(plain), *self._around(path)))
            self._reached[path] = found
        return self._reached[path]

    def _named(self, text: str) -> Iterator[str]:
        for statement in _IMPORT.findall(text):
            for word in _WORD.findall(statement):
                yield from self._by_name.get(word, ())

    def _around(self, path: str) -> Iterator[str]:
        """The packages that a file stands in."""
        folder = os.path.dirname(path)  # noqa: PTH120
        while (package := f"{folder}{_INIT}") in self._all:
            yield package
            folder = os.path.dirname(folder)  # noqa: PTH120

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset(self._paths)

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._all:
            found[imported_as(path)].append(path)
        return found
