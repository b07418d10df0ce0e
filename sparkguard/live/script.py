"""Runs a user's script under a session that has no JVM, and probes all that it ships."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sparkguard.live.hook import hooked
from sparkguard.live.probe import Own
from sparkguard.live.seen import Probed, Seen
from sparkguard.live.shipping import Shipping, is_code
from sparkguard.live.standin import Notes
from sparkguard.live.target import TargetError, said

_PICKLED = b"nothing"


def run(script: Path, arguments: tuple[str, ...], own: Own, notes: Notes) -> Seen:
    """What a script ships, to its end or to where it stops.

    Args:
        script: The file, which runs as `__main__`.
        arguments: What it finds in `sys.argv`.
        own: What the user keeps on the driver.
        notes: What the stand-in made up.

    Raises:
        TargetError: There is no such file, or it broke down before it shipped anything.
    """
    if not script.is_file():
        raise TargetError(f"{script}: there is no such file")
    watch = _Watch(own)
    sys.argv = [str(script), *arguments]
    sys.path.insert(0, str(script.absolute().parent))
    stopped = ""
    with hooked(watch.handle):
        try:
            runpy.run_path(str(script), run_name="__main__")
        except SystemExit as stop:
            stopped = f"exited with {stop.code!r}" if stop.code else ""
        except BaseException as error:
            stopped = said(error)
    if stopped and not watch.seen:
        raise TargetError(f"{script}: stopped before it shipped anything: {stopped}")
    ended = (f"the script stopped early: {stopped}",) if stopped else ()
    return Seen(tuple(watch.seen), (*notes.remarks, *ended))


class _Watch:
    """Probes what comes by, and lets the script go on whatever it is."""

    def __init__(self, own: Own) -> None:
        self._own = own
        self.seen: list[Probed] = []

    def handle(self, obj: object, go_on: Callable[[], Any], plain: bool) -> Any:
        """See `live.hook`; nobody reads what is pickled, so that nothing need be."""
        shipping = Shipping(obj, sys._getframe(1), self._own, plain=plain)
        if is_code(obj) or shipping.probe.is_refused:
            again = self.seen  # Connect pickles a function with each plan that has it
            self.seen += [one for one in shipping.probed() if one not in again]
        return _PICKLED
