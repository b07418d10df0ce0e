"""One editor's session: what is open, what was found in it, and what is offered there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from lsprotocol import types as lsp

from sparkguard.diagnostic import Diagnostic
from sparkguard.result import breakdown
from sparkguard.server import messages
from sparkguard.server.documents import Documents, Unit
from sparkguard.server.messages import FIX_ALL, QUICK, Abilities, Places
from sparkguard.server.queue import Queue

if TYPE_CHECKING:
    from sparkguard.server.checking import Checked

_NEEDED = ("sparkguard.server.actions", "sparkguard.source.parse")
"""What a check and the actions need; an editor has its first answer before they are imported."""
Publish = Callable[[str, "int | None", list[lsp.Diagnostic]], None]
Tell = Callable[[str, lsp.MessageType], None]
Shown = dict[Diagnostic, lsp.Diagnostic]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Report:
    """What a check of a file or notebook found.

    Args:
        places: Where that is for the editor.
        shown: For the address of each text: the findings, and what the editor was told of them.
    """

    places: Places
    shown: dict[str, Shown]


class Session:
    """Checks what the editor has open and answers what it asks.

    Args:
        publish: Sends the findings in a text.
        tell: Sends a line to the user, or to the log.
    """

    def __init__(self, publish: Publish, tell: Tell) -> None:
        self.documents, self.can = Documents(), Abilities()
        self._publish, self._tell = publish, tell
        self._queue = Queue(self._check)
        self._thread = ThreadPoolExecutor(1)
        self._reports: dict[str, Report] = {}
        self._closings: Counter[str] = Counter()
        self._unfollowed = ""

    def warm_up(self) -> None:
        """Imports what the first check would have to wait for."""
        for name in _NEEDED:
            self._thread.submit(import_module, name)

    def opened(self, uri: str) -> None:
        """A file or notebook was opened; what was never saved matters to the others, too."""
        from sparkguard.server.checking import is_saved

        unit = self.documents.unit(uri)
        if unit is not None:
            self._queue.put(uri, () if is_saved(unit.source()) else self._others(uri))

    def changed(self, uri: str) -> None:
        """A text of a file or notebook was edited."""
        self._queue.put(self.documents.owner(uri), self._others(uri))

    def closed(self, uri: str) -> None:
        """A file or notebook was closed: from now on its text is that of the disk."""
        self._queue.drop(uri)
        self._closings[uri] += 1
        report = self._reports.pop(uri, None)
        self._show(report.shown if report else (), {})
        for other in self._others(uri):
            self._queue.put(other)

    def all_changed(self) -> None:
        """Something changed on the disk."""
        for uri in self._others(""):
            self._queue.put(uri)

    async def hover(self, uri: str, place: lsp.Position) -> lsp.Hover | None:
        """What is told at a place."""
        await self._queue.settled(self.documents.owner(uri))
        lines = self.documents.lines(uri)
        if not lines:
            return None
        at = self.documents.units.position(lines, place)
        found = [each for each, _ in self._at(uri, lsp.Range(place, place))]
        return messages.hover(found, lines[at.line - 1], at.column, self.can)

    async def actions(
        self, uri: str, within: lsp.Range, only: Sequence[str] | None
    ) -> list[lsp.CodeAction]:
        """What is offered in a range; `only` names the kinds that are asked for."""
        from sparkguard.server.actions import Offer

        owner = self.documents.owner(uri)
        await self._queue.settled(owner)
        report, unit = self._reports.get(owner), self.documents.unit(owner)
        if report is None or unit is None:
            return []
        offer = Offer(report.places, self.can.versions, only)
        pairs = self._at(uri, within) if offer.takes(QUICK) else ()
        made = [action for pair in pairs for action in offer.at(*pair)]
        if offer.takes(FIX_ALL):
            source = unit.source()
            made += await self._in_thread(lambda: [*offer.all_safe(source)])
        return made

    def _at(self, uri: str, within: lsp.Range) -> Iterator[tuple[Diagnostic, lsp.Diagnostic]]:
        for found, told in self._shown(uri).items():
            if told.range.start <= within.end and within.start <= told.range.end:
                yield found, told

    def _others(self, uri: str) -> list[str]:
        return [unit.uri for unit in self.documents.all_units() if unit.uri != uri]

    async def _check(self, uri: str) -> None:
        try:
            unit = self.documents.unit(uri)
            if unit is not None:
                await self._check_unit(unit)
        except Exception as error:
            self._tell(breakdown(uri, error).message, lsp.MessageType.Error)

    async def _check_unit(self, unit: Unit) -> None:
        from sparkguard.server.checking import check

        opened, source = self.documents.snapshot(), unit.source()
        closings = self._closings[unit.uri]
        others = [each.source() for each in self.documents.all_units() if each.uri != unit.uri]
        checked = await self._in_thread(lambda: check(source, others))
        if closings == self._closings[unit.uri]:  # else another text may be open there by now
            self._take(unit, checked, Places(self.documents.units, opened, checked.texts))

    def _take(self, unit: Unit, checked: Checked, places: Places) -> None:
        before = self._reports.get(unit.uri)
        shown: dict[str, Shown] = {part.uri: {} for part in unit.parts.values()}
        for found in checked.diagnostics:
            told = messages.diagnostic(found, places, self.can)
            shown.setdefault(places.uri(found.primary.span), {})[found] = told
        self._reports[unit.uri] = Report(places, shown)
        self._show({*shown, *(before.shown if before else ())}, places.versions)
        for problem in checked.problems:
            self._tell(str(problem), lsp.MessageType.Log)
        if checked.unfollowed not in ("", self._unfollowed):
            self._tell(f"sparkguard: {checked.unfollowed}", lsp.MessageType.Error)
        self._unfollowed = checked.unfollowed

    def _show(self, uris: Iterable[str], versions: Mapping[str, int]) -> None:
        for uri in uris:
            self._publish(uri, versions.get(uri), [*self._shown(uri).values()])

    def _shown(self, uri: str) -> Shown:
        """What all checks found in a text; two of them may find the same."""
        reports = self._reports.values()
        return {f: told for report in reports for f, told in report.shown.get(uri, {}).items()}

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        """One check at a time, while the editor is listened to."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
