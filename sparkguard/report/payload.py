"""What a payload weighs and needs, as lines of styled pieces: a tree with a bar for each part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from sparkguard.payload import Need, Payload, Trial, Weight
from sparkguard.report.cells import no_command, visible, width
from sparkguard.report.frame import Line, Piece
from sparkguard.result import ProbeResult

_BAR = 20
"""Cells of the longest bar."""
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
MIB = 1 << 20
THRESHOLDS = (
    (128 * MIB, "Spark Connect refuses messages above 128 MiB"),
    (60 * 10**6, "Spark Connect took 60 MB and broke down at 80 to 100 MB"),
    (MIB, "classic Spark sends what is above 1 MiB by a broadcast, again for each job"),
)
"""Source: measured on PySpark 4.3.0; the last one is `spark.broadcast.UDFCompressionThreshold`."""


def lines(result: ProbeResult) -> Iterator[Line]:
    """All payloads of a probe, each with a blank line behind it, then the remarks."""
    for payload in result.payloads:
        yield from _payload(payload, payload in result.heavy)
        yield ()
    for remark in result.remarks:
        yield Piece("note", "context"), Piece(f": {visible(remark)}")


def size(number: int) -> str:
    """Bytes as people say them: `97.8 MB`."""
    unit, value = 0, float(number)
    while value >= 1000 and unit < len(_UNITS) - 1:
        unit, value = unit + 1, value / 1000
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{number} {_UNITS[0]}"


def sentence(payload: Payload) -> str:
    """The payload in a line: how heavy it is, and what holds most of that."""
    said = f"`{payload.shipped.function}` ships {size(payload.bytes)}"
    largest = next(iter(payload.weight.held), None)
    if largest and payload.bytes > MIB:
        said += f", {size(largest.bytes)} of it `{_reach(largest)}`"
    return said


def _reach(weight: Weight) -> str:
    """The way down to where the bytes lie."""
    text = weight.text
    while weight.held and weight.held[0].bytes > 0.9 * weight.bytes:
        weight = weight.held[0]
        text += weight.text if weight.text[:1] in ".[" else f" -> {weight.text}"
    return text


def _payload(payload: Payload, heavy: bool) -> Iterator[Line]:
    span = payload.shipped.span
    head = Piece("payload", "warning" if heavy else "help")
    yield head, Piece(f": {visible(sentence(payload))}", "strong")
    yield Piece("  --> ", "gutter"), Piece(f"{visible(span.where)}:{span.start.line}")
    rows = list(_rows(payload.weight.held, "   "))
    column = max((width(text) for text, _ in rows), default=0)
    for text, weight in rows:
        filled = round(_BAR * min(1.0, weight.bytes / max(1, payload.bytes)))
        bar = Piece("#" * filled + "." * (_BAR - filled), "context")
        padded = text + " " * (column - width(text))
        yield (
            Piece(padded),
            Piece(f"  {size(weight.bytes):>10}  "),
            bar,
            Piece(f"  {visible(type_name(weight))}"),
        )
    yield from map(_note, notes(payload))


def notes(payload: Payload) -> Iterator[str]:
    """What to know of a payload, each `key: words` or words alone: limits, needs, the worker."""
    passed = (words for limit, words in THRESHOLDS if payload.bytes > limit)
    yield from islice(passed, 1)
    yield from _needs(payload.needs)
    if payload.worker:
        yield from _trial(payload.worker)


def _rows(held: Sequence[Weight], margin: str) -> Iterator[tuple[str, Weight]]:
    for weight in held:
        yield f"{margin}{no_command(visible(weight.text))}", weight
        yield from _rows(weight.held, f"{margin}  ")


def type_name(weight: Weight) -> str:
    """The type of a part as people say it: `list`, `torch.nn.Linear`."""
    return weight.type.removeprefix("builtins.")


def _note(words: str) -> Line:
    key, _, rest = words.partition(": ")
    return Piece("   = ", "gutter"), Piece(f"{key}:" if rest else key, "strong"), Piece(f" {rest}")


def _needs(needs: Sequence[Need]) -> Iterator[str]:
    """What travels by name only, and what of it a worker would not find."""
    if needs:
        said = (f"{need.module} {need.version}".strip() for need in needs)
        yield f"workers import: {visible(', '.join(said))}"
    missing = [need.module for need in needs if need.here is False]
    if missing:
        words = "not found in a clean interpreter; ship it with `--py-files` or `addArtifacts`"
        yield f"missing: {visible(', '.join(missing))} ({words})"


def _trial(trial: Trial) -> Iterator[str]:
    if trial.failed:
        yield f"a worker would say: {visible(trial.said)}"
    else:
        python = f"a clean Python {visible(trial.python)}"
        yield f"worker: unpickled in {trial.seconds:.2f} s by {python}"
    if trial.returned:
        yield f"the call returned: {visible(trial.returned)}"
    for event in trial.events:
        yield f"an import there: {visible(event)}"
