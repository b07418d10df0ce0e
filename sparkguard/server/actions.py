"""What the editor offers at a finding: its repair, a comment that silences it, all safe repairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from lsprotocol import types as lsp

from sparkguard import fixer
from sparkguard.diagnostic import Applicability, Diagnostic, Edit, Position, Span
from sparkguard.report.cells import visible
from sparkguard.server.checking import settings
from sparkguard.server.messages import FIX_ALL, QUICK, Places
from sparkguard.silence import can_be_silenced, silencing
from sparkguard.source.text import NOTEBOOK, SourceText, split_keeping


@dataclass(frozen=True, slots=True)
class Offer:
    """The actions for what a check found.

    Args:
        places: Where that is for the editor.
        versions: Whether the editor knows edits that are refused once the text is another.
        only: The kinds that it asks for; without them, quick fixes.
    """

    places: Places
    versions: bool
    only: Sequence[str] | None

    def takes(self, kind: str) -> bool:
        """Whether the editor asks for actions of a kind."""
        asked = (QUICK,) if self.only is None else self.only
        return any(kind == each or kind.startswith(f"{each}.") for each in asked)

    def at(self, found: Diagnostic, told: lsp.Diagnostic) -> Iterator[lsp.CodeAction]:
        """The repair of a finding, and the comment that silences it.

        Args:
            found: The finding.
            told: What the editor was told of it.
        """
        fix = found.fix
        if fix and fix.applicability > Applicability.DISPLAY:
            safe = fix.applicability is Applicability.SAFE
            title = fix.title if safe else f"{fix.title} (unsafe)"
            yield self._action(title, QUICK, fix.edits, told, preferred=safe)
        if not can_be_silenced(found.code):
            return
        comment = next(silencing(found, "".join(self.places.lines(found.primary.span))), None)
        if comment and comment.text:
            yield self._action(f"silence {found.code} here", QUICK, [comment], told)

    def all_safe(self, source: SourceText) -> Iterator[lsp.CodeAction]:
        """What `sparkguard check --fix` would make of a text, as one action; notebooks have none.

        Args:
            source: The text.
        """
        if source.path.suffix == NOTEBOOK:
            return
        config, _ = settings(source.path.parent)
        fixed = fixer.fix([source.path], config, texts={source.name: source})
        edits = [edit for change in fixed.changes for edit in rewritten(change)]
        if edits:
            yield self._action("make all safe repairs of sparkguard", FIX_ALL, edits)

    def _action(
        self,
        title: str,
        kind: str,
        changes: Iterable[Edit],
        told: lsp.Diagnostic | None = None,
        preferred: bool = False,
    ) -> lsp.CodeAction:
        return lsp.CodeAction(
            visible(title),
            kind=kind,
            diagnostics=[told] if told else None,
            is_preferred=preferred or None,
            edit=self._edit(changes),
        )

    def _edit(self, changes: Iterable[Edit]) -> lsp.WorkspaceEdit:
        """Edits as one step; their lines end as those of the text do."""
        made: dict[str, list[lsp.TextEdit]] = {}
        for change in changes:
            lines = self.places.lines(change.span)
            end = next((line[len(line.rstrip("\r\n")) :] for line in lines), "") or "\n"
            text = "\n".join(change.text.split("\r\n")).replace("\n", end)
            edit = lsp.TextEdit(self.places.range(change.span), text)
            made.setdefault(self.places.uri(change.span), []).append(edit)
        if not self.versions:
            return lsp.WorkspaceEdit(changes=made)
        known = self.places.versions
        texts = [lsp.OptionalVersionedTextDocumentIdentifier(uri, known.get(uri)) for uri in made]
        each = zip(texts, made.values(), strict=True)
        return lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(*one) for one in each])


def rewritten(change: fixer.Change) -> Iterator[Edit]:
    """The edits of whole lines that make the text after a change of the one before."""
    old, new = split_keeping(change.before), split_keeping(change.after)
    for kind, *ends in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind != "equal":
            first, last, start, end = ends
            here = Span(change.name, _line(old, first), _line(old, last))
            yield Edit(here, "".join(new[start:end]))


def _line(lines: Sequence[str], number: int) -> Position:
    """Where line `number` begins, from 0; the end of the text behind the last."""
    if number < len(lines):
        return Position(number + 1, 1)
    return Position(len(lines), len(lines[-1]) + 1)
