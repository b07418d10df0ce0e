"""Python's own parser, by one thread at a time."""

from __future__ import annotations

import ast
import threading

_one_at_a_time = threading.RLock()


def tree_of(text: str) -> ast.Module:
    """The tree of a text, as `ast.parse` gives it.

    CPython 3.11 counts the depth of the tree that it makes once for all threads: where a second one
    begins another tree meanwhile, either may end in a `SystemError`.

    Raises:
        SyntaxError: It is no Python.
        ValueError: It holds null bytes.
        RecursionError: It is nested too deeply.
        MemoryError: The same, as some versions say it.
    """
    with _one_at_a_time:
        return ast.parse(text)
