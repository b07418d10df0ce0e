"""Which of a name's bindings a reader may see."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from sparkguard.source.facts import ELSEWHERE, Binding, Branch


def final(bindings: Sequence[Binding]) -> list[Binding]:
    """The bindings that may be in force once the scope has run."""
    return [*bindings] if len(bindings) < 2 else _until(bindings, math.inf, (), lambda _: True)


def reaching(bindings: Sequence[Binding], at: int, branch: Branch) -> list[Binding]:
    """The bindings that may be in force at `at`, which stands in the arms `branch`."""
    return _until(
        bindings,
        at,
        branch,
        lambda binding: (
            not exclude(binding.branch, branch)
            if binding.at < at
            else binding.at > at and _share_loop(binding.branch, branch)
        ),
    )


def from_then_on(bindings: Sequence[Binding], at: int, branch: Branch) -> list[Binding]:
    """The bindings that may be in force at `at` or at any time after it."""
    now = reaching(bindings, at, branch)
    return now + [b for b in bindings if b.at > at and b not in now]


def _until(
    bindings: Sequence[Binding], at: float, branch: Branch, seen: Callable[[Binding], bool]
) -> list[Binding]:
    """What is seen of some bindings, back to one before `at` that replaces all before it.

    What another function binds is never replaced: nobody knows when it runs.
    """
    found: list[Binding] = []
    replaced = False
    for binding in reversed(bindings):
        elsewhere = binding.branch == (ELSEWHERE,)
        if elsewhere or (not replaced and seen(binding)):
            found.append(binding)
            replaced |= not elsewhere and binding.at < at and _always(binding, branch)
    return found[::-1]


def _always(binding: Binding, branch: Branch) -> bool:
    """Whether a binding, or its like in every other arm, is made before `branch` goes on."""
    if binding.value is None and binding.annotation is not None:
        return False
    certain = binding.branch if binding.settled is None else binding.settled
    return _around(binding.branch, branch) or _around(certain, branch)


def _around(outer: Branch, inner: Branch) -> bool:
    return outer == inner[: len(outer)]


def exclude(first: Branch, second: Branch) -> bool:
    """Whether two places stand in arms of which only one runs."""
    for one, other in zip(first, second, strict=False):
        if one != other:
            return one.kind == "choice" and one.statement == other.statement
        if one.kind == "loop":
            return False
    return False


def _share_loop(first: Branch, second: Branch) -> bool:
    return any(arm.kind == "loop" and arm in second for arm in first)
