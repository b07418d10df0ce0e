"""Gives an order to a process that runs the user's code, and reads what that leaves."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from sparkguard.live import process, wire
from sparkguard.live.seen import Order, Seen

BOOT = Path(__file__).with_name("child_boot.py")


def launch(order: Order, python: str = "") -> Seen:
    """What a process saw that was given an order.

    Args:
        order: What to probe.
        python: The interpreter; by default this one.
    """
    with tempfile.TemporaryDirectory(prefix="sparkguard-") as folder:
        asked, answer = Path(folder) / "order", Path(folder) / "answer"
        asked.write_text(json.dumps(wire.plain(order)), encoding="utf-8")
        command = [python or sys.executable, str(BOOT), str(asked), str(answer)]
        try:
            process.run(command, order.timeout)
        except process.Ended as error:
            if not answer.exists():
                return Seen(failed=f"{order.target}: {error}")
        try:
            return wire.record(Seen, json.loads(answer.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return Seen(failed=f"{order.target}: ended its process before it could be probed")
