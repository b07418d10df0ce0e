"""Which failure of Spark a text speaks of: a table of messages, and pure functions over it."""

from __future__ import annotations

from sparkguard.failures.frames import Frame, frames
from sparkguard.failures.recognise import Recognised, is_error, recognise
from sparkguard.failures.table import FAILURES, Failure

__all__ = ["FAILURES", "Failure", "Frame", "Recognised", "frames", "is_error", "recognise"]
