"""Notebooks in the editor: each cell is a text of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from tests.server.editor import Editor, applied, editor, edits_of
from tests.server.test_server import change

SETUP = "from pyspark.sql.functions import udf\n%matplotlib inline\nrate = 3"
SHIPS = 'tag = udf(lambda text: spark.conf.get("tag") + text)'
FINE = "tag = udf(lambda text: text * rate)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with editor(tmp_path_factory.mktemp("workspace")) as one:
        yield one


@pytest.fixture(autouse=True)
def at_work(server: Editor) -> Iterator[None]:
    """Closes the notebooks of a test, one after the other with the same cells."""
    yield
    cells = [lsp.TextDocumentIdentifier(uri) for uri in server.texts if uri.startswith("cell:")]
    for name in ("job.ipynb", "Interactive-1.interactive"):
        notebook = lsp.NotebookDocumentIdentifier(server.uri(name))
        closed = lsp.DidCloseNotebookDocumentParams(notebook, cells)
        server.tell(lsp.NOTEBOOK_DOCUMENT_DID_CLOSE, closed)


def cell(number: int | str, kind: int = lsp.NotebookCellKind.Code) -> lsp.NotebookCell:
    return lsp.NotebookCell(lsp.NotebookCellKind(kind), f"cell:{number}")


def item(
    one: Editor, number: int | str, text: str, language: str = "python"
) -> lsp.TextDocumentItem:
    one.texts[f"cell:{number}"] = (1, text)
    one.published.pop(f"cell:{number}", None)
    return lsp.TextDocumentItem(f"cell:{number}", language, 1, text)


def open_notebook(one: Editor, *texts: str, name: str = "job.ipynb") -> str:
    """Opens a notebook of a title and these cells: the first of them has the number 2."""
    uri = one.uri(name)
    cells = [cell(1, lsp.NotebookCellKind.Markup), *map(cell, range(2, len(texts) + 2))]
    items = [item(one, 1, "# A title", "markdown")]
    items += [item(one, number, text) for number, text in enumerate(texts, 2)]
    notebook = lsp.NotebookDocument(uri, "jupyter-notebook", 1, cells)
    one.tell(lsp.NOTEBOOK_DOCUMENT_DID_OPEN, lsp.DidOpenNotebookDocumentParams(notebook, items))
    return uri


def change_notebook(one: Editor, uri: str, changes: lsp.NotebookDocumentCellChanges) -> None:
    named = lsp.VersionedNotebookDocumentIdentifier(2, uri)
    event = lsp.NotebookDocumentChangeEvent(cells=changes)
    params = lsp.DidChangeNotebookDocumentParams(named, event)
    one.tell(lsp.NOTEBOOK_DOCUMENT_DID_CHANGE, params)


def codes(one: Editor, number: int | str) -> list[object]:
    return [each.code for each in one.found(f"cell:{number}")]


@pytest.mark.parametrize("name", ["job.ipynb", "Interactive-1.interactive"])
def test_a_finding_is_shown_in_its_cell(server: Editor, name: str) -> None:
    uri = open_notebook(server, SETUP, SHIPS, name=name)
    assert codes(server, 2) == []
    (found,) = server.found("cell:3")
    assert found.code == "SG101"
    assert found.range.start == lsp.Position(0, 23)
    assert [each.location.uri for each in found.related_information or ()] == ["cell:3"]
    assert "SG101" in (server.hover("cell:3", 0, 24) or "")
    close = lsp.DidCloseNotebookDocumentParams(
        lsp.NotebookDocumentIdentifier(uri), [lsp.TextDocumentIdentifier("cell:3")]
    )
    server.tell(lsp.NOTEBOOK_DOCUMENT_DID_CLOSE, close)
    server.wait_for_codes("cell:3")


def test_a_cell_is_edited_repaired_and_silenced(server: Editor) -> None:
    uri = open_notebook(server, SETUP, FINE)
    assert codes(server, 3) == []
    typed = change(0, 23, 34, 'spark.conf.get("tag") + text')
    edited = lsp.NotebookDocumentCellContentChanges(
        lsp.VersionedTextDocumentIdentifier(2, "cell:3"), [typed]
    )
    server.texts["cell:3"] = (2, SHIPS)
    change_notebook(server, uri, lsp.NotebookDocumentCellChanges(text_content=[edited]))
    assert codes(server, 3) == ["SG101"]
    *_, silence = server.actions("cell:3")
    assert silence.title == "silence SG101 here"
    silenced = applied(SHIPS, edits_of(silence)["cell:3"])
    assert silenced == f"{SHIPS}  # sparkguard: ignore[SG101]"


def test_cells_are_put_in_and_taken_out(server: Editor) -> None:
    uri = open_notebook(server, SETUP, SHIPS)
    assert codes(server, 3) == ["SG101"]
    added = lsp.NotebookDocumentCellChangeStructure(
        lsp.NotebookCellArrayChange(2, 1, [cell("new"), cell("sql")]),
        did_open=[item(server, "new", "rate = 4"), item(server, "sql", "SELECT 1", "sql")],
        did_close=[lsp.TextDocumentIdentifier("cell:3")],
    )
    change_notebook(server, uri, lsp.NotebookDocumentCellChanges(structure=added))
    server.wait_for_codes("cell:3")
    assert codes(server, "new") == []
    assert codes(server, "sql") == []


def test_a_cell_that_is_no_python_yet_is_one_finding_there(server: Editor) -> None:
    open_notebook(server, SETUP, "for", SHIPS)
    assert codes(server, 3) == ["SG002"]
    assert codes(server, 4) == ["SG101"]


def test_a_repair_of_a_cell_is_an_edit_of_the_cell(server: Editor) -> None:
    prices = "class Prices:\n    def __init__(self):\n        self.spark, self.rate = spark, 2\n"
    ships = "    def add(self, df):\n        return df.rdd.map(lambda row: row * self.rate)\n"
    open_notebook(server, SETUP, prices + ships)
    assert codes(server, 3) == ["SG103"]
    for each in server.actions("cell:3"):
        assert list(edits_of(each)) == ["cell:3"]
    assert server.actions("cell:3", only=["source.fixAll"]) == []


def test_a_file_sees_no_cells(server: Editor, tmp_path: Path) -> None:
    open_notebook(server, SETUP, SHIPS)
    assert server.open((tmp_path / "job.py").as_uri(), "print(1)\n") == []
