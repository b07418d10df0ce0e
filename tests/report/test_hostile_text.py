"""Text that wants to be more than text stays text, in every format and in every place."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any, get_args

import pytest
from lxml import etree

from sparkguard.config import OutputFormat
from sparkguard.diagnostic import Applicability, Captured, Diagnostic, Edit, Fix, Label, ShippedBy
from sparkguard.report import View
from sparkguard.result import Problem
from tests.records import diagnostic, span
from tests.report.samples import FULL, written

HOSTILE = {
    "ansi": "\x1b[31mred\x1b]0;title\x07\x9b2J",
    "markup": "<img src=x onerror=alert(1)>[bold]&amp;<b>",
    "script": "</script><script>document.title = 'owned'</script>",
    "style": "</style></pre></article><!-- ]]> <![CDATA[",
    "attribute": '" onmouseover="alert(1)" \'',
    "direction": "\u202egnp.exe\u2066\u200f\ufeff",
    "command": "::error::forged",
    "commands": "word " * 30 + "::error::forged " * 9 + "##vso[task.setvariable]x ##[error]y",
    "lines": "a\n::error::forged\r\n::set-output name=x::y\u2028\u2029\x85b\x0b\x0c",
    "controls": "\x00\x01\x08\x7f\t",
    "surrogates": "caf\udce9",
    "link": "[click](https://evil.example)![x](https://evil.example)",
}
FORMATS: tuple[OutputFormat, ...] = get_args(OutputFormat)
KINDS = [(kind, name) for kind in FORMATS for name in HOSTILE]


def hostile(text: str) -> Diagnostic:
    """A finding with a text in every place that words of a project can get into."""
    first, second = span("1:1", "1:9", path=text), span("1:2", path=f"b{text}", cell=2)
    return diagnostic(
        Label(first, text, primary=True),
        Label(second, text),
        message=text,
        notes=(f"path: {text}", text),
        help=text,
        ship_point=ShippedBy("pyspark.sql.functions.udf", text, first),
        capture=Captured((text, text), text),
        fix=Fix(text, (Edit(first, text),), Applicability.SAFE),
    )


def told(kind: OutputFormat, text: str, view: View | None = None) -> str:
    texts = {text: text * 3, f"b{text}:cell 2": text}
    problems = (Problem(text, text),)
    return written(kind, hostile(text), FULL, texts=texts, problems=problems, view=view)


@pytest.mark.parametrize(("kind", "name"), KINDS)
def test_a_report_steers_nothing(kind: OutputFormat, name: str) -> None:
    said = told(kind, HOSTILE[name])
    said.encode("utf-8")
    bad = {char for char in said if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert bad <= {"\n"}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    ("kind", "columns"), [("text", None), ("text", 60), ("concise", None), ("github", None)]
)
def test_no_line_is_a_command_of_a_workflow(
    kind: OutputFormat, columns: int | None, name: str
) -> None:
    said = told(kind, HOSTILE[name], View(columns, quiet=True))
    assert "##vso[" not in said
    assert "##[" not in said
    lines = [line.lstrip() for line in said.splitlines()]
    commands = [line for line in lines if line.startswith("::") and "::" in line[2:]]
    expected = 2 if kind == "github" else 0
    assert len([line for line in commands if not line.startswith("::: ")]) == expected
    if kind == "github":
        assert len(lines) == expected
        assert all(line.startswith("::error file=") for line in lines)


@pytest.mark.parametrize("name", HOSTILE)
def test_programs_get_the_name_of_the_file_as_it_is(name: str) -> None:
    text = HOSTILE[name]
    found = json.loads(told("json", text))["diagnostics"][0]
    assert (found["path"], found["message"]) == (text, text)
    assert found["fix"]["edits"][0]["text"] == text
    assert json.loads(told("gitlab", text))[0]["location"]["path"] == text


@pytest.mark.parametrize("name", HOSTILE)
def test_junit_has_the_elements_that_it_has_without(name: str) -> None:
    calm, hurt = (etree.fromstring(told("junit", each).encode()) for each in ("x", HOSTILE[name]))
    assert [each.tag for each in hurt.iter()] == [each.tag for each in calm.iter()]


class Outline(HTMLParser):
    """The tags and attributes of a page, without what they hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[Any] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, [name for name, _ in attrs]))

    def handle_comment(self, data: str) -> None:
        self.tags.append(data)


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "lines"])
def test_html_has_the_elements_that_it_has_without(name: str) -> None:
    calm, hurt = (Outline(told("html", each)).tags for each in ("x", HOSTILE[name]))
    assert without_code(hurt) == without_code(calm)


def without_code(tags: list[Any]) -> list[Any]:
    """The tags but those of code frames, whose number follows what is on the line."""
    return [tag for tag in tags if tag not in (("i", ["class"]), ("code", []))]


def test_a_command_in_a_file_name_is_a_file_name() -> None:
    found = replace(FULL, labels=(Label(span("1:1", path="::error::x.py"), "", primary=True),))
    assert written("concise", found).startswith("./::error::x.py:1:1: error[SG103] ")
