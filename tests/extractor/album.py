"""Real pictures in every size and mode, and files that are none, all made by script."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import skimage
import sklearn.datasets
from PIL import Image, TiffImagePlugin

Picture = Image.Image
WHITE = (255, 255, 255)
PHOTOS = [
    *sorted((Path(skimage.__file__).parent / "data").glob("*.[jp][pn]g")),
    *sorted((Path(sklearn.datasets.__file__).parent / "images").glob("*.jpg")),
]


@dataclass(frozen=True)
class Sample:
    """A file and the RGB picture that it must be taken for, made without the code under test."""

    name: str
    content: bytes
    rgb: Picture


def encoded(image: Picture, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def reopened(content: bytes) -> Picture:
    return Image.open(io.BytesIO(content)).convert("RGB")


def _jpeg(photo: Picture) -> tuple[bytes, Picture]:
    content = encoded(photo, "JPEG", quality=90)
    return content, reopened(content)


def _progressive(photo: Picture) -> tuple[bytes, Picture]:
    content = encoded(photo.resize((300, 400)), "JPEG", progressive=True, quality=60)
    return content, reopened(content)


def _cmyk(photo: Picture) -> tuple[bytes, Picture]:
    content = encoded(photo.convert("CMYK"), "JPEG")
    return content, reopened(content)


def _gray(photo: Picture) -> tuple[bytes, Picture]:
    gray = photo.convert("L")
    return encoded(gray, "PNG"), gray.convert("RGB")


def _palette(photo: Picture) -> tuple[bytes, Picture]:
    few = photo.quantize(64)
    return encoded(few, "GIF"), few.convert("RGB")


def _bilevel(photo: Picture) -> tuple[bytes, Picture]:
    two = photo.convert("1")
    return encoded(two, "TIFF"), two.convert("RGB")


def _sixteen_bits(photo: Picture) -> tuple[bytes, Picture]:
    gray = np.asarray(photo.convert("L"))
    deep = gray.astype(np.uint16) * 256 + 77
    return encoded(Image.fromarray(deep), "PNG"), Image.fromarray(gray).convert("RGB")


def _cut_out(photo: Picture) -> tuple[bytes, Picture]:
    """Half of it transparent, over colours that must stay hidden."""
    inside = np.zeros((photo.height, photo.width), bool)
    inside[:, photo.width // 3 :] = True
    pixels = np.asarray(photo)
    alpha = (inside * 255).astype(np.uint8)
    content = encoded(Image.fromarray(np.dstack([pixels, alpha])), "PNG")
    return content, Image.fromarray(np.where(inside[..., None], pixels, np.uint8(255)))


def _wide(photo: Picture) -> tuple[bytes, Picture]:
    wide = photo.resize((700, 180))
    return encoded(wide, "BMP"), wide


def _tiny(photo: Picture) -> tuple[bytes, Picture]:
    tiny = photo.resize((31, 47))
    return encoded(tiny, "WEBP", lossless=True), tiny


WAYS: tuple[Callable[[Picture], tuple[bytes, Picture]], ...] = (
    *(_jpeg, _progressive, _cmyk, _gray, _palette, _bilevel, _sixteen_bits, _cut_out, _wide, _tiny),
)


@cache
def photos() -> tuple[Picture, ...]:
    """The photographs, no side longer than 400 pixels."""
    opened = [Image.open(path).convert("RGB") for path in PHOTOS]
    for photo in opened:
        photo.thumbnail((400, 400))
    return tuple(opened)


@cache
def samples() -> tuple[Sample, ...]:
    """Photographs in every way."""
    return tuple(
        Sample(f"{path.name}{way.__name__}", *way(photo))
        for path, photo in zip(PHOTOS[-21:], photos()[-21:], strict=True)
        for way in WAYS
    )


# Broken and odd


def png(width: int, height: int, data: bytes = b"", *chunks: bytes) -> bytes:
    """A PNG of gray that says of its size what it likes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (_chunk(b"IHDR", header), *chunks, _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _patched(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at + len(new) :]


def _claiming(jpeg: bytes, side: int) -> bytes:
    """A JPEG whose header says that it is a huge square."""
    start = jpeg.index(b"\xff\xc0")
    return _patched(jpeg, start + 5, struct.pack(">HH", side, side))


@cache
def odd() -> dict[str, tuple[bytes, str | None]]:
    """Files by name, and the reason why they give no features; `None` if they must give some."""
    photo = photos()[0].resize((160, 120))
    jpeg, whole = encoded(photo, "JPEG"), encoded(photo, "PNG")
    many = {"save_all": True, "append_images": [photo.rotate(90), photo.rotate(180)]}
    kinds = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "PPM")
    cut = {f"half a {kind}": encoded(photo, kind) for kind in kinds}
    ramp = np.linspace(0, 1, 64 * 64, dtype=np.float32).reshape(64, 64)
    exif = Image.Exif()
    exif[0x0112] = 6
    bomb = Image.new("1", (10_000, 10_000))
    lab = TiffImagePlugin.ImageFileDirectory_v2()
    return {
        **{
            name: (content[: len(content) // 2], "corrupt_image: truncated")
            for name, content in cut.items()
        },
        "nothing": (b"", "empty_content"),
        "one byte": (b"\xff", "not_an_image"),
        "zeros": (bytes(1000), "not_an_image"),
        "noise": (np.random.default_rng(5063).bytes(5000), "not_an_image"),
        "text": ("Grüße".encode(), "not_an_image"),
        "HTML": (b"<!doctype html><img src=x.jpg>", "not_an_image"),
        "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "not_an_image"),
        "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "not_an_image"),
        "ZIP": (b"PK\x03\x04" + bytes(100), "not_an_image"),
        "PNG signature alone": (b"\x89PNG\r\n\x1a\n", "not_an_image"),
        "JPEG start alone": (jpeg[:20], "not_an_image"),
        "PNG with flipped bits": (_patched(whole, len(whole) // 2, bytes(9)), "corrupt_image"),
        "PNG with damaged data": (png(64, 64, b"no zlib"), "corrupt_image"),
        "PNG without data": (png(64, 64), "corrupt_image"),
        "PNG that claims to be huge": (png(20_000, 20_000), "too_many_pixels: 20000x20000"),
        "PNG that is huge": (encoded(bomb, "PNG"), "too_many_pixels: 10000x10000"),
        "PNG of the largest size": (png(2**31 - 1, 2**31 - 1), "too_many_pixels"),
        "JPEG that claims to be huge": (_claiming(jpeg, 20_000), "too_many_pixels: 20000x20000"),
        "GIF that claims to be huge": (
            _patched(encoded(photo.quantize(8), "GIF"), 6, b"\xff\xff\xff\xff"),
            "too_many_pixels: 65535x65535",
        ),
        "floats": (encoded(Image.fromarray(ramp), "TIFF"), "unsupported_mode: F"),
        "32-bit integers": (
            encoded(Image.fromarray((ramp * 1e9).astype(np.int32)), "TIFF"),
            "unsupported_mode: I",
        ),
        "LAB": (encoded(Image.new("LAB", (64, 64)), "TIFF", tiffinfo=lab), "unsupported_mode: LAB"),
        "animated GIF": (encoded(photo.quantize(16), "GIF", **many), None),
        "animated PNG": (encoded(photo, "PNG", **many), None),
        "animated WEBP": (encoded(photo, "WEBP", **many), None),
        "TIFF of three pages": (encoded(photo, "TIFF", **many), None),
        "one pixel": (encoded(photo.resize((1, 1)), "PNG"), None),
        "a line across": (encoded(photo.resize((2000, 3)), "JPEG"), None),
        "a line down": (encoded(photo.resize((3, 2000)), "JPEG"), None),
        "JPEG with bytes after its end": (jpeg + b"GPS" * 100, None),
        "JPEG that lies on its side": (encoded(photo, "JPEG", exif=exif), None),
        "JPEG with a broken EXIF": (encoded(photo, "JPEG", exif=b"Exif\0\0II*\0\xff\xff"), None),
        "soft alpha": (encoded(Image.merge("LA", [photo.convert("L")] * 2), "PNG"), None),
        "palette with a transparent colour": (
            encoded(photo.quantize(16), "PNG", transparency=bytes(range(0, 256, 16))),
            None,
        ),
        "ICO": (encoded(photo, "ICO"), None),
        "JPEG 2000": (encoded(photo, "JPEG2000"), None),
    }
