"""Every rule there is, by family."""

from __future__ import annotations

from sparkguard.checks import driver_only, meta, unpicklable
from sparkguard.model import Rule

FAMILIES: tuple[tuple[Rule, ...], ...] = (meta.RULES, driver_only.RULES, unpicklable.RULES)
RULES: tuple[Rule, ...] = tuple(
    sorted((rule for family in FAMILIES for rule in family), key=lambda rule: rule.code)
)
