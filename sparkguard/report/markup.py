"""Words as HTML: no tag, no command to the screen, code where backticks stand."""

from __future__ import annotations

from html import escape

from sparkguard.report.cells import visible


def text(words: str) -> str:
    """Words that are no markup, and steer neither the screen nor the direction of the text."""
    return escape(visible(words))


def code(words: str) -> str:
    """Words with what stands in backticks as code."""
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return text(words)
    return "".join(f"<code>{text(p)}</code>" if n % 2 else text(p) for n, p in enumerate(parts))


def keyed(note: str) -> str:
    """A note, `key: words`, with its key in bold."""
    key, colon, words = note.partition(": ")
    return f"<b>{text(key)}:</b> {code(words)}" if colon else code(note)
