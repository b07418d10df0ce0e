"""An editor without a screen: pygls' own client, which speaks with a real server over its pipes."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

PATIENCE = 30
"""Seconds after which a test gives up; a server that works needs none of them."""
Answer = TypeVar("Answer")


def abilities(
    *encodings: str,
    edits_with_versions: bool = True,
    markdown: bool = True,
    watching: bool = False,
) -> lsp.ClientCapabilities:
    """What an editor says that it understands: all that the server can say, if nothing is given."""
    return lsp.ClientCapabilities(
        general=lsp.GeneralClientCapabilities(position_encodings=encodings or None),
        notebook_document=lsp.NotebookDocumentClientCapabilities(
            lsp.NotebookDocumentSyncClientCapabilities()
        ),
        text_document=lsp.TextDocumentClientCapabilities(
            publish_diagnostics=lsp.PublishDiagnosticsClientCapabilities(
                related_information=True,
                code_description_support=True,
                tag_support=lsp.ClientDiagnosticsTagOptions([lsp.DiagnosticTag.Unnecessary]),
            ),
            hover=lsp.HoverClientCapabilities(
                content_format=[lsp.MarkupKind.Markdown] if markdown else None
            ),
        ),
        workspace=lsp.WorkspaceClientCapabilities(
            workspace_edit=lsp.WorkspaceEditClientCapabilities(
                document_changes=edits_with_versions
            ),
            did_change_watched_files=lsp.DidChangeWatchedFilesClientCapabilities(watching),
        ),
    )


class Editor:
    """One editor with one server; each text has the version of its last edit."""

    def __init__(self, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.folder = folder
        self.messages: list[str] = []
        self.wishes: list[lsp.Registration] = []
        self.published: dict[str, list[lsp.PublishDiagnosticsParams]] = {}
        self.texts: dict[str, tuple[int, str]] = {}
        self.said: Any = None
        self._loop, self._news = loop, threading.Condition()
        self.client = LanguageClient("tests", "1")
        self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(self._take_findings())
        for name in (lsp.WINDOW_SHOW_MESSAGE, lsp.WINDOW_LOG_MESSAGE):
            self.client.feature(name)(self._take_message())

        self.client.feature(lsp.CLIENT_REGISTER_CAPABILITY)(self._take_wish())

    def _take_wish(self) -> Any:
        def take(params: lsp.RegistrationParams) -> None:
            with self._news:
                self.wishes += params.registrations
                self._news.notify_all()

        return take

    def _take_findings(self) -> Any:
        def take(params: lsp.PublishDiagnosticsParams) -> None:
            with self._news:
                self.published.setdefault(params.uri, []).append(params)
                self._news.notify_all()

        return take

    def _take_message(self) -> Any:
        def take(params: lsp.ShowMessageParams) -> None:
            with self._news:
                self.messages.append(params.message)
                self._news.notify_all()

        return take

    def do(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def tell(self, method: str, params: Any) -> None:
        self._loop.call_soon_threadsafe(self.client.protocol.notify, method, params)

    def ask(self, method: str, params: Any) -> Any:
        async def asked() -> Any:
            return await self.client.protocol.send_request_async(method, params)

        return self.do(asked())

    def uri(self, name: str) -> str:
        return name if ":" in name else (self.folder / name).as_uri()

    def open(self, name: str, text: str, language: str = "python") -> list[lsp.Diagnostic]:
        """Opens a text, and gives what is found in it."""
        uri = self.uri(name)
        self.texts[uri] = (1, text)
        item = lsp.TextDocumentItem(uri, language, 1, text)
        self.tell(lsp.TEXT_DOCUMENT_DID_OPEN, lsp.DidOpenTextDocumentParams(item))
        return self.found(name)

    def edit(self, name: str, *changes: Any) -> list[lsp.Diagnostic]:
        """Sends edits, and gives what is found then; the caller keeps the text."""
        uri = self.uri(name)
        version = self.texts[uri][0] + 1
        self.texts[uri] = (version, "")
        named = lsp.VersionedTextDocumentIdentifier(version, uri)
        params = lsp.DidChangeTextDocumentParams(named, list(changes))
        self.tell(lsp.TEXT_DOCUMENT_DID_CHANGE, params)
        return self.found(name)

    def rewrite(self, name: str, text: str) -> list[lsp.Diagnostic]:
        return self.edit(name, lsp.TextDocumentContentChangeWholeDocument(text))

    def close(self, name: str) -> None:
        identifier = lsp.TextDocumentIdentifier(self.uri(name))
        self.tell(lsp.TEXT_DOCUMENT_DID_CLOSE, lsp.DidCloseTextDocumentParams(identifier))

    def found(self, name: str) -> list[lsp.Diagnostic]:
        """What was found in the text as it is now."""
        uri = self.uri(name)
        return list(self.wait(lambda: self._now(uri)))

    def _now(self, uri: str) -> list[lsp.Diagnostic] | None:
        last = self.published.get(uri, [])[-1:]
        fits = last and last[0].version == self.texts[uri][0]
        return list(last[0].diagnostics) if fits else None

    def wait(self, news: Any) -> Any:
        """Waits until something is there that is not `None`."""
        with self._news:
            assert self._news.wait_for(lambda: news() is not None, PATIENCE), self.messages
            return news()

    def wait_for_codes(self, name: str, *codes: str) -> None:
        """Waits until just these codes are reported in a text."""

        def same() -> bool | None:
            last = self.published.get(self.uri(name), [])[-1:]
            return True if last and [d.code for d in last[0].diagnostics] == [*codes] else None

        self.wait(same)

    def hover(self, name: str, line: int, character: int) -> str | None:
        """What is told at a place."""
        place = lsp.Position(line, character)
        params = lsp.HoverParams(lsp.TextDocumentIdentifier(self.uri(name)), place)
        hover = self.ask(lsp.TEXT_DOCUMENT_HOVER, params)
        return hover.contents.value if hover else None

    def actions(
        self, name: str, at: lsp.Range | None = None, only: Sequence[str] | None = None
    ) -> list[lsp.CodeAction]:
        """What is offered in a range, or in all of a text."""
        at = at or lsp.Range(lsp.Position(0, 0), lsp.Position(10_000, 0))
        context = lsp.CodeActionContext([], only)
        identifier = lsp.TextDocumentIdentifier(self.uri(name))
        params = lsp.CodeActionParams(identifier, at, context)
        return list(self.ask(lsp.TEXT_DOCUMENT_CODE_ACTION, params) or ())


@contextmanager
def editor(folder: Path, can: lsp.ClientCapabilities | None = None) -> Iterator[Editor]:
    """An editor that has a folder open; at the end it says goodbye."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    one = Editor(folder, loop)
    try:
        one.do(one.client.start_io(sys.executable, "-m", "sparkguard", "server"))
        hello = lsp.InitializeParams(capabilities=can or abilities(), root_uri=folder.as_uri())
        one.said = one.ask(lsp.INITIALIZE, hello)
        one.tell(lsp.INITIALIZED, lsp.InitializedParams())
        yield one
        one.ask(lsp.SHUTDOWN, None)
        one.tell(lsp.EXIT, None)
        one.do(one.client.stop())  # type: ignore[no-untyped-call]
        assert one.client._server is not None
        assert one.client._server.returncode == 0
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def applied(text: str, edits: Sequence[lsp.TextEdit], encoding: str = "utf-16") -> str:
    """The text with the edits of an action made, as an editor makes them."""
    from sparkguard.server.positions import Units

    units = Units(encoding)
    for edit in sorted(edits, key=lambda each: each.range.start, reverse=True):
        change = lsp.TextDocumentContentChangePartial(edit.range, edit.new_text)
        text = units.changed(text, change)
    return text


def edits_of(action: lsp.CodeAction) -> dict[str, list[lsp.TextEdit]]:
    """The edits of an action, by the text that they change."""
    assert action.edit is not None
    found = {uri: list(each) for uri, each in (action.edit.changes or {}).items()}
    for change in action.edit.document_changes or ():
        assert isinstance(change, lsp.TextDocumentEdit)
        found[change.text_document.uri] = [e for e in change.edits if isinstance(e, lsp.TextEdit)]
    return found
