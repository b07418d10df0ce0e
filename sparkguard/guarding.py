"""The guard: on real Spark, each function is probed where Spark pickles it, before any job."""

from __future__ import annotations

import io
import runpy
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from pickle import PickleError
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from types import FrameType

    from sparkguard.config import Config
    from sparkguard.live.shipping import Shipping
    from sparkguard.result import ProbeResult

Pickled = TypeVar("Pickled")
HEAVY = 1 << 20
"""Bytes from which on a payload is warned of: classic Spark sends what is above by a broadcast."""
_DISAGREED = (
    "sparkguard's dry run refused what Spark's pickler took just before; Spark has its way "
    "(does a `__reduce__` or `__getstate__` answer differently each time?)"
)


class ShipError(PickleError):
    """A function does not travel: raised at the call that ships it, in place of Spark's own error.

    No `PicklingError`: Spark catches some of those, and says less.

    Args:
        message: The finding as a check prints it.
        result: The findings as data.
    """

    def __init__(self, message: str, result: ProbeResult) -> None:
        super().__init__(message)
        self.result = result

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of the frames of Spark."""
        return [str(self)]


class HeavyPayload(UserWarning):
    """A function travels, and takes much along."""


@contextmanager
def guard(*, max_bytes: int = HEAVY, raises: bool = True) -> Iterator[Guard]:
    """Probe whatever Spark is about to pickle, in every thread, while the block runs.

    Args:
        max_bytes: The weight above which a payload is warned of.
        raises: Whether what does not travel ends in a `ShipError`; else it is noted, and Spark
            has its own way.

    Raises:
        ConfigError: The project's settings cannot be followed.
        ShipError: In the block, at the call that ships what cannot travel.
    """
    from sparkguard.live.hook import hooked

    guarding = Guard(max_bytes, raises=raises)
    with hooked(guarding.handle):
        yield guarding


def run(script: Path, arguments: Sequence[str], guarding: Guard) -> None:
    """Run a script in this process as Python would, under a guard.

    Args:
        script: The file.
        arguments: What it finds in `sys.argv`.
        guarding: Keeps what is found.

    Raises:
        ShipError: The script ships what cannot travel.
        Exception: Whatever the script raises.
    """
    from sparkguard.live.hook import hooked

    sys.argv = [str(script), *arguments]
    sys.path.insert(0, str(script.absolute().parent))
    with hooked(guarding.handle):
        runpy.run_path(str(script), run_name="__main__")


class Guard:
    """What a guard saw: how many payloads, and the findings.

    Args:
        max_bytes: The weight above which a payload is warned of.
        raises: Whether findings raise.
    """

    def __init__(self, max_bytes: int = HEAVY, *, raises: bool = True) -> None:
        self.payloads = 0
        self.results: list[ProbeResult] = []
        self._max_bytes, self._raises = max_bytes, raises
        self._config = _settings(Path.cwd())
        self._busy, self._counting = threading.local(), threading.Lock()

    def handle(self, obj: object, go_on: Callable[[], Pickled], plain: bool) -> Pickled:
        """Has Spark pickle an object unless it does not travel; see `live.hook`."""
        if getattr(self._busy, "now", False):
            return go_on()
        self._busy.now = True
        try:
            return self._handled(obj, go_on, plain, sys._getframe(1))
        finally:
            self._busy.now = False

    def _handled(
        self, obj: object, go_on: Callable[[], Pickled], plain: bool, frame: FrameType
    ) -> Pickled:
        from sparkguard.live.shipping import Shipping, is_code

        with self._counting:
            self.payloads += 1
        try:
            pickled = go_on()
        except Exception as error:
            self._judge(Shipping(obj, frame, self._config.own.driver_only, plain=plain), error)
            raise
        if is_code(obj):
            shipping = Shipping(obj, frame, self._config.own.driver_only)
            if shipping.probe.is_unpicklable:
                warnings.warn(_DISAGREED, stacklevel=2)
            elif shipping.probe.is_refused:  # it is pickled, and fails on the worker
                self._judge(shipping, None)
            elif shipping.probe.run.bytes > self._max_bytes:
                self._warn(shipping)
        return pickled

    def _judge(self, shipping: Shipping, error: Exception | None) -> None:
        """Raises what the rules say of a payload; where they say nothing, Spark has the word."""
        from sparkguard import engine
        from sparkguard.live.seen import Seen

        seen = Seen(tuple(shipping.probed()))
        result = engine.judged(seen, self._config, perf_counter())
        if result.summary.errors:
            self.results.append(result)
            if self._raises:
                raise ShipError(written(result), result) from error

    def _warn(self, shipping: Shipping) -> None:
        from sparkguard.report.payload import sentence

        for probed in shipping.probed():
            span = probed.payload.shipped.span
            warnings.warn_explicit(
                sentence(probed.payload), HeavyPayload, span.path, span.start.line
            )


@lru_cache(maxsize=1)
def _settings(folder: Path) -> Config:
    """The project's settings, read once: a test suite enters a guard for each test."""
    from sparkguard.config import load

    return load(folder)


def written(result: ProbeResult) -> str:
    """The findings as a check prints them."""
    from sparkguard.report import View, text

    out = io.StringIO()
    text.write(replace(result, payloads=(), remarks=()), out, View(quiet=True))
    return out.getvalue().rstrip()
