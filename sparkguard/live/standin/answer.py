"""Plain data that nobody knows: what a JVM or a server would have answered."""

from __future__ import annotations

from typing import Any


class Answer(dict[Any, Any]):
    """Stands for any value, of any shape; unlike what stands for an object of Java, it travels."""

    def __missing__(self, key: object) -> Answer:
        return Answer()

    def __getattr__(self, name: str) -> Answer:
        if name.startswith("__"):
            raise AttributeError(name)
        return Answer()

    def __call__(self, *_: object, **__: object) -> Answer:
        """Stands for any call."""
        return Answer()

    def __int__(self) -> int:
        return 0

    def __float__(self) -> float:
        return 0.0

    def __str__(self) -> str:
        return ""
