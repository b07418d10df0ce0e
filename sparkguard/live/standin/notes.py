"""What a stand-in made up: the answers that a script got, and where it asked."""

from __future__ import annotations

import sys

from sparkguard.live.caller import caller
from sparkguard.live.places import shown

_TOLD = 5
"""So many made-up answers are told."""


class Notes:
    """Collects where a script asked for what only a job can tell."""

    def __init__(self) -> None:
        self._asked: list[str] = []

    def add(self) -> None:
        """Notes that the user's line that runs now gets an answer that is made up."""
        api, site = caller(sys._getframe(1))
        if site is not None:
            said = f"`{api.rpartition('.')[2]}` at {shown(site.file)}:{site.line}"
            if said not in self._asked:
                self._asked.append(said)

    @property
    def remarks(self) -> tuple[str, ...]:
        """One sentence on all of them."""
        if not self._asked:
            return ()
        rest = len(self._asked) - _TOLD
        said = ", ".join(self._asked[:_TOLD]) + (f" and {rest} more" if rest > 0 else "")
        return (f"no job ran: {said} answered with nothing",)
