"""What is known to be behind the words of a pickler: the families of the types that say them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

from sparkguard.model import Family
from sparkguard.pyspark_api import refusals

RULES: Mapping[Family, str] = {
    "session": "SG101",
    "context": "SG102",
    "dataframe": "SG104",
    "column": "SG105",
    "jvm": "SG106",
    "own": "SG108",
    "lock": "SG201",
    "connection": "SG202",
    "stream": "SG203",
    "main": "SG204",
    "native": "SG205",
}
"""The rule that speaks of each family, where the code names the thing itself."""
HELD = "SG103"
"""The rule about driver-only things that an object of the user's holds."""
UNKNOWN = ("SG205", "SG202", "SG203", "SG201", "SG108")
"""The rules for what no table has: an object of a C library, of a service, a file, a lock."""
_DRIVER_ONLY = frozenset({"session", "context", "dataframe", "column", "jvm"})


@cache
def _said() -> Mapping[str, Counter[Family]]:
    families: dict[str, Counter[Family]] = {}
    for refused in refusals():
        for words in set(refused.refusals.values()):
            cause = words.removeprefix("Could not serialize object: ")
            families.setdefault(_plain(cause), Counter())[refused.family] += 1
    return families


def rules_for(cause: str) -> tuple[str, ...]:
    """The rules that the words of a pickler may stand for, the likeliest first.

    Args:
        cause: The error without what wraps it, `TypeError: cannot pickle 'socket' object`.
    """
    families = _said().get(_plain(cause))
    if not families:
        return UNKNOWN
    codes = [RULES[family] for family, _ in families.most_common()]
    return (*codes, HELD) if families.keys() & _DRIVER_ONLY else tuple(codes)


def _plain(words: str) -> str:
    """Without what differs: the class of the error, addresses, the grammar of Python 3.7."""
    cause = re.sub(r" at 0x[\w.]+", "", words.rpartition("Error: ")[2].strip())
    return re.sub(r"^can't pickle (\S+) objects$", r"cannot pickle '\1' object", cause)
