"""Every rule, its page in Markdown, and the programs that stand on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

from sparkguard.checks import RULES
from sparkguard.model import Rule
from sparkguard.targets import Target

SITE = "https://example.org/sparkguard/"
"""Where `nox -s docs` is published; until it is, the address that stands for one."""
_HERE = Path(__file__).parent
_FOLDER = _HERE / "rules" if (_HERE / "rules").is_dir() else _HERE.parent / "rules"

_PART = re.compile(
    r"^## (?P<section>[^\n]+)$|^```(?P<fence>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
_SETTINGS = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^# file: (?P<name>[\w./-]+)\n", re.MULTILINE)
EXPECTATION = re.compile(
    r"# (?P<kind>error|warning|raises|returns)(?P<connect> on Connect)?: (?P<words>.+?)(?=  # |$)",
    re.MULTILINE,
)
SCRIPT = "job.py"

Kind = Literal["error", "warning", "raises", "returns"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a comment of a program says.

    Args:
        kind: `error` and `warning` speak of the check, `raises` and `returns` of Spark.
        words: A rule's code, words of Spark's error, or a Python literal.
        line: The line of the page that the comment stands on.
        target: The Spark that is meant; `connect` only where the comment says so.
    """

    kind: Kind
    words: str
    line: int
    target: Target


@dataclass(frozen=True, slots=True)
class Example:
    """A program on a rule's page.

    Args:
        section: The heading it stands under, `Bad`.
        code: The block as it is written.
        line: The line of the page that the block's first line of code stands on.
        files: Name and text of each file, padded so that line numbers are the page's own; the last
            one is the script that has `main(spark)`.
        expectations: What its comments say.
        settings: The `sparkguard.toml` of the page, which its programs are checked under.
    """

    section: str
    code: str
    line: int
    files: tuple[tuple[str, str], ...]
    expectations: tuple[Expectation, ...]
    settings: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A rule's page: `text` is Markdown, `file` its place in the project, `url` on the site."""

    rule: Rule
    text: str
    file: str
    url: str
    examples: tuple[Example, ...]


def rules() -> tuple[Rule, ...]:
    """Every rule, by code."""
    return RULES


def find(code_or_name: str) -> Rule | None:
    """The rule of a code or a name, `SG103` or `captured-self`, in any case of letters."""
    wanted = code_or_name.strip().lower()
    return next((rule for rule in RULES if wanted in (rule.code.lower(), rule.name)), None)


@cache
def page(rule: Rule) -> Page:
    """The page of a rule.

    Raises:
        FileNotFoundError: The installation is broken: the pages are not in it.
    """
    name = f"{rule.code}-{rule.name}"
    text = (_FOLDER / f"{name}.md").read_text(encoding="utf-8")
    return Page(rule, text, f"rules/{name}.md", f"{SITE}rules/{name}/", tuple(examples(text)))


def examples(text: str) -> Iterator[Example]:
    """The programs of a page: its `python` blocks, and `text` blocks that say what is expected."""
    section, settings = "", "".join(_SETTINGS.findall(text))
    for part in _PART.finditer(text):
        section = part["section"] or section
        code = part["code"] or ""
        line = text.count("\n", 0, part.start()) + 2
        said = tuple(expectations(code, line))
        if part["fence"] == "python" or (part["fence"] == "text" and said):
            yield Example(section, code, line, tuple(_files(code, line)), said, settings)


def expectations(code: str, first: int = 1) -> Iterator[Expectation]:
    """What the comments of a program say; `first` is the number of its first line."""
    for number, line in enumerate(code.splitlines(), first):
        for said in EXPECTATION.finditer(line):
            target: Target = "connect" if said["connect"] else "classic"
            yield Expectation(cast(Kind, said["kind"]), said["words"], number, target)


def _files(code: str, first: int) -> Iterator[tuple[str, str]]:
    unnamed, *parts = _FILE.split(code)
    if not parts:
        yield SCRIPT, "\n" * (first - 1) + unnamed
    line = first + unnamed.count("\n")
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        yield name, "\n" * line + text
        line += 1 + text.count("\n")
