"""Facts are kept by the texts that hold them, as far as there is room."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkguard import parsed
from sparkguard.cache import Cache
from sparkguard.parsed import Parsed
from sparkguard.source.parse import parse
from sparkguard.source.text import SourceText


def kept(cache: Cache, *texts: str) -> None:
    """Keeps what some texts say, as one check after the other would."""
    for text in texts:
        known = Parsed(cache)
        known.put(text, parse(SourceText(Path("a.py"), "a.py", text))[0])
        known.save()


def test_what_was_kept_is_known_to_the_next(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    kept(cache, "x = 1\n", "y = 2\n")
    found = Parsed(cache).get("x = 1\n")
    assert found is not None
    assert found.scopes[0].bindings.keys() == {"x"}
    assert Parsed(cache).get("x = 2\n") is None


def test_what_cannot_be_written_is_not_kept(tmp_path: Path) -> None:
    kept(Cache(tmp_path), f"x = {2**70}\n")
    assert not list(tmp_path.iterdir())


def test_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, texts = Cache(tmp_path), [f"x = {number}\n" for number in range(5)]
    kept(cache, texts[0])
    size = sum(map(len, Parsed(cache)._kept.values()))
    monkeypatch.setattr(parsed, "_ROOM", 3 * size + 1)
    kept(cache, *texts[1:])
    known = Parsed(cache)
    assert [known.get(text) is not None for text in texts] == [False, False, True, True, True]


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff", b"\x81\xa1x\x01", b"\x81\xc4\x01x\x01"])
def test_what_is_damaged_is_nothing(tmp_path: Path, data: bytes) -> None:
    cache = Cache(tmp_path)
    kept(cache, "x = 1\n")
    (file,) = (tmp_path / ".sparkguard_cache").glob("*.msgpack")
    file.write_bytes(data)
    assert Parsed(cache).get("x = 1\n") is None
    kept(cache, "x = 1\n")
    assert Parsed(cache).get("x = 1\n") is not None
