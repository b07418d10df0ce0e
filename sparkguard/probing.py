"""The probe as Python calls it: the report of a live function, and the assertion of a unit test."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path
from time import perf_counter

from sparkguard import engine
from sparkguard.config import load
from sparkguard.diagnostic import Diagnostic
from sparkguard.live.places import Site
from sparkguard.live.probe import probe as probe_live
from sparkguard.live.probe import written_at
from sparkguard.live.seen import Seen
from sparkguard.model import PROBED
from sparkguard.payload import Payload
from sparkguard.report import View, text
from sparkguard.report.payload import sentence, size
from sparkguard.result import CheckResult, ProbeResult

_STYLES = {"error": "#c0392b", "warning": "#b9770e", "context": "#2874a6", "help": "#1e8449"}


@dataclass(frozen=True)
class Shown:
    """An answer that a notebook shows in colour.

    Args:
        result: The answer of a check or a probe.
    """

    result: CheckResult

    def __str__(self) -> str:
        out = io.StringIO()
        text.write(self.result, out, View(quiet=True))
        return out.getvalue().rstrip()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        lines = (
            "".join(_span(piece.text, piece.style) for piece in line)
            for line in text.layout(self.result, text.PIPE_COLUMNS, quiet=True)
        )
        return '<pre style="line-height: 1.3">' + "\n".join(lines).rstrip() + "</pre>"


@dataclass(frozen=True, repr=False)
class Report(Shown):
    """What a probe says of one function; a notebook shows it in colour.

    Args:
        result: The findings, the payload and its weight.
    """

    result: ProbeResult

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What does not travel."""
        return self.result.diagnostics

    @property
    def payload(self) -> Payload:
        """What travels, its weight and what the workers must have."""
        return self.result.payloads[0]

    @property
    def bytes(self) -> int:
        """The pickled size; of a refused function, what is left without the refused."""
        return self.payload.bytes

    @property
    def is_shippable(self) -> bool:
        """Whether Spark takes it."""
        return not self.result.summary.errors


def _span(words: str, style: str) -> str:
    colour = _STYLES.get(style)
    shown = escape(words)
    if style == "strong":
        return f"<b>{shown}</b>"
    return f'<b style="color: {colour}">{shown}</b>' if colour else shown


def probe(obj: object, *, depth: int = 1) -> Report:
    """Say what would become of a function that is handed to Spark, without Spark or a job.

    The function is pickled into nothing, as Spark would pickle it: the `__reduce__` and
    `__getstate__` of what it captures run. The function itself is not called.

    Args:
        obj: The function, or whatever else is to be shipped.
        depth: How many callers up the call stands that the report points at.

    Raises:
        ConfigError: The project's settings cannot be followed.
    """
    started = perf_counter()
    config = load(Path.cwd())
    call = written_at(Site.of(sys._getframe(depth)), PROBED, obj)
    probed = probe_live(obj, config.own.driver_only, call)
    return Report(engine.judged(Seen((probed,)), config, started))


def assert_shippable(obj: object, *, max_bytes: int | None = None) -> None:
    """Fail unless Spark would take a function, for unit tests.

    Args:
        obj: The function, or whatever else is to be shipped.
        max_bytes: What it may weigh when pickled.

    Raises:
        AssertionError: It does not travel, or is too heavy; the message is the report.
        ConfigError: The project's settings cannot be followed.
    """
    __tracebackhide__ = True
    report = probe(obj, depth=2)
    if not report.is_shippable:
        raise AssertionError(f"this does not travel to Spark's workers\n\n{report}")
    if max_bytes is not None and report.bytes > max_bytes:
        limit = f"more than {size(max_bytes)}"
        raise AssertionError(f"{sentence(report.payload)}: {limit}\n\n{report}")
