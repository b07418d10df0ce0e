"""The reports: a module for each output format, which writes the answer of a check in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from msgspec import Struct

from sparkguard.config import OutputFormat
from sparkguard.result import CheckResult

PageUrl = Callable[[str], str]
"""The address of the page of a rule, by its code."""


class View(Struct, frozen=True):
    """How a report for people is looked at.

    Args:
        columns: The width of the terminal, in cells; `None` where there is none.
        colour: Whether colours are understood.
        quiet: Whether to leave out the closing line.
        statistics: Whether to count what each rule found instead of showing it.
    """

    columns: int | None = None
    colour: bool = False
    quiet: bool = False
    statistics: bool = False


def write(
    kind: OutputFormat, result: CheckResult, out: TextIO, page_url: PageUrl, view: View
) -> None:
    """Write a report; only the module of its format is imported.

    Args:
        kind: The format.
        result: What to write.
        out: Where to.
        page_url: For the formats that link to pages.
        view: For the formats that people read.
    """
    if view.statistics:
        from sparkguard.report import statistics

        if kind in statistics.FORMATS:
            statistics.write(kind, result, out, view)
            return
    _for_programs(kind, result, out, page_url)
    _for_people(kind, result, out, view)


def _for_programs(kind: OutputFormat, result: CheckResult, out: TextIO, page_url: PageUrl) -> None:
    match kind:
        case "json":
            from sparkguard.report import json

            json.write(result, out, page_url)
        case "github":
            from sparkguard.report import github

            github.write(result, out, page_url)
        case "sarif":
            from sparkguard.report import sarif

            sarif.write(result, out, page_url)
        case "gitlab":
            from sparkguard.report import gitlab

            gitlab.write(result, out)
        case "junit":
            from sparkguard.report import junit

            junit.write(result, out)


def _for_people(kind: OutputFormat, result: CheckResult, out: TextIO, view: View) -> None:
    match kind:
        case "html":
            from sparkguard.report import html

            html.write(result, out)
        case "concise":
            from sparkguard.report import concise

            concise.write(result, out, view)
        case "text":
            from sparkguard.report import text

            text.write(result, out, view)
