"""Findings as one HTML file that needs no other: summary, filter, code frames, capture paths."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TextIO

from sparkguard import __version__
from sparkguard.diagnostic import Captured, Diagnostic
from sparkguard.report.frame import Line, Sources, frame
from sparkguard.report.html_payload import payload_article
from sparkguard.report.markup import code, keyed, text
from sparkguard.report.summary import closing_line
from sparkguard.result import CheckResult, ProbeResult

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
    if isinstance(result, ProbeResult):
        for payload in result.payloads:
            yield from payload_article(payload, payload in result.heavy)
        yield from (f'<p class="note">{text(remark)}</p>' for remark in result.remarks)
    yield f"</main>\n<footer>sparkguard {__version__}</footer>"
    yield f"<script>{script}</script>\n</body>\n</html>"


def _policy(style: str, script: str) -> str:
    """Nothing but this style and this script counts, whatever else might get into the page."""
    hashes = (b64encode(sha256(each.encode()).digest()).decode() for each in (style, script))
    allowed = "style-src 'sha256-{}'; script-src 'sha256-{}'".format(*hashes)
    return f"default-src 'none'; {allowed}"


def _header(result: CheckResult) -> Iterator[str]:
    state = "found" if result.diagnostics or result.problems else "clean"
    yield f'<header>\n<h1>sparkguard</h1>\n<p class="{state}">{text(closing_line(result))}</p>'
    if result.diagnostics:
        yield from _filter(result.diagnostics)
    yield "</header>"


def _filter(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Shown by the script, which it needs."""
    yield '<form id="filter" hidden>'
    words = "words, a path, a rule"
    yield f'<input type="search" placeholder="{words}" aria-label="show findings with {words}">'
    for (rule, name), count in sorted(Counter((d.code, d.name) for d in diagnostics).items()):
        box = f'<input type="checkbox" value="{text(rule)}" checked>'
        yield f"<label>{box} {text(rule)} {text(name)} <b>{count}</b></label>"
    yield '<output aria-live="polite"></output>\n</form>'


def _problem(words: str) -> str:
    return f'<p class="problem">{text(words)}</p>'


def _finding(diagnostic: Diagnostic, sources: Sources) -> Iterator[str]:
    severity, rule = diagnostic.severity.value, text(diagnostic.code)
    yield f'<article class="{severity}" data-code="{rule}">'
    yield f"<h2><span>{severity}</span> {rule} <em>{text(diagnostic.name)}</em></h2>"
    yield f'<p class="message">{code(diagnostic.message)}</p>'
    if diagnostic.capture:
        yield from _path(diagnostic.capture)
    bare = replace(diagnostic, notes=(), help="", fix=None)
    _, *lines = frame(bare, sources, COLUMNS)
    yield f'<pre tabindex="0">{"".join(map(_line, lines))}</pre>'
    notes = [note for note in diagnostic.notes if not note.startswith("path: ")]
    yield from (f'<p class="note">{keyed(note)}</p>' for note in notes)
    if diagnostic.help:
        yield f'<p class="help">{keyed(f"help: {diagnostic.help}")}</p>'
    if diagnostic.fix:
        yield f'<p class="help">{keyed(f"fix: {diagnostic.fix.title}")}</p>'
    yield "</article>"


def _path(capture: Captured) -> Iterator[str]:
    """The steps from the function to what it must not take along, in a row."""
    yield '<ol class="path" aria-label="capture path">'
    yield from (f"<li><code>{text(step)}</code></li>" for step in capture.path)
    if capture.type:
        yield f'<li class="type">{text(capture.type)}</li>'
    yield "</ol>"


def _line(line: Line) -> str:
    return "".join(f'<i class="{piece.style}">{text(piece.text)}</i>' for piece in line) + "\n"
