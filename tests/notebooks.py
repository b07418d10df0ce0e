"""Notebooks as Jupyter stores them, made from the texts of their cells."""

from __future__ import annotations

import json
from typing import Any


def notebook(*cells: str | dict[str, Any], **metadata: Any) -> str:
    """The JSON of a notebook, each text a cell of code."""
    given = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    whole = {"cells": given, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1)


def code(text: str, **metadata: Any) -> dict[str, Any]:
    """A cell of code, its text kept in lines as Jupyter does."""
    source = text.splitlines(keepends=True)
    return {"cell_type": "code", "metadata": metadata, "outputs": [], "source": source}


def markdown(text: str = "# A title") -> dict[str, Any]:
    """A cell that is no code."""
    return {"cell_type": "markdown", "metadata": {}, "source": text}
