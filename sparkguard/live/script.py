"""Runs a user's script under a session that has no JVM, and probes all that it ships."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sparkguard.live.hook import hooked
from sparkguard.live.probe import Own
from sparkguard.live.seen import Order, Probed, Seen
from sparkguard.live.shipping import Shipping, is_code
from sparkguard.live.standin import Notes
from sparkguard.live.target import TargetError, said
from sparkguard.live.worker import Outbox

_PICKLED = b"nothing"


def run(order: Order, own: Own, notes: Notes, outbox: Outbox | None) -> Seen:
    """What a script ships, to its end or to where it stops.

    Args:
        order: The file, which runs as `__main__`, and its arguments.
        own: What the user keeps on the driver.
        notes: What the stand-in made up.
        outbox: Where to put the payloads for the worker's stand-in.

    Raises:
        TargetError: There is no such file, or it broke down before it shipped anything.
    """
    path = Path(order.target)
    if not path.is_file():
        raise TargetError(f"{path}: there is no such file")
    if order.call is not None:
        raise TargetError(f"{path}: --call is for one function: {path}::name")
    watch = _Watch(own, outbox)
    stopped = _stopped(path, order.arguments, watch)
    if stopped and not watch.seen:
        raise TargetError(f"{path}: stopped before it shipped anything: {stopped}")
    ended = (f"the script stopped early: {stopped}",) if stopped else ()
    return Seen(tuple(watch.seen), (*notes.remarks, *ended))


def _stopped(script: Path, arguments: Sequence[str], watch: _Watch) -> str:
    """Runs a script to its end; if that is none, says what it was."""
    sys.argv = [str(script), *arguments]
    sys.path.insert(0, str(script.absolute().parent))
    with hooked(watch.handle):
        try:
            runpy.run_path(str(script), run_name="__main__")
        except SystemExit as stop:
            return f"exited with {stop.code!r}" if stop.code else ""
        except BaseException as error:
            return said(error)
    return ""


class _Watch:
    """Probes what comes by, and lets the script go on whatever it is."""

    def __init__(self, own: Own, outbox: Outbox | None) -> None:
        self._own, self._outbox = own, outbox
        self.seen: list[Probed] = []

    def handle(self, obj: object, go_on: Callable[[], Any], plain: bool) -> Any:
        """See `live.hook`; nobody reads what is pickled, so that nothing need be."""
        shipping = Shipping(obj, sys._getframe(1), self._own, plain=plain)
        if not (is_code(obj) or shipping.probe.is_refused):
            return _PICKLED
        known = len(self.seen)  # Connect pickles a function with each plan that has it
        self.seen += [one for one in shipping.probed() if one not in self.seen]
        if self._outbox and not shipping.probe.is_refused and len(self.seen) > known:
            numbers = range(known, len(self.seen))
            self._outbox.put(obj, shipping.probe.run.bytes, numbers)
        return _PICKLED
