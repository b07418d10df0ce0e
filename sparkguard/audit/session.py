"""The walk through the findings, from the first to the last or until the person has enough."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import get_args

from sparkguard import catalog, fixer
from sparkguard.audit import screen
from sparkguard.audit.deeds import Project, Refused, is_applied
from sparkguard.audit.editor import EditorError, open_at
from sparkguard.audit.keys import Deed, Word, understood
from sparkguard.audit.place import moved
from sparkguard.audit.terminal import Terminal
from sparkguard.catalog import Page
from sparkguard.diagnostic import Diagnostic
from sparkguard.report.frame import Piece, Style
from sparkguard.report.page import write_page
from sparkguard.silence import can_be_silenced
from sparkguard.source.text import display_name


@dataclass(slots=True)
class Session:
    """One audit.

    Args:
        project: What is audited; it has been checked.
        terminal: Where the person sits.
        done: How many findings were fixed, ignored and accepted.
        at: How many findings the walk has behind it.
        under_way: What is not done yet, and how often something had been written before it.
    """

    project: Project
    terminal: Terminal
    done: Counter[str] = field(default_factory=Counter)
    at: int = 0
    under_way: tuple[Word, int] | None = None

    def run(self) -> None:
        """Go through the findings, and say at the end what was done.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed; what was done until then is written.
        """
        try:
            self._walk()
        except EOFError:
            self._say("")
        except KeyboardInterrupt:
            self._say("")
            self._say(self._stopped())
            raise
        finally:
            self._say(self._sum(), "strong")

    @property
    def _found(self) -> tuple[Diagnostic, ...]:
        return self.project.result.diagnostics

    def _walk(self) -> None:
        while self.at < len(self._found):
            finding = self._found[self.at]
            self._show(finding)
            word = self._chosen(finding)
            if word == "quit":
                return
            self._go(word, finding)
            if self.at == len(self._found) and not self.project.is_whole:
                self._look_around()

    def _look_around(self) -> None:
        """At the end all is checked once more: what changed in one file may tell in another."""
        passed = self._found
        try:
            self.project.check()
        except Refused as error:
            self._say(str(error), "error")
        self.at = moved(passed, self._found)

    def _show(self, finding: Diagnostic) -> None:
        columns = self.terminal.columns
        texts = self.project.result.texts.get
        self._say("")
        self.terminal.show(screen.finding(finding, texts, _page(finding), columns))
        if finding.fix is None:
            return
        try:
            diff = fixer.diff(self.project.changes(finding))
            self.terminal.show(screen.mending(finding.fix, diff, columns))
        except Refused as error:
            self._say(f"fix: {finding.fix.title}; it cannot be shown: {error}", "warning")

    def _chosen(self, finding: Diagnostic) -> Word:
        """What the person wants done; anything else is answered with what there is."""
        columns, possible = self.terminal.columns, [*self._possible(finding)]
        place = f"{self.at + 1}/{len(self._found)}"
        self.terminal.show(screen.choices(possible, place, self.project.alike(finding), columns))
        while True:
            word = understood(self.terminal.key())
            if not self.terminal.plain:
                self._say(word or "?")
            if word in possible and word != "help":
                return word
            self.terminal.show(screen.keys(possible, columns))

    def _possible(self, finding: Diagnostic) -> Iterator[Word]:
        if is_applied(finding):
            yield "apply"
            if self.project.alike(finding) > 1:
                yield "all"
        if can_be_silenced(finding.code):
            yield "ignore"
        yield from ("baseline", "explain", "open")
        if self.at:
            yield "back"
        yield from ("skip", "quit", "help")

    def _go(self, word: Word, finding: Diagnostic) -> None:
        match word:
            case "skip":
                self.at += 1
            case "back":
                self.at -= 1
            case "explain":
                write_page(_page(finding).text, sys.stdout, not self.terminal.plain)
            case _:
                self._do(word, finding)

    def _do(self, word: Word, finding: Diagnostic) -> None:
        """A deed, after which the findings are others; the walk stays behind what it passed."""
        passed, self.under_way = self._found[: self.at], (word, self.project.writes)
        try:
            self._say(self._done(word, finding))
        except (Refused, EditorError) as error:
            self._say(str(error), "error")
        self.under_way = None
        self.at = moved(passed, self._found)

    def _done(self, word: Word, finding: Diagnostic) -> str:
        """Does it, and says so in one line."""
        match word:
            case "apply":
                self.project.fix(finding)
                self.done["fixed"] += 1
                return f"fixed in {finding.primary.span.path}"
            case "all":
                return self._fix_all(finding)
            case "ignore":
                return self._ignore(finding)
            case "baseline":
                path = self.project.accept(finding)
                self.done["accepted"] += 1
                return f"accepted in {display_name(path)}"
            case _:
                return self._open(finding)

    def _fix_all(self, finding: Diagnostic) -> str:
        count, problems = self.project.fix_all(finding)
        self.done["fixed"] += count
        if problems:
            raise Refused("; ".join(problems))
        return f"fixed {count} of {finding.code}"

    def _ignore(self, finding: Diagnostic) -> str:
        optional = not self.project.config.require_reason
        question = f"reason ({'Enter for none, ' * optional}Ctrl-D to go back):"
        why = self.terminal.answer(question)
        if why is None or not (optional or why.strip()):
            return "not ignored"
        self.project.ignore(finding, why)
        self.done["ignored"] += 1
        return f"ignored in {finding.primary.span.path}"

    def _open(self, finding: Diagnostic) -> str:
        span = finding.primary.span
        try:
            open_at(span.path, span.start.line if span.cell is None else 1)
        finally:
            self.project.check_again([span.path])
        return "checked again"

    def _say(self, line: str, style: Style = "plain") -> None:
        self.terminal.show([(Piece(line, style),)])

    def _stopped(self) -> str:
        """What became of the deed that Ctrl-C came into."""
        if self.under_way is None or self.under_way[0] not in get_args(Deed):
            return "stopped"
        word, before = self.under_way
        became = "not written" if self.project.writes == before else "written"
        return f"stopped; the last `{word}` is {became}"

    def _sum(self) -> str:
        """What was done, and what is left: `fixed 2, ignored 1; left 3`."""
        done = ", ".join(f"{what} {count}" for what, count in self.done.items() if count)
        nothing = "" if done or self.project.writes else "nothing was changed"
        return "; ".join(filter(None, [done, nothing, f"left {len(self._found)}"]))


def _page(finding: Diagnostic) -> Page:
    rule = catalog.find(finding.code)
    if rule is None:
        raise LookupError(finding.code)
    return catalog.page(rule)
