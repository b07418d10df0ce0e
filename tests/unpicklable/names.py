"""Other names of the same things, and which classes of the table are subclasses of which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module

from tests.unpicklable.evidence import resolved
from tests.unpicklable.rows import names


def aliases(canonical: Iterable[str]) -> dict[str, str]:
    """The public names under which the things of the table can be imported, too.

    Args:
        canonical: The names that the table uses; each can be imported.

    Raises:
        ValueError: If a name of the list of other names means something else.
    """
    known = set(canonical)
    found = {alias: name for name in known for alias in _defined(name) if alias not in known}
    for alias, name in names("also").items():
        if name in known:
            if resolved(alias) is not resolved(name):
                raise ValueError(f"`{alias}` is not `{name}`")
            found[alias] = name
    return found


def _defined(name: str) -> Iterator[str]:
    """The names along the way to where a thing is defined."""
    thing = resolved(name)
    module, last = getattr(thing, "__module__", None), getattr(thing, "__qualname__", "")
    parts = str(module).split(".") if last.isidentifier() else []
    for cut in range(1, len(parts) + 1):
        path = ".".join(parts[:cut])
        # A C module may give itself a name by which it cannot be imported.
        with suppress(ModuleNotFoundError):
            private = any(part.startswith("_") for part in parts[:cut])
            if not private and getattr(import_module(path), last, None) is thing:
                yield f"{path}.{last}"


def bases(types: Iterable[str]) -> dict[str, list[str]]:
    """The nearest base classes of each type that are types of the table, of the same package.

    Args:
        types: Canonical names.
    """
    found = [(name, resolved(name)) for name in sorted(types)]
    named = {cls: name for name, cls in reversed(found) if isinstance(cls, type)}
    classes = {name: cls for cls, name in named.items()}
    above = {name: list(_nearest(classes[name], named)) for name in sorted(classes)}
    return {name: parents for name, parents in above.items() if parents}


def _nearest(cls: type, named: dict[type, str]) -> Iterator[str]:
    for base in cls.__bases__:
        if base in named:
            yield named[base]
        else:
            yield from _nearest(base, named)
