"""The kinds of Spark that code is meant for."""

from __future__ import annotations

from typing import Literal

Target = Literal["classic", "connect"]
TARGETS: tuple[Target, ...] = ("classic", "connect")
