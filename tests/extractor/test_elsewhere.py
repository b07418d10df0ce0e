"""The extractor on Connect, and on a classic Spark that is hard on its workers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.extractor import elsewhere
from tests.extractor.album import encoded, odd, photos, reopened
from tests.extractor.test_engine import close, plain_features

pytestmark = pytest.mark.spark
CONTENTS = {f"{number}.jpg": encoded(photo, "JPEG") for number, photo in enumerate(photos()[:7])}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("elsewhere") / "pictures"
    folder.mkdir()
    for name, content in {**CONTENTS, "half.png": odd()["half a PNG"][0]}.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def expected(resnet18: str) -> dict[str, Any]:
    pictures = [reopened(content) for content in CONTENTS.values()]
    return dict(zip(CONTENTS, plain_features("resnet18", resnet18, pictures), strict=True))


def assert_agree(got: dict[str, Any], expected: dict[str, Any]) -> None:
    assert got.keys() == {*expected, "half.png"}
    assert got["half.png"] == [None, "corrupt_image: truncated"]
    for name, plain in expected.items():
        assert got[name][1] is None
        assert close(np.array(got[name][0], np.float32), plain)


def test_connect_gives_the_same_by_files(
    folder: Path, resnet18: str, expected: dict[str, Any]
) -> None:
    answer = elsewhere.run("connect", resnet18, folder)

    assert answer["kind"].startswith("pyspark.sql.connect")
    assert_agree(answer["mapped"], expected)
    assert_agree(answer["column"], expected)
    assert answer["refused"] == (
        "Spark Connect has no broadcast: use distribution `files` or `path`"
    )


def test_workers_that_start_anew_or_die_give_the_same(
    folder: Path, resnet18: str, expected: dict[str, Any]
) -> None:
    answer = elsewhere.run("harsh", resnet18, folder)

    assert_agree(answer["mapped"], expected)
    assert_agree(answer["column"], expected)
    assert_agree(answer["retried"], expected)
    assert answer["torch"] == [True, True]
