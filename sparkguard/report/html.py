"""Findings as one HTML file that needs no other: summary, filter, code frames, capture paths."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TextIO

from sparkguard import __version__
from sparkguard.diagnostic import Captured, Diagnostic
from sparkguard.report.cells import visible
from sparkguard.report.frame import Line, Sources, frame
from sparkguard.report.summary import closing_line
from sparkguard.result import CheckResult

COLUMNS = 160
"""The longest code line that is shown whole; a narrow screen scrolls it sideways."""

_STYLE = Path(__file__).with_name("html.css")
_SCRIPT = Path(__file__).with_name("html.js")


def write(result: CheckResult, out: TextIO) -> None:
    """Write the findings; see `sparkguard.report.write`."""
    out.writelines(f"{line}\n" for line in _page(result))


def _page(result: CheckResult) -> Iterator[str]:
    style, script = (path.read_text(encoding="utf-8") for path in (_STYLE, _SCRIPT))
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">'
    yield f"<title>sparkguard report</title>\n<style>{style}</style>\n</head>\n<body>"
    yield from _header(result)
    yield "<main>"
    yield from (_problem(str(problem)) for problem in result.problems)
    for diagnostic in result.diagnostics:
        yield from _finding(diagnostic, result.texts.get)
    yield f"</main>\n<footer>sparkguard {__version__}</footer>"
    yield f"<script>{script}</script>\n</body>\n</html>"


def _policy(style: str, script: str) -> str:
    """Nothing but this style and this script counts, whatever else might get into the page."""
    hashes = (b64encode(sha256(text.encode()).digest()).decode() for text in (style, script))
    allowed = "style-src 'sha256-{}'; script-src 'sha256-{}'".format(*hashes)
    return f"default-src 'none'; {allowed}"


def _header(result: CheckResult) -> Iterator[str]:
    state = "found" if result.diagnostics or result.problems else "clean"
    yield f'<header>\n<h1>sparkguard</h1>\n<p class="{state}">{_text(closing_line(result))}</p>'
    if result.diagnostics:
        yield from _filter(result.diagnostics)
    yield "</header>"


def _filter(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Shown by the script, which it needs."""
    yield '<form id="filter" hidden>'
    words = "words, a path, a rule"
    yield f'<input type="search" placeholder="{words}" aria-label="show findings with {words}">'
    for (code, name), count in sorted(Counter((d.code, d.name) for d in diagnostics).items()):
        box = f'<input type="checkbox" value="{_text(code)}" checked>'
        yield f"<label>{box} {_text(code)} {_text(name)} <b>{count}</b></label>"
    yield '<output aria-live="polite"></output>\n</form>'


def _problem(words: str) -> str:
    return f'<p class="problem">{_text(words)}</p>'


def _finding(diagnostic: Diagnostic, sources: Sources) -> Iterator[str]:
    severity, code = diagnostic.severity.value, _text(diagnostic.code)
    yield f'<article class="{severity}" data-code="{code}">'
    yield f"<h2><span>{severity}</span> {code} <em>{_text(diagnostic.name)}</em></h2>"
    yield f'<p class="message">{_code(diagnostic.message)}</p>'
    if diagnostic.capture:
        yield from _path(diagnostic.capture)
    bare = replace(diagnostic, notes=(), help="", fix=None)
    _, *lines = frame(bare, sources, COLUMNS)
    yield f'<pre tabindex="0">{"".join(map(_line, lines))}</pre>'
    notes = [note for note in diagnostic.notes if not note.startswith("path: ")]
    yield from (f'<p class="note">{_keyed(note)}</p>' for note in notes)
    if diagnostic.help:
        yield f'<p class="help">{_keyed(f"help: {diagnostic.help}")}</p>'
    if diagnostic.fix:
        yield f'<p class="help">{_keyed(f"fix: {diagnostic.fix.title}")}</p>'
    yield "</article>"


def _path(capture: Captured) -> Iterator[str]:
    """The steps from the function to what it must not take along, in a row."""
    yield '<ol class="path" aria-label="capture path">'
    yield from (f"<li><code>{_text(step)}</code></li>" for step in capture.path)
    if capture.type:
        yield f'<li class="type">{_text(capture.type)}</li>'
    yield "</ol>"


def _line(line: Line) -> str:
    return "".join(f'<i class="{piece.style}">{_text(piece.text)}</i>' for piece in line) + "\n"


def _keyed(note: str) -> str:
    key, colon, words = note.partition(": ")
    return f"<b>{_text(key)}:</b> {_code(words)}" if colon else _code(note)


def _code(words: str) -> str:
    """Words with what stands in backticks as code."""
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return _text(words)
    marked = (f"<code>{_text(p)}</code>" if n % 2 else _text(p) for n, p in enumerate(parts))
    return "".join(marked)


def _text(words: str) -> str:
    """Words that are no markup, and steer neither the screen nor the direction of the text."""
    return escape(visible(words))
