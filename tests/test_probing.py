"""The probe in Python: the report of a live function, and the assertion of a unit test."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sparkguard import assert_shippable, probe
from sparkguard.probing import Report

LOCK = threading.Lock()
HERE = Path(__file__).name


def locked(x: object) -> object:
    def inner() -> object:
        return LOCK, x

    return inner


def test_a_report_says_what_does_not_travel_and_where() -> None:
    bad = lambda x: (LOCK, x)  # noqa: E731
    report = probe(bad)

    (found,) = report.diagnostics
    assert found.code == "SG201"
    assert found.origin == "live"
    assert found.capture is not None
    assert found.capture.path == ("<lambda>", "LOCK")
    assert found.primary.span.path.endswith(HERE)
    assert not report.is_shippable
    assert "probed here" in str(report)


def test_a_report_weighs_what_travels() -> None:
    table = bytes(2_000_000)
    report = probe(lambda x: table)

    assert report.is_shippable
    assert 2_000_000 < report.bytes < 2_001_000
    assert "ships 2.0 MB, 2.0 MB of it `table`" in str(report)
    assert report.payload.weight.held[0].text == "table"


def test_a_notebook_shows_it_in_colour_and_escaped() -> None:
    tables = {"<script>": LOCK}
    shown = probe(lambda x: tables)._repr_html_()

    assert shown.startswith("<pre")
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert 'style="color' in shown


@pytest.mark.filterwarnings("ignore:Cannot infer the eval type")
def test_a_udf_object_is_probed_by_its_function() -> None:
    from pyspark.sql.functions import udf
    from pyspark.sql.types import IntegerType

    def plain(x: int) -> int:
        return x if LOCK.locked() else 0

    for made in (udf(plain, IntegerType()), udf(IntegerType())(plain)):
        (found,) = probe(made).diagnostics
        assert found.capture is not None
        assert found.capture.path == ("plain", "LOCK")


def test_what_ships_passes() -> None:
    assert_shippable(lambda x: x + 1)
    assert_shippable(lambda x: x + 1, max_bytes=10_000)


def test_what_does_not_ship_fails_with_the_report() -> None:
    with pytest.raises(AssertionError, match=r"does not travel[\s\S]*`LOCK`, a lock"):
        assert_shippable(locked(1))


def test_what_is_too_heavy_fails_with_the_report() -> None:
    table = bytes(2_000_000)
    with pytest.raises(AssertionError, match=r"2\.0 MB of it `table`: more than 1\.0 MB"):
        assert_shippable(lambda x: table, max_bytes=1_000_000)


def test_the_settings_of_the_project_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = f'[driver-only]\n"{__name__}.Report" = "make it there"\n'
    held = Report.__new__(Report)
    dotted = f"{Report.__module__}.Report"
    Path("sparkguard.toml").write_text(
        settings.replace(f"{__name__}.Report", dotted), encoding="utf-8"
    )

    (found,) = probe(lambda x: held).diagnostics

    assert found.code == "SG108"
    assert "make it there" in found.help


def test_a_probe_leaves_what_it_probed_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("abc\ndef\n", encoding="utf-8")
    with path.open(encoding="utf-8") as lines:
        assert lines.readline() == "abc\n"
        probe(lambda: lines)
        assert lines.readline() == "def\n"
