from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from sparkguard.server import checking
from sparkguard.server.checking import Checked
from sparkguard.server.session import Session
from sparkguard.source.text import SourceText
from tests.records import diagnostic


def test_what_is_opened_again_while_it_is_checked_has_its_own_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check of the first text ends when the second one is open already."""
    begun, go_on = threading.Event(), threading.Event()

    def check(source: SourceText, others: object) -> Checked:
        begun.set()
        assert go_on.wait(10)
        return Checked((diagnostic(),) if source.text == "first" else ())

    monkeypatch.setattr(checking, "check", check)
    published: list[list[lsp.Diagnostic]] = []
    uri = (tmp_path / "job.py").as_uri()

    async def main() -> None:
        session = Session(lambda _, __, found: published.append(found), lambda *_: None)
        for text in ("first", "second"):
            session.documents.open([lsp.TextDocumentItem(uri, "python", 1, text)])
            session.opened(uri)
            await asyncio.to_thread(begun.wait, 10)
            if text == "first":
                session.documents.close([uri])
                session.closed(uri)
        go_on.set()
        place = lsp.Position(0, 0)
        assert await session.hover(uri, place) is None  # it waits for the second check

    asyncio.run(main())
    assert published == [[]]
