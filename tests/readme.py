"""Writes the parts of the README that come from the program: the table of rules and the picture."""

from __future__ import annotations

import html
import io
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from sparkguard import catalog
from sparkguard.model import Rule

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "report.svg"
COMMAND = ("sparkguard", "check", "fixtures/image_vectorizer")
WIDTH = 110
_TABLE = re.compile(r"(?<=<!-- rules: begin -->\n).*?(?=<!-- rules: end -->)", re.DOTALL)


def renewed(text: str) -> str:
    """The README with the table of rules as it must be; it stands between two comments."""
    return _TABLE.sub(lambda _: "".join(f"{row}\n" for row in rows(catalog.rules())), text)


def picture() -> str:
    """The real report of the starting case, as a terminal shows it, as an SVG."""
    done = subprocess.run(
        [sys.executable, "-m", *COMMAND],
        cwd=ROOT,
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    console = Console(record=True, width=WIDTH, file=io.StringIO(), color_system="truecolor")
    console.print(Text(f"$ {' '.join(COMMAND)}\n"), Text.from_ansi(done.stdout))
    return console.export_svg(title="sparkguard", unique_id="sparkguard")


def words(svg: str) -> str:
    """What a picture shows, however the version of rich at hand draws it."""
    return html.unescape("\n".join(re.findall(r"<text[^>]*>(.*?)</text>", svg)))


def rows(rules: Sequence[Rule], folder: str = "rules/") -> Iterator[str]:
    """A table of rules, each with a link to its page.

    Args:
        rules: The rules.
        folder: Where the pages lie, seen from the table.
    """
    yield "| rule | severity | finds | programs on its page |"
    yield "|---|---|---|---|"
    for rule in rules:
        page = catalog.page(rule)
        name = f"[{rule.code}]({folder}{Path(page.file).name}) {rule.name}"
        yield f"| {name} | {rule.severity.value} | {rule.summary} | {_programs(page)} |"


def _programs(page: catalog.Page) -> str:
    """How many programs stand in each section: `12 bad, 8 good, 5 limits`."""
    count = Counter(example.section.lower().removeprefix("known ") for example in page.examples)
    return ", ".join(f"{number} {section}" for section, number in count.items())


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")
