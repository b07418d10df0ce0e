"""`%run` of another notebook or script: its text stands where the magic stood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sparkguard.source.located import real
from sparkguard.source.magics import RUN
from sparkguard.source.syntax import is_python
from sparkguard.source.text import LIMIT, NOTEBOOK, Origin, SourceText, split_lines

Read = Callable[[Path], SourceText | None]
"""Gives the text of a file of the project, `None` for any other path."""

_DEEP = 20
"""How far files that run files are followed; nobody goes that far."""
_FILE = re.compile(re.escape(RUN) + r"\s*(?:-[int]\s+)*(?:\"([^\"]+)\"|'([^']+)'|([^-\s]\S*))")


def with_runs(source: SourceText, read: Read) -> SourceText:
    """A notebook with the text of all that it runs, and that those run, each once."""
    if not source.is_notebook or RUN not in source.text:
        return source
    lines = [*_Runs(read).lines(source)]
    texts, origins = "\n".join(text for text, _ in lines), tuple(origin for _, origin in lines)
    return replace(source, text=texts, origins=origins)


class _Runs(Struct):
    """What one notebook runs: the files that were met, and how much text is left to be taken."""

    read: Read
    met: set[Path] = set()
    room: int = LIMIT

    def lines(self, source: SourceText, depth: int = 0) -> Iterator[tuple[str, Origin]]:
        self.met.add(real(source.path))
        self.room -= len(source.text)
        texts = split_lines(source.text)
        origins = source.origins or [Origin(source.name, at) for at, _ in enumerate(texts, 1)]
        for text, origin in zip(texts, origins, strict=True):
            yield text, origin
            run = _FILE.match(text) if source.is_notebook and depth < _DEEP else None
            other = self._found(source.path.parent / (run[1] or run[2] or run[3])) if run else None
            if other:
                yield from self.lines(other, depth + 1)

    def _found(self, target: Path) -> SourceText | None:
        """The file that is run: with the ending that is written, else a notebook or a script."""
        named = target.suffix in (NOTEBOOK, ".py")
        endings = ("",) if named else (NOTEBOOK, ".py")
        paths = (real(Path(f"{target}{ending}")) for ending in endings)
        other = next((found for path in paths if (found := self.read(path))), None)
        fits = other and real(other.path) not in self.met and len(other.text) <= self.room
        return other if other and fits and is_python(other.text) else None
