"""Where a result goes: it appears when it is whole, and takes the place of nothing but a result."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .requirements import SetupError


def may_go(out: Path, images: str, overwrite: bool) -> None:
    """Raise `SetupError` if a result cannot be written to a path.

    Args:
        out: The path.
        images: Where the pictures are, which are not to be replaced.
        overwrite: Whether a result may be there already.
    """
    real, pictures = Path(os.path.realpath(out)), Path(os.path.realpath(images))
    if not real.parent.is_dir():
        raise SetupError(f"no folder {real.parent} to write {real.name} to")
    if not real.exists():
        return
    if not overwrite:
        raise SetupError(f"{out} is there already; --overwrite replaces it")
    if real == pictures or real in pictures.parents:
        raise SetupError(f"{out} holds the pictures: it is not replaced")
    if real.is_dir() and any(real.iterdir()) and not (real / "_SUCCESS").exists():
        raise SetupError(f"{out} is a folder that Spark did not write: it is not replaced")


@contextmanager
def beside(out: Path) -> Iterator[Path]:
    """A path to write to, whose content takes the place of `out` if its context ends well."""
    real = Path(os.path.realpath(out))
    new, old = (real.with_name(f".{real.name}.{os.getpid()}.{each}") for each in ("new", "old"))
    try:
        yield new
        if real.exists():
            real.rename(old)
        new.rename(real)
    finally:
        if old.exists() and not real.exists():
            old.rename(real)
        for path in (new, old):
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
