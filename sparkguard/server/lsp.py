"""The server itself: what the editor says comes in here, and what is found goes out."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.server import LanguageServer

from sparkguard import __version__
from sparkguard.server.messages import FIX_ALL, QUICK, SOURCE, Abilities
from sparkguard.server.positions import Units
from sparkguard.server.session import Session

_STACK = 1 << 26
"""Bytes of stack for the thread that checks; on macOS it would have half a megabyte."""
_WATCHED = ("**/*.py", "**/*.ipynb", "**/pyproject.toml", "**/sparkguard.toml")
_ALL_CELLS = lsp.NotebookDocumentSyncOptions([lsp.NotebookDocumentFilterWithNotebook("*")])


class Server(LanguageServer):
    """A language server and what it knows of the editor."""

    def __init__(self) -> None:
        super().__init__(SOURCE, __version__, notebook_document_sync=_ALL_CELLS)
        self.session = Session(self._publish, self._tell)
        self.was_told_to_stop = False
        options = {
            lsp.TEXT_DOCUMENT_CODE_ACTION: lsp.CodeActionOptions([QUICK, FIX_ALL]),
            lsp.TEXT_DOCUMENT_DID_SAVE: lsp.SaveOptions(include_text=False),
        }
        for name, handler in _HANDLERS.items():
            self.feature(name, options.get(name))(handler)

    def _publish(self, uri: str, version: int | None, diagnostics: list[lsp.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri, diagnostics, version)
        )

    def _tell(self, words: str, kind: lsp.MessageType) -> None:
        if kind is lsp.MessageType.Log:
            self.window_log_message(lsp.LogMessageParams(kind, words))
        else:
            self.window_show_message(lsp.ShowMessageParams(kind, words))


def serve() -> bool:
    """Speak with an editor over standard input and output until it says goodbye or is gone.

    Returns:
        Whether it said goodbye.
    """
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing but the protocol may come between
    threading.stack_size(_STACK)
    server = Server()
    server.start_io(incoming, outgoing)
    return server.was_told_to_stop


def _initialize(ls: Server, params: lsp.InitializeParams) -> None:
    session, encoding = ls.session, ls.workspace.position_encoding
    session.can = Abilities.of(params.capabilities)
    session.documents.units = Units(str(getattr(encoding, "value", encoding)))
    folder = uris.to_fs_path(ls.workspace.root_uri or "")
    if folder:
        session.documents.root = Path(folder)


def _initialized(ls: Server, _: lsp.InitializedParams) -> None:
    """Asks to be told of files that change on the disk, the settings among them."""
    ls.session.warm_up()
    if ls.session.can.watching:
        watchers = [lsp.FileSystemWatcher(pattern) for pattern in _WATCHED]
        options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
        name = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
        wish = lsp.Registration(f"{SOURCE}/files", name, options)
        ls.client_register_capability(lsp.RegistrationParams([wish]))


def _opened(ls: Server, params: lsp.DidOpenTextDocumentParams) -> None:
    ls.session.documents.open([params.text_document])
    ls.session.opened(params.text_document.uri)


def _changed(ls: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    ls.session.documents.change(params.text_document, params.content_changes)
    ls.session.changed(params.text_document.uri)


def _closed(ls: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    ls.session.documents.close([params.text_document.uri])
    ls.session.closed(params.text_document.uri)


def _notebook_opened(ls: Server, params: lsp.DidOpenNotebookDocumentParams) -> None:
    notebook, documents = params.notebook_document, ls.session.documents
    documents.open_notebook(notebook.uri, notebook.cells)
    documents.open(params.cell_text_documents, notebook.uri)
    ls.session.opened(notebook.uri)


def _notebook_changed(ls: Server, params: lsp.DidChangeNotebookDocumentParams) -> None:
    uri = params.notebook_document.uri
    if params.change.cells:
        ls.session.documents.change_notebook(uri, params.change.cells)
        ls.session.changed(uri)


def _notebook_closed(ls: Server, params: lsp.DidCloseNotebookDocumentParams) -> None:
    uri = params.notebook_document.uri
    ls.session.documents.close_notebook(uri)
    ls.session.documents.close(cell.uri for cell in params.cell_text_documents)
    ls.session.closed(uri)


def _on_disk(ls: Server, _: object) -> None:
    ls.session.all_changed()


async def _hover(ls: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    return await ls.session.hover(params.text_document.uri, params.position)


async def _actions(ls: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    only = params.context.only
    kinds = None if only is None else [str(getattr(kind, "value", kind)) for kind in only]
    return await ls.session.actions(params.text_document.uri, params.range, kinds)


def _shutdown(ls: Server, *_: object) -> None:
    ls.was_told_to_stop = True


_HANDLERS: dict[str, Callable[..., Any]] = {
    lsp.INITIALIZE: _initialize,
    lsp.INITIALIZED: _initialized,
    lsp.SHUTDOWN: _shutdown,
    lsp.TEXT_DOCUMENT_DID_OPEN: _opened,
    lsp.TEXT_DOCUMENT_DID_CHANGE: _changed,
    lsp.TEXT_DOCUMENT_DID_CLOSE: _closed,
    lsp.TEXT_DOCUMENT_DID_SAVE: _on_disk,
    lsp.NOTEBOOK_DOCUMENT_DID_OPEN: _notebook_opened,
    lsp.NOTEBOOK_DOCUMENT_DID_CHANGE: _notebook_changed,
    lsp.NOTEBOOK_DOCUMENT_DID_CLOSE: _notebook_closed,
    lsp.NOTEBOOK_DOCUMENT_DID_SAVE: _on_disk,
    lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: _on_disk,
    lsp.TEXT_DOCUMENT_HOVER: _hover,
    lsp.TEXT_DOCUMENT_CODE_ACTION: _actions,
}
