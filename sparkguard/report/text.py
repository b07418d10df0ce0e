"""Findings for people: each as a frame around its code, in colour where there is a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from sparkguard.report import View, payload
from sparkguard.report.frame import Line, Piece, Style, frame
from sparkguard.report.summary import closing_line
from sparkguard.result import CheckResult, ProbeResult

PIPE_COLUMNS = 400
"""The longest code line that is shown whole where there is no terminal to say how wide it is."""
MIN_COLUMNS = 40

COLOURS: dict[Style, str] = {
    "plain": "",
    "error": "bold red",
    "warning": "bold yellow",
    "strong": "bold",
    "gutter": "blue",
    "context": "cyan",
    "help": "bold green",
}


def write(result: CheckResult, out: TextIO, view: View) -> None:
    """Write the findings; see `sparkguard.report.write`."""
    write_lines(layout(result, view.columns or PIPE_COLUMNS, view.quiet), out, view)


def write_lines(lines: Iterator[Line], out: TextIO, view: View) -> None:
    """Write lines of styled pieces, in colour where that is understood."""
    if view.colour:
        _write_coloured(lines, out)
        return
    for line in lines:
        out.write("".join(piece.text for piece in line).rstrip() + "\n")


def layout(result: CheckResult, columns: int, quiet: bool = False) -> Iterator[Line]:
    """The whole report as lines of styled pieces, a blank line after each finding."""
    for diagnostic in result.diagnostics:
        gutter = len(str(max(label.span.end.line for label in diagnostic.labels))) + len(" | ")
        yield from frame(diagnostic, result.texts.get, max(MIN_COLUMNS, columns - gutter))
        yield ()
    if isinstance(result, ProbeResult):
        yield from payload.lines(result)
    if not quiet:
        severity: Style = "help" if not result.diagnostics else "strong"
        yield (Piece(closing_line(result), severity),)


def _write_coloured(lines: Iterator[Line], out: TextIO) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=out, force_terminal=True, color_system="standard", no_color=False)
    for line in lines:
        text = Text.assemble(*((piece.text, COLOURS[piece.style]) for piece in line))
        console.print(text, soft_wrap=True, highlight=False)
