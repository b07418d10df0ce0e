"""Reads the pages that the parts stand on: a section for each, its fields and its code.

A field is a line `* make: ...`, in backticks where it is code; one without a value is true, one
that is repeated has several. Code stands in fences that name their field, or a file of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from tests.differential.parts import Bind, Decoy, Hold, Mention, Reach, Site, Thing, Wrap

T = TypeVar("T", Bind, Decoy, Hold, Mention, Reach, Site, Thing, Wrap)

_FOLDER = Path(__file__).parent / "pages"
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_FIELD = re.compile(r"^\* (\w+)(?:: `(.*)`|: (.*))?$", re.MULTILINE)
_CODE = re.compile(r"^```python (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SEVERAL = ("uses",)


def parts(kind: type[T], page: str) -> tuple[T, ...]:
    """The parts of a page.

    Args:
        kind: Their class, which knows the names of the fields.
        page: The page's name, without its ending.

    Raises:
        TypeError: A field that the class does not know.
        ValueError: A line that is neither a field nor code.
    """
    text = (_FOLDER / f"{page}.md").read_text(encoding="utf-8")
    _, *sections = _SECTION.split(text)
    return tuple(
        kind(name=name, **dict(_fields(body)))
        for name, body in zip(sections[::2], sections[1::2], strict=True)
    )


def _fields(body: str) -> Iterator[tuple[str, Any]]:
    code = dict(_CODE.findall(body))
    yield from ((name, text) for name, text in code.items() if not name.endswith(".py"))
    files = tuple((name, text) for name, text in code.items() if name.endswith(".py"))
    if files:
        yield "files", files
    said: dict[str, list[str]] = {}
    text = _CODE.sub("", body)
    if rest := _FIELD.sub("", text).strip():
        raise ValueError(f"neither a field nor code: {rest}")
    for name, code_said, words in _FIELD.findall(text):
        said.setdefault(name, []).append(code_said or words)
    for name, values in said.items():
        yield name, tuple(values) if name in _SEVERAL else "\n".join(values) or True
