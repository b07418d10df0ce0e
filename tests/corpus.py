"""Real failures from public threads, retyped, with working twins: they lie beside a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
with_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the corpus of real failures is not beside this checkout"
)
