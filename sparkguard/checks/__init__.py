"""Every rule there is, by family."""

from __future__ import annotations

from sparkguard.checks import (
    driver_only,
    inference,
    meta,
    semantics,
    unpicklable,
    weight,
    worker_code,
)
from sparkguard.model import Rule

FAMILIES: tuple[tuple[Rule, ...], ...] = (
    meta.RULES,
    driver_only.RULES,
    unpicklable.RULES,
    semantics.RULES,
    weight.RULES,
    worker_code.RULES,
    inference.RULES,
)
RULES: tuple[Rule, ...] = tuple(
    sorted((rule for family in FAMILIES for rule in family), key=lambda rule: rule.code)
)
