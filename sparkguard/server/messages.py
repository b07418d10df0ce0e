"""Findings as the protocol has them: diagnostics with related places, and hovers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types as lsp

from sparkguard import catalog
from sparkguard.diagnostic import Diagnostic, Label, Severity, Span
from sparkguard.report.cells import visible
from sparkguard.server.documents import Document
from sparkguard.server.positions import Units
from sparkguard.source.text import split_keeping

SOURCE = "sparkguard"
QUICK = lsp.CodeActionKind.QuickFix.value
FIX_ALL = f"{lsp.CodeActionKind.SourceFixAll.value}.{SOURCE}"
_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
}
_CODE = re.compile(r"\bSG\d{3}\b")


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the editor understands, of what this server would say."""

    related: bool = False
    tags: bool = False
    descriptions: bool = False
    versions: bool = False
    markdown: bool = False
    watching: bool = False

    @classmethod
    def of(cls, client: lsp.ClientCapabilities) -> Abilities:
        """Those that it named when it said hello."""
        text, space = client.text_document, client.workspace
        shown = text and text.publish_diagnostics
        edits = space and space.workspace_edit
        watched = space and space.did_change_watched_files
        formats = (text and text.hover and text.hover.content_format) or ()
        return cls(
            related=bool(shown and shown.related_information),
            tags=bool(shown and shown.tag_support),
            descriptions=bool(shown and shown.code_description_support),
            versions=bool(edits and edits.document_changes),
            markdown=lsp.MarkupKind.Markdown in formats,
            watching=bool(watched and watched.dynamic_registration),
        )


@dataclass(frozen=True, slots=True)
class Places:
    """Where the spans of findings are for the editor.

    Args:
        units: How it counts columns.
        opened: What it had open when the check began, by file and cell.
        texts: What else the findings point into, by `Span.where`.
    """

    units: Units
    opened: Mapping[tuple[str, int | None], Document]
    texts: Mapping[str, str]

    def uri(self, span: Span) -> str:
        """The text that a span points into."""
        known = self.opened.get((span.path, span.cell))
        return known.uri if known else Path(span.path).absolute().as_uri()

    def lines(self, span: Span) -> list[str]:
        """The lines of that text, each with its end."""
        known = self.opened.get((span.path, span.cell))
        return known.lines if known else split_keeping(self.texts.get(span.where, ""))

    def range(self, span: Span) -> lsp.Range:
        """A span as a range; the first line for the cell of a notebook that is not open."""
        if span.cell is not None and (span.path, span.cell) not in self.opened:
            return lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
        return self.units.range(self.lines(span), span)

    @property
    def versions(self) -> dict[str, int]:
        """The version of each text that was open."""
        return {each.uri: each.version for each in self.opened.values()}


def diagnostic(found: Diagnostic, places: Places, can: Abilities) -> lsp.Diagnostic:
    """A finding as the editor shows it: below the message, the path, Spark's words and the cure."""
    others = [label for label in found.labels if not label.primary]
    url = page_url(found.code)
    unused = found.code == "SG001"
    return lsp.Diagnostic(
        range=places.range(found.primary.span),
        message="\n".join(map(visible, _lines(found))),
        severity=_SEVERITIES[found.severity],
        code=found.code,
        code_description=lsp.CodeDescription(url) if can.descriptions and "://" in url else None,
        source=SOURCE,
        tags=[lsp.DiagnosticTag.Unnecessary] if can.tags and unused else None,
        related_information=[_related(each, places) for each in others] if can.related else None,
    )


def _lines(found: Diagnostic) -> Iterator[str]:
    yield found.message
    yield from found.notes
    if found.help:
        yield f"help: {found.help}"


def _related(label: Label, places: Places) -> lsp.DiagnosticRelatedInformation:
    place = lsp.Location(places.uri(label.span), places.range(label.span))
    return lsp.DiagnosticRelatedInformation(place, visible(label.text))


def page_url(code: str) -> str:
    """The address of a rule's page."""
    rule = catalog.find(code)
    return catalog.page(rule).url if rule else ""


def hover(found: list[Diagnostic], line: str, column: int, can: Abilities) -> lsp.Hover | None:
    """What is told under the mouse: findings with their rules, and the rule that a comment names.

    Args:
        found: The findings at the place.
        line: The line.
        column: 1-based, in code points.
        can: What the editor understands.
    """
    named = [at.group() for at in _CODE.finditer(line) if at.start() < column <= at.end() + 1]
    codes = dict.fromkeys([*(each.code for each in found), *named])
    texts = [text for text in map(_opening, codes) if text]
    if not texts:
        return None
    said = ["\n".join(map(visible, _lines(each))) for each in found]
    fenced = [f"```text\n{each.replace('```', '` ` `')}\n```" for each in said]
    value = "\n\n---\n\n".join([*(fenced if can.markdown else said), *texts])
    kind = lsp.MarkupKind.Markdown if can.markdown else lsp.MarkupKind.PlainText
    return lsp.Hover(lsp.MarkupContent(kind, value))


def _opening(code: str) -> str:
    """A rule's page as far as it says what and why; the programs are where it leads to."""
    rule = catalog.find(code)
    if rule is None:
        return ""
    page = catalog.page(rule)
    opening = page.text.partition("\n## Bad\n")[0].strip()
    more = f"[The whole page]({page.url})" if "://" in page.url else ""
    return "\n\n".join(filter(None, [opening, more]))
