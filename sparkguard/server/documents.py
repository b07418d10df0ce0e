"""The texts that an editor has open, as it opens, changes and closes them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from lsprotocol import types as lsp
from pygls import uris

from sparkguard.server.positions import Units
from sparkguard.source.text import LIMIT, NOTEBOOK, SourceText, decode, display_name, split_keeping

_NO_TEXT = re.compile("[\ud800-\udfff\0]")
"""What JSON can spell and no file of text can hold."""
_BOM = "\ufeff"


@dataclass(slots=True)
class Document:
    """A text in the editor: a file, or one cell of a notebook."""

    uri: str
    language: str
    version: int
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines, each with its end."""
        return split_keeping(self.text)


@dataclass(slots=True)
class Unit:
    """What is checked as one: a file, or a notebook with all its cells.

    Args:
        uri: How the editor calls it.
        path: Where it stands, or would stand once it is saved.
        parts: Its texts: that of the file under `None`, those of cells under their numbers.
    """

    uri: str
    path: Path
    parts: dict[int | None, Document]

    @property
    def name(self) -> str:
        """How findings call it."""
        return display_name(self.path)

    def source(self) -> SourceText:
        """The Python in it, with every character replaced that no file could hold."""
        if self.path.suffix == NOTEBOOK:
            return decode(self._json(), self.path, self.name)
        text = _NO_TEXT.sub("\ufffd", self.parts[None].text.removeprefix(_BOM))
        return SourceText(self.path, self.name, text)

    def _json(self) -> bytes:
        """The notebook as Jupyter would store it; cells that are no code hold their numbers."""
        code = {number: part for number, part in self.parts.items() if number}
        cells = [_cell(code.get(number)) for number in range(1, max(code, default=0) + 1)]
        return json.dumps({"cells": cells}).encode()


def _cell(part: Document | None) -> dict[str, object]:
    if part is None:
        return {"cell_type": "markdown"}
    language = {"vscode": {"languageId": part.language}}
    text = _NO_TEXT.sub("\ufffd", part.text)
    return {"cell_type": "code", "metadata": language, "source": text}


@dataclass(slots=True)
class Documents:
    """All that is open.

    Args:
        root: The folder that texts without a file are said to stand in.
        units: How the editor counts columns.
    """

    root: Path = field(default_factory=Path.cwd)
    units: Units = field(default_factory=Units)
    _texts: dict[str, Document] = field(default_factory=dict)
    _notebooks: dict[str, list[lsp.NotebookCell]] = field(default_factory=dict)
    _owners: dict[str, str] = field(default_factory=dict)

    def open(self, items: Iterable[lsp.TextDocumentItem], notebook: str = "") -> None:
        """Take texts that were opened, as cells of a notebook if it is named."""
        for item in items:
            self._texts[item.uri] = Document(item.uri, item.language_id, item.version, item.text)
            if notebook:
                self._owners[item.uri] = notebook

    def change(
        self,
        named: lsp.VersionedTextDocumentIdentifier,
        changes: Iterable[lsp.TextDocumentContentChangeEvent],
    ) -> None:
        """Make the edits of a text that is open, one after the other."""
        document = self._texts.get(named.uri)
        if document is not None:
            for change in changes:
                document.text = self.units.changed(document.text, change)
            document.version = named.version

    def close(self, uris: Iterable[str]) -> None:
        """Forget texts."""
        for uri in uris:
            self._texts.pop(uri, None)
            self._owners.pop(uri, None)

    def open_notebook(self, uri: str, cells: Iterable[lsp.NotebookCell]) -> None:
        """Take a notebook; `open` takes the texts of its cells."""
        self._notebooks[uri] = list(cells)

    def change_notebook(self, uri: str, change: lsp.NotebookDocumentCellChanges) -> None:
        """Put in, take out and edit cells."""
        if change.structure and uri in self._notebooks:
            at, array = self._notebooks[uri], change.structure.array
            at[array.start : array.start + array.delete_count] = array.cells or []
            self.open(change.structure.did_open or (), uri)
            self.close(closed.uri for closed in change.structure.did_close or ())
        for content in change.text_content or ():
            self.change(content.document, content.changes)

    def close_notebook(self, uri: str) -> None:
        """Forget a notebook; `close` forgets its cells."""
        self._notebooks.pop(uri, None)

    def owner(self, uri: str) -> str:
        """The unit that a text belongs to."""
        return self._owners.get(uri, uri)

    def unit(self, uri: str) -> Unit | None:
        """A file or notebook that is open, and is Python of a size that a check reads."""
        if uri in self._notebooks:
            path = self._path(uri)
            path = path if path.suffix == NOTEBOOK else path.with_name(f"{path.name}{NOTEBOOK}")
            return Unit(uri, path, dict(self._cells(uri)))
        document = self._texts.get(uri)
        if document is None or uri in self._owners or len(document.text) > LIMIT:
            return None
        path = self._path(uri)
        is_python = document.language == "python" or path.suffix == ".py"
        return Unit(uri, path, {None: document}) if is_python else None

    def lines(self, uri: str) -> list[str]:
        """The lines of a text that is open, each with its end; none of another."""
        document = self._texts.get(uri)
        return document.lines if document else []

    def snapshot(self) -> dict[tuple[str, int | None], Document]:
        """All that is open as it is now, by file and cell."""
        units = self.all_units()
        return {
            (unit.name, cell): replace(part) for unit in units for cell, part in unit.parts.items()
        }

    def all_units(self) -> Iterator[Unit]:
        """All files and notebooks that a check reads."""
        for uri in [*self._notebooks, *self._texts]:
            unit = self.unit(uri)
            if unit is not None:
                yield unit

    def _cells(self, uri: str) -> Iterator[tuple[int, Document]]:
        for number, cell in enumerate(self._notebooks[uri], 1):
            document = self._texts.get(cell.document)
            if cell.kind == lsp.NotebookCellKind.Code and document is not None:
                yield number, document

    def _path(self, uri: str) -> Path:
        """Where a text stands; one that is in no file has a place that no file can have."""
        path = uris.to_fs_path(uri)
        if path:
            return Path(os.path.normpath(path))
        scheme, _, rest = uri.partition(":")
        return self.root / f"<{scheme}>" / (re.sub(r"[^\w.-]+", "_", rest) or "_")
