"""The pages of the rules and the table of them, for a terminal or for another program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TextIO

from sparkguard.model import Rule
from sparkguard.report import PageUrl


def write_page(text: str, out: TextIO, terminal: bool) -> None:
    """Write a page: its Markdown laid out on a terminal, as it stands elsewhere."""
    if not terminal:
        out.write(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(file=out).print(Markdown(text))


def write_rules(rules: Sequence[Rule], out: TextIO, kind: str, page_url: PageUrl) -> None:
    """Write the table of rules, as `text` or as `json`."""
    if kind == "json":
        table = [_record(rule, page_url(rule.code)) for rule in rules]
        out.write(json.dumps({"version": 1, "rules": table}, indent=2) + "\n")
        return
    rows = [(rule.code, rule.name, rule.severity.value, rule.summary) for rule in rules]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for *cells, summary in rows:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        out.write("  ".join([*padded, summary]) + "\n")


def _record(rule: Rule, url: str) -> dict[str, str]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "since": rule.since,
        "url": url,
    }
