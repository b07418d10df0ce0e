"""Bytes to RGB: every mode on purpose, and for every refusal its reason."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from PIL import Image, ImageFile

from sparkguard.extractor.pictures import BadPicture, Reading, read
from tests.extractor.album import Sample, encoded, odd, photos, samples

PHOTO = photos()[0].resize((160, 120))


def reason(content: bytes, reading: Reading) -> str | None:
    try:
        image = read(content, reading)
    except BadPicture as error:
        return str(error)
    assert image.mode == "RGB"
    return None


def test_there_are_enough_of_both() -> None:
    broken = [name for name, (_, why) in odd().items() if why]

    assert len(samples()) >= 200
    assert len(odd()) >= 30
    assert len(broken) >= 20


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_a_picture_is_the_rgb_that_it_shows(sample: Sample) -> None:
    image = read(sample.content, Reading())

    assert image.mode == "RGB"
    assert np.array_equal(np.asarray(image), np.asarray(sample.rgb))


@pytest.mark.parametrize("name", odd())
def test_what_is_odd_has_its_reason_or_a_picture(name: str) -> None:
    content, expected = odd()[name]

    said = reason(content, Reading())

    assert (said or "").startswith(expected or "")
    assert bool(said) == bool(expected)
    assert said != "corrupt_image"


def test_a_soft_edge_is_blended_with_the_background() -> None:
    half = Image.merge("RGBA", [Image.new("L", (8, 8), each) for each in (200, 0, 0, 128)])

    on_white = read(encoded(half, "PNG"), Reading())
    on_blue = read(encoded(half, "PNG"), Reading(background=(0, 0, 255)))

    assert on_white.getpixel((0, 0)) == (227, 127, 127)
    assert on_blue.getpixel((0, 0)) == (100, 0, 127)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_keep_their_shades(kind: str) -> None:
    shades = np.arange(256, dtype=np.uint16).reshape(16, 16)

    image = read(encoded(Image.fromarray(shades * 257), kind), Reading())

    assert np.array_equal(np.asarray(image)[..., 0], shades)


def test_a_camera_that_was_held_sideways_is_heeded_when_asked() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the scene is at the right
    content = encoded(PHOTO, "JPEG", exif=exif)

    assert read(content, Reading()).size == (160, 120)
    turned = read(content, Reading(exif_orientation=True))

    assert turned.size == (120, 160)
    assert np.array_equal(np.asarray(turned), np.rot90(np.asarray(read(content, Reading())), -1))


def test_a_truncated_file_gives_a_picture_when_asked() -> None:
    content = encoded(PHOTO, "JPEG")
    half = content[: len(content) // 2]

    assert reason(half, Reading()) == "corrupt_image: truncated"
    image = read(half, Reading(allow_truncated=True))

    top, whole = np.asarray(image)[:16], np.asarray(read(content, Reading()))[:16]
    assert np.array_equal(top, whole)


@pytest.mark.parametrize("limit", [160 * 120 - 1, 160 * 120])
def test_the_limit_of_pixels_is_the_last_that_passes(limit: int) -> None:
    said = reason(encoded(PHOTO, "PNG"), Reading(max_pixels=limit))

    assert said == (None if limit == 160 * 120 else "too_many_pixels: 160x120")


def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[object] = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", loaded.append)

    said = reason(odd()["PNG that is huge"][0], Reading())

    assert said == "too_many_pixels: 10000x10000"
    assert not loaded


def test_a_limit_above_pillows_own_counts() -> None:
    large = encoded(Image.new("1", (20_000, 10_000)), "PNG")

    assert reason(large, Reading()) == "too_many_pixels: 20000x10000"
    assert reason(large, Reading(max_pixels=200_000_000)) is None


def test_a_draft_keeps_the_sides_that_it_must() -> None:
    content = encoded(PHOTO.resize((1600, 1200)), "JPEG")

    assert read(content, Reading(draft_side=512)).size == (800, 600)
    assert read(content, Reading(draft_side=2000)).size == (1600, 1200)
    assert read(encoded(PHOTO, "PNG"), Reading(draft_side=16)).size == (160, 120)


def test_pillow_is_left_as_it_was() -> None:
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES

    reason(b"no picture", Reading(max_pixels=1, allow_truncated=True))

    assert before == (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "ICO", "JPEG2000"])
def test_whatever_bytes_are_damaged_only_a_bad_picture_is_raised(kind: str) -> None:
    chance = random.Random(5063)
    content = encoded(PHOTO.resize((64, 48)), kind)
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(chance.choice([1, 4, 40])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)

        said = reason(
            bytes(damaged[: chance.choice([len(damaged), chance.randrange(9999)])]), Reading()
        )

        assert said is None or said.isprintable()
        assert said is None or len(said) <= len("corrupt_image: ") + 80


def test_the_first_picture_of_several_counts() -> None:
    frames = [PHOTO.quantize(16), PHOTO.rotate(180).quantize(16)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    first = Image.open(io.BytesIO(content))

    assert np.array_equal(np.asarray(read(content, Reading())), np.asarray(first.convert("RGB")))
