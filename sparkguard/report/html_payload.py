"""What a payload weighs and needs, as an HTML tree with a meter for each part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sparkguard.payload import Payload, Weight
from sparkguard.report.markup import code, keyed, text
from sparkguard.report.payload import notes, sentence, size, type_name


def payload_article(payload: Payload, heavy: bool) -> Iterator[str]:
    """A payload as part of a page.

    Args:
        payload: What one call ships.
        heavy: Whether it is heavier than the user allows.
    """
    span = payload.shipped.span
    yield f'<article class="{"warning" if heavy else "payload"}">'
    yield f"<h2><span>payload</span> {text(f'{span.where}:{span.start.line}')}</h2>"
    yield f'<p class="message">{code(sentence(payload))}</p>'
    yield from _tree(payload.weight.held, payload.bytes)
    yield from (f'<p class="note">{keyed(note)}</p>' for note in notes(payload))
    yield "</article>"


def _tree(held: Sequence[Weight], whole: int) -> Iterator[str]:
    if not held:
        return
    yield '<ul class="tree">'
    for weight in held:
        meter = f'<meter max="{whole}" value="{min(weight.bytes, whole)}"></meter>'
        name = f"<code>{text(weight.text)}</code>"
        yield f"<li>{name} {meter} {size(weight.bytes)} <em>{text(type_name(weight))}</em>"
        yield from _tree(weight.held, whole)
        yield "</li>"
    yield "</ul>"
