"""The server as editors see it: a real client, a real process, their pipes between them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from sparkguard import catalog
from tests.server.editor import Editor, abilities, applied, editor, edits_of
from tests.test_fixer import FIXED, PRICES

CLEAN = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
length = udf(lambda text: len(text), "int")
"""
BAD = CLEAN.replace("len(text)", "spark.range(3).count()")
HOLDER = """\
class Holder:
    def __init__(self, spark):
        self.name = "holder"

    def length(self, text):
        return len(text)
"""
USER = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

from holder import Holder

holder = Holder(SparkSession.builder.getOrCreate())
length = udf(lambda text: holder.length(text), "int")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with editor(tmp_path_factory.mktemp("workspace")) as one:
        yield one


@pytest.fixture
def at_work(server: Editor, tmp_path: Path) -> Iterator[Editor]:
    """An editor with a project of its own open; what it opened is closed in the end."""
    (tmp_path / "pyproject.toml").touch()
    server.folder = tmp_path
    server.messages.clear()
    yield server
    for uri in server.texts:
        if not uri.startswith("cell:"):
            server.close(uri)
    server.texts.clear()


def at(line: int, start: int, end: int) -> lsp.Range:
    return lsp.Range(lsp.Position(line, start), lsp.Position(line, end))


def change(line: int, start: int, end: int, text: str) -> lsp.TextDocumentContentChangePartial:
    return lsp.TextDocumentContentChangePartial(at(line, start, end), text)


# Findings


def test_a_capture_is_reported_while_it_is_typed(at_work: Editor) -> None:
    assert at_work.open("job.py", CLEAN) == []
    (found,) = at_work.edit("job.py", change(4, 26, 35, "spark.range(3).count()"))
    assert found.range == at(4, 26, 31)
    assert found.severity == lsp.DiagnosticSeverity.Error
    assert (found.source, found.code) == ("sparkguard", "SG101")
    assert found.message.startswith("the lambda ships `spark`, a SparkSession")
    assert "path: <lambda> -> spark (SparkSession)" in found.message
    assert "SPARK-5063" in found.message
    rule = catalog.find("SG101")
    assert rule is not None
    assert found.code_description == lsp.CodeDescription(catalog.page(rule).url)
    assert at_work.edit("job.py", change(4, 26, 48, "len(text)")) == []


def test_related_places_tell_the_path(at_work: Editor) -> None:
    (found,) = at_work.open("job.py", BAD)
    related = [
        (each.location.uri, each.location.range.start.line, each.message)
        for each in found.related_information or ()
    ]
    uri = at_work.uri("job.py")
    assert related == [(uri, 4, "shipped by this call"), (uri, 3, "a SparkSession, bound here")]


def test_what_is_not_saved_counts_wherever_it_is_open(at_work: Editor) -> None:
    (at_work.folder / "holder.py").write_text(HOLDER, encoding="utf-8")
    assert at_work.open("job.py", USER) == []
    assert at_work.open("holder.py", HOLDER) == []
    at_work.edit("holder.py", change(2, 8, 28, "self.session = spark"))
    at_work.wait_for_codes("job.py", "SG103")
    related = at_work.published[at_work.uri("job.py")][-1].diagnostics[0].related_information
    assert at_work.uri("holder.py") in {each.location.uri for each in related or ()}
    at_work.close("holder.py")
    del at_work.texts[at_work.uri("holder.py")]
    at_work.wait_for_codes("job.py")


def test_a_file_that_is_not_there_yet_is_checked(at_work: Editor) -> None:
    assert [each.code for each in at_work.open("new/job.py", BAD)] == ["SG101"]
    assert not (at_work.folder / "new").exists()


def test_a_text_without_a_file_is_checked(at_work: Editor) -> None:
    (found,) = at_work.open("untitled:Untitled-1", BAD)
    assert found.code == "SG101"
    assert [each.location.uri for each in found.related_information or ()] == [
        "untitled:Untitled-1"
    ] * 2


def test_another_language_is_left_alone(at_work: Editor) -> None:
    item = lsp.TextDocumentItem(at_work.uri("page.md"), "markdown", 1, BAD)
    at_work.tell(lsp.TEXT_DOCUMENT_DID_OPEN, lsp.DidOpenTextDocumentParams(item))
    at_work.open("job.py", CLEAN)
    assert at_work.uri("page.md") not in at_work.published


def test_a_file_outside_the_workspace_has_the_settings_around_it(
    at_work: Editor, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "sparkguard.toml").write_text('ignore = ["SG101"]\n', encoding="utf-8")
    assert at_work.open((elsewhere / "job.py").as_uri(), BAD) == []
    assert [each.code for each in at_work.open("job.py", BAD)] == ["SG101"]


def test_closing_takes_the_findings_away(at_work: Editor) -> None:
    assert at_work.open("job.py", BAD)
    at_work.close("job.py")
    at_work.wait_for_codes("job.py")


def test_what_does_not_parse_yet_is_one_finding(at_work: Editor) -> None:
    assert at_work.open("job.py", BAD)
    (found,) = at_work.edit("job.py", change(4, 9, 13, "udf(("))
    assert found.code == "SG002"
    (found,) = at_work.edit("job.py", change(4, 9, 14, "udf("))
    assert found.code == "SG101"


def test_a_suppression_that_silences_nothing_is_shown_as_unnecessary(at_work: Editor) -> None:
    (found,) = at_work.open("job.py", CLEAN + "x = 1  # sparkguard: ignore[SG103]\n")
    assert (found.code, found.severity) == ("SG001", lsp.DiagnosticSeverity.Warning)
    assert list(found.tags or ()) == [lsp.DiagnosticTag.Unnecessary]


# Settings


def test_the_settings_are_those_of_the_project_and_may_change(at_work: Editor) -> None:
    settings = at_work.folder / "pyproject.toml"
    settings.write_text('[tool.sparkguard]\nignore = ["SG101"]\n', encoding="utf-8")
    assert at_work.open("job.py", BAD) == []
    settings.write_text('[tool.sparkguard]\nexclude = ["other/"]\n', encoding="utf-8")
    changed = lsp.FileEvent(settings.as_uri(), lsp.FileChangeType.Changed)
    at_work.tell(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, lsp.DidChangeWatchedFilesParams([changed]))
    at_work.wait_for_codes("job.py", "SG101")
    assert at_work.open("other/job.py", BAD) == []


def test_settings_that_cannot_be_followed_are_told_once(at_work: Editor) -> None:
    settings = '[tool.sparkguard]\nselekt = ["SG101"]\n'
    (at_work.folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    assert at_work.open("job.py", BAD)
    assert at_work.rewrite("job.py", CLEAN) == []
    (said,) = at_work.messages
    assert "unknown key `selekt`, did you mean `select`?" in said


def test_an_editor_that_can_is_asked_to_tell_of_changed_files(tmp_path: Path) -> None:
    with editor(tmp_path, abilities(watching=True)) as one:
        (wish,) = one.wait(lambda: one.wishes or None)
        assert wish.method == lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
        watched = {each["globPattern"] for each in wish.register_options["watchers"]}
        assert {"**/*.py", "**/pyproject.toml"} <= watched


# Positions


@pytest.mark.parametrize(("encoding", "start"), [("utf-8", 36), ("utf-16", 34), ("utf-32", 33)])
def test_columns_are_counted_as_was_agreed(encoding: str, start: int, tmp_path: Path) -> None:
    text = BAD.replace("lambda text: ", 'lambda text, s="\N{SNAKE}": ')
    with editor(tmp_path, abilities(encoding)) as one:
        assert one.said.capabilities.position_encoding == encoding
        (found,) = one.open("job.py", text)
        assert found.range == at(4, start, start + 5)
        assert one.edit("job.py", change(4, start, start + 22, "len(text)")) == []


def test_an_editor_that_says_nothing_counts_utf_16(server: Editor) -> None:
    assert server.said.capabilities.position_encoding == "utf-16"


def test_a_form_feed_ends_no_line(at_work: Editor) -> None:
    text = f"\f\n# \u2028 \x0b\n{CLEAN}"
    assert at_work.open("job.py", text) == []
    (found,) = at_work.edit("job.py", change(6, 26, 35, "spark.range(3).count()"))
    assert found.range == at(6, 26, 31)


def test_lines_may_end_as_on_windows(at_work: Editor) -> None:
    (found,) = at_work.open("job.py", BAD.replace("\n", "\r\n"))
    assert found.range == at(4, 26, 31)


# Hover


def test_a_finding_is_explained_where_it_stands(at_work: Editor) -> None:
    at_work.open("job.py", BAD)
    told = at_work.hover("job.py", 4, 28)
    assert told is not None
    assert told.startswith("```text\nthe lambda ships `spark`")
    assert "# SG101: captured-session" in told
    assert "## Why it fails" in told
    assert "## Bad" not in told
    assert at_work.hover("job.py", 0, 0) is None


def test_a_code_in_a_comment_is_explained(at_work: Editor) -> None:
    line = "x = 1  # sparkguard: ignore[SG103]\n"
    at_work.open("job.py", CLEAN + line)
    assert "# SG103: captured-self" in (at_work.hover("job.py", 5, 30) or "")
    assert at_work.hover("job.py", 99, 0) is None


def test_an_editor_without_markdown_is_told_in_plain_text(tmp_path: Path) -> None:
    with editor(tmp_path, abilities(markdown=False)) as one:
        one.open("job.py", BAD)
        assert (one.hover("job.py", 4, 28) or "").startswith("the lambda ships `spark`")


# Actions


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_repair_is_the_preferred_quick_fix(at_work: Editor, end: str) -> None:
    before, after = PRICES.replace("\n", end), FIXED.replace("\n", end)
    (found,) = at_work.open("job.py", before)
    fix, silence = at_work.actions("job.py", found.range)
    assert fix.kind == lsp.CodeActionKind.QuickFix
    assert fix.is_preferred
    assert not silence.is_preferred
    assert [each.code for each in fix.diagnostics or ()] == ["SG103"]
    text = applied(before, edits_of(fix)[at_work.uri("job.py")])
    assert text == after
    assert at_work.rewrite("job.py", text) == []


def test_an_edit_is_for_the_version_that_was_checked(at_work: Editor) -> None:
    at_work.open("job.py", CLEAN)
    at_work.rewrite("job.py", PRICES)
    fix, _ = at_work.actions("job.py")
    assert fix.edit
    (changed,) = fix.edit.document_changes or ()
    assert isinstance(changed, lsp.TextDocumentEdit)
    assert changed.text_document.version == 2


def test_an_editor_that_knows_no_versions_gets_plain_edits(tmp_path: Path) -> None:
    with editor(tmp_path, abilities(edits_with_versions=False)) as one:
        one.open("job.py", PRICES)
        fix, _ = one.actions("job.py")
        assert fix.edit
        assert not fix.edit.document_changes
        assert list(fix.edit.changes or ()) == [one.uri("job.py")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_all_safe_repairs_are_those_of_the_command_line(at_work: Editor, end: str) -> None:
    twice = (PRICES + PRICES.replace("Prices", "Fees").partition("\n\n")[2]).replace("\n", end)
    at_work.open("job.py", twice)
    (all_safe,) = at_work.actions("job.py", only=["source.fixAll"])
    assert all_safe.kind == "source.fixAll.sparkguard"
    file = at_work.folder / "fixed.py"
    file.write_bytes(twice.encode())
    command = [sys.executable, "-m", "sparkguard", "check", "--fix", "--isolated", str(file)]
    subprocess.run(command, check=False, capture_output=True)
    text = applied(twice, edits_of(all_safe)[at_work.uri("job.py")])
    assert text.encode() == file.read_bytes() != twice.encode()
    assert at_work.actions("job.py", only=["refactor"]) == []


def test_where_nothing_can_be_repaired_nothing_is_offered(at_work: Editor) -> None:
    at_work.open("job.py", BAD.replace("range(3)", "range(text)"))
    assert [each.title for each in at_work.actions("job.py")] == ["silence SG101 here"]
    assert at_work.actions("job.py", only=["source.fixAll"]) == []
    assert at_work.actions("job.py", at(0, 0, 0)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('count(), "int")', 'count(), "int")  # sparkguard: ignore[SG101]'),
        ('count(), "int")  # why', 'count(), "int")  # why  # sparkguard: ignore[SG101]'),
        (
            'count(), "int")  # sparkguard: ignore[SG103] why',
            'count(), "int")  # sparkguard: ignore[SG103, SG101] why',
        ),
        (
            'count(), """\nint""")',
            'count(), """\nint""")  # sparkguard: ignore[SG101]',
        ),
        ('count(), \\\n"int")', 'count(), \\\n"int")  # sparkguard: ignore[SG101]'),
    ],
)
def test_a_comment_silences_where_one_can_stand(at_work: Editor, before: str, after: str) -> None:
    text = BAD.replace('count(), "int")', before)
    at_work.open("job.py", text)
    (silence,) = (each for each in at_work.actions("job.py") if each.title == "silence SG101 here")
    silenced = applied(text, edits_of(silence)[at_work.uri("job.py")])
    assert silenced == BAD.replace('count(), "int")', after)
    assert "SG101" not in [each.code for each in at_work.rewrite("job.py", silenced)]


def test_a_comment_may_stand_at_the_call_that_ships(at_work: Editor) -> None:
    text = BAD.replace("udf(lambda text: ", 'udf(\n    lambda text: """\n""" and ')
    assert 'lambda text: """\n""" and spark' in text
    at_work.open("job.py", text)
    *_, silence = at_work.actions("job.py")
    silenced = applied(text, edits_of(silence)[at_work.uri("job.py")])
    assert at_work.rewrite("job.py", silenced) == []


# Hostile text


@pytest.mark.parametrize(
    "text",
    [
        BAD + "\0",
        BAD + "x = '\ud800'\n",
        BAD + "x = " + "(" * 5_000 + ")" * 5_000,
        "\ufeff" + BAD,
        BAD.replace("spark", "spark" * 20_000),
    ],
    ids=["null", "half", "deep", "mark", "long"],
)
def test_odd_text_does_not_stop_the_server(at_work: Editor, text: str) -> None:
    at_work.open("job.py", text)
    assert [each.code for each in at_work.rewrite("job.py", BAD)] == ["SG101"]
    assert at_work.messages == []


def test_what_would_steer_a_terminal_is_shown(at_work: Editor) -> None:
    text = BAD.replace("lambda text", "lambda text, **k").replace(
        "spark.range(3).count()", 'spark["\x1b[31m\u202e```<b>"]'
    )
    (found,) = at_work.open("job.py", text)
    told = at_work.hover("job.py", *(found.range.start.line, found.range.start.character)) or ""
    for said in (found.message, told.partition("---")[0]):
        assert "\x1b" not in said
        assert "\u202e" not in said
    assert told.count("```") % 2 == 0


@pytest.mark.parametrize("uri", ["file:///%00/job.py", "git:/a/job.py?ref", "x:", "file:///"])
def test_odd_addresses_do_not_stop_the_server(at_work: Editor, uri: str) -> None:
    item = lsp.TextDocumentItem(uri, "python", 1, BAD)
    at_work.tell(lsp.TEXT_DOCUMENT_DID_OPEN, lsp.DidOpenTextDocumentParams(item))
    assert [each.code for each in at_work.open("job.py", BAD)] == ["SG101"]
    at_work.close(uri)


def test_what_is_not_open_has_no_findings_and_no_actions(at_work: Editor) -> None:
    assert at_work.hover("nowhere.py", 0, 0) is None
    assert at_work.actions("nowhere.py") == []
    nowhere = lsp.VersionedTextDocumentIdentifier(2, at_work.uri("nowhere.py"))
    edit = lsp.DidChangeTextDocumentParams(nowhere, [change(0, 0, 0, "x")])
    at_work.tell(lsp.TEXT_DOCUMENT_DID_CHANGE, edit)
    assert [each.code for each in at_work.open("job.py", BAD)] == ["SG101"]


# The process


def server_without_editor(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sparkguard", "server", "--stdio"],
        input="",
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=False,
    )


def test_an_editor_that_is_gone_ends_the_server(tmp_path: Path) -> None:
    done = server_without_editor(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


def test_without_pygls_one_line_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "pygls.py").write_text("raise ImportError\n", encoding="utf-8")
    done = server_without_editor(tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "sparkguard: the language server needs pygls 2: `pip install 'sparkguard[server]'`\n"
    )
