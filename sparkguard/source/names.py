"""Which of a name's bindings a reader may see."""

from __future__ import annotations

from collections.abc import Sequence

from sparkguard.source.facts import Binding, Branch, is_loop


def final(bindings: Sequence[Binding]) -> list[Binding]:
    """The bindings that may be in force once the scope has run."""
    found: list[Binding] = []
    for binding in reversed(bindings):
        found.append(binding)
        if _always(binding, ()):
            break
    return found[::-1]


def reaching(bindings: Sequence[Binding], at: int, branch: Branch) -> list[Binding]:
    """The bindings that may be in force at `at`, which stands in the arms `branch`."""
    found: list[Binding] = []
    for binding in reversed(bindings):
        if binding.at < at:
            found.append(binding)
            if _always(binding, branch):
                break
        elif _share_loop(binding.branch, branch):
            found.append(binding)
    return found[::-1]


def from_then_on(bindings: Sequence[Binding], at: int, branch: Branch) -> list[Binding]:
    """The bindings that may be in force at `at` or at any time after it."""
    now = reaching(bindings, at, branch)
    return now + [b for b in bindings if b.at > at and b not in now]


def _always(binding: Binding, branch: Branch) -> bool:
    only_annotated = binding.value is None and binding.annotation is not None
    return not only_annotated and binding.branch == branch[: len(binding.branch)]


def _share_loop(first: Branch, second: Branch) -> bool:
    return any(is_loop(arm) and arm in second for arm in first)
