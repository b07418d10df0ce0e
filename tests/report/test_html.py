"""The HTML report is one file, says everything, and works in a browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sparkguard.result import Problem, Summary
from tests.records import diagnostic
from tests.report.samples import BARE, FULL, written
from tests.report.test_hostile_text import HOSTILE, told

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WORDS = re.compile(r"<[^>]+>")


def test_a_finding_is_shown_with_its_path_frame_notes_and_cure() -> None:
    page = written("html", FULL, summary=Summary(files=1, ship_points=1, errors=1))
    assert "<h2><span>error</span> SG103 <em>captured-self</em></h2>" in page
    assert '<p class="message"><code>self</code> is shipped</p>' in page
    assert "<li><code>f</code></li>\n<li><code>self</code></li>\n" in page
    assert '<li class="type">pyspark.sql.SparkSession</li>' in page
    assert "2 | x = udf(self.f)\n" in WORDS.sub("", page)
    assert "<b>help:</b> copy it" in page
    assert "Found 1 error (1 file checked, 1 ship point)" in page


def test_it_needs_nothing_else() -> None:
    page = written("html", FULL, BARE)
    assert not re.search(r"(src|href)=|url\(|@import", page)
    assert "default-src 'none'" in page


def test_nothing_found_is_said_and_needs_no_filter() -> None:
    page = written("html", summary=Summary(files=2))
    assert '<p class="clean">All checks passed (2 files checked, 0 ship points)</p>' in page
    assert "<form" not in page


def test_what_could_not_be_checked_is_said() -> None:
    page = written("html", problems=(Problem("a.py", "permission denied"),))
    assert '<p class="problem">a.py: permission denied</p>' in page


def test_a_lone_backtick_is_no_code() -> None:
    assert '<p class="message">a ` b</p>' in written("html", diagnostic(message="a ` b"))


# In a browser


def opened(page: str, folder: Path, fragment: str = "") -> str:
    """The document that a browser makes of a page, after its script."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip(f"needs a browser: one of {', '.join(BROWSERS)}")
    file = folder / "report.html"
    file.write_text(page, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
    done = subprocess.run(
        [browser, *options, "--dump-dom", f"{file.as_uri()}{fragment}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("fragment", "hidden"),
    [("", []), ("#sg103%20copy", ["SG002"]), ("#no.such.words", ["SG103", "SG002"])],
)
def test_a_browser_filters(fragment: str, hidden: list[str], tmp_path: Path) -> None:
    document = opened(written("html", FULL, BARE), tmp_path, fragment)
    assert '<form id="filter">' in document
    assert re.findall(r'data-code="(\w+)" hidden="">', document) == hidden


def test_a_browser_runs_nothing_of_what_was_found(tmp_path: Path) -> None:
    page = told("html", "".join(HOSTILE.values()))
    document = opened(page, tmp_path)
    assert "<title>sparkguard report</title>" in document
    assert re.findall(r"<(script|img)\b", document) == ["script"]
