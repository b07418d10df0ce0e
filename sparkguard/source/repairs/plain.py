"""An expression of shipped code that a plain value can stand for."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from sparkguard.diagnostic import Applicability
from sparkguard.source.repairs.fresh import word

_CALLED = {"str({})": "text", "{}.collect()": "rows"}
"""What a value is called, by how it is made."""


@dataclass(frozen=True, slots=True)
class Plain:
    """An expression that gives a plain value, or whose value nobody reads.

    Args:
        node: Where it stands.
        step: The attribute that it takes of an object of the user's, `.rate`; empty for others.
        applicability: Safe where it only looks something up, so that it may be done before.
        text: How the plain value is made of the expression.
        unused: The statement that it is all of, where nobody takes what it gives.
        unread: Whether it only gives a value to a name that nobody reads.
    """

    node: cst.BaseExpression
    step: str = ""
    applicability: Applicability = Applicability.SAFE
    text: str = "{}"
    unused: cst.CSTNode | None = None
    unread: bool = False

    @property
    def word(self) -> str:
        """What its value may be called."""
        return _CALLED.get(self.text) or word(self.node)

    @property
    def is_idle(self) -> bool:
        """Whether what is read goes to nobody."""
        return self.unread or self.unused is not None

    @property
    def acts(self) -> bool:
        """Whether it is a call that is made for what it does, not for what it gives."""
        return self.unused is not None and isinstance(self.node, cst.Call)
