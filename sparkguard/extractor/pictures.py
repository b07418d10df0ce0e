"""Encoded pictures to RGB: every mode on purpose, every refusal a short stable reason.

What each kind of picture becomes:

| kind | becomes |
|---|---|
| RGB, grayscale, bilevel, palette, CMYK, YCbCr, HSV | RGB by Pillow's own conversion |
| alpha, a transparent colour | the picture laid on `background`: its hidden colours stay hidden |
| 16-bit grayscale | the upper 8 bits; Pillow's own conversion would turn nearly all of it white |
| 16-bit colour (PNG) | the upper 8 bits, which is how Pillow reads it |
| animated, several pages | the first |
| 32-bit integers or floats, LAB | `unsupported_mode`: nothing says which value is white |
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 64_000_000
"""64 megapixels are 192 MB as RGB; a PNG of 300 kB can claim to hold more than that."""


class BadPicture(ValueError):
    """A picture that gives no features; the text is the reason, a stable word and a detail."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How pictures are read.

    Args:
        max_pixels: Width times height above which a picture is refused before it is decoded.
        background: The RGB colour, 0 to 255, under what is transparent.
        exif_orientation: Whether to turn a picture as its camera says it was held.
        allow_truncated: Whether a file that ends early gives features, its rest gray.
        draft_side: Pixels that a JPEG's sides must keep; it is then decoded at 1/2, 1/4 or 1/8 of
            its size as far as they do. 0 decodes every pixel.
    """

    max_pixels: int = MAX_PIXELS
    background: tuple[int, int, int] = (255, 255, 255)
    exif_orientation: bool = False
    allow_truncated: bool = False
    draft_side: int = 0


def read(content: bytes, reading: Reading) -> Image:
    """Decode a picture.

    Args:
        content: The encoded file.
        reading: How.

    Returns:
        A picture of mode RGB.

    Raises:
        BadPicture: `empty_content`, `not_an_image`, `too_many_pixels: WxH`,
            `unsupported_mode: MODE` or `corrupt_image: DETAIL`.
    """
    if not content:
        raise BadPicture("empty_content")
    with warnings.catch_warnings(), _pillow(reading):
        warnings.simplefilter("ignore")  # a picture's oddities are no news for the worker's log
        image = _opened(content)
        width, height = image.size
        if width * height > reading.max_pixels:
            raise BadPicture(f"too_many_pixels: {width}x{height}")
        try:
            return _rgb(_decoded(image, reading), reading.background)
        except (BadPicture, MemoryError):
            raise
        except Exception as error:  # whatever a decoder makes of damaged bytes
            raise BadPicture(f"corrupt_image: {_detail(error)}") from None


def _opened(content: bytes) -> Image:
    """The picture with its header read and nothing decoded."""
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(io.BytesIO(content))
    except UnidentifiedImageError:
        raise BadPicture("not_an_image") from None
    except Exception as error:
        raise BadPicture(f"corrupt_image: {_detail(error)}") from None


def _decoded(image: Image, reading: Reading) -> Image:
    from PIL import ImageOps

    if reading.draft_side and image.mode in ("RGB", "L"):
        image.draft(image.mode, (reading.draft_side, reading.draft_side))
    image.load()
    return ImageOps.exif_transpose(image) if reading.exif_orientation else image


def _rgb(image: Image, background: tuple[int, int, int]) -> Image:
    match image.mode:
        case "RGB":
            return image
        case "RGBA" | "LA" | "PA" | "RGBa" | "La":
            return _laid_on(image, background)
        case "L" | "P" | "1" if "transparency" in image.info:
            return _laid_on(image, background)
        case "L" | "P" | "1" | "CMYK" | "YCbCr" | "HSV" | "RGBX":
            return image.convert("RGB")
        case "I;16" | "I;16L" | "I;16B" | "I;16N":
            return _upper_bits(image)
        case "I" if image.format in ("PNG", "PPM"):  # as Pillow opens 16 bits of these
            return _upper_bits(image)
        case mode:
            raise BadPicture(f"unsupported_mode: {mode}")


def _laid_on(image: Image, background: tuple[int, int, int]) -> Image:
    from PIL import Image as Images

    image = image.convert("RGBA")
    under = Images.new("RGB", image.size, background)
    under.paste(image, mask=image.getchannel("A"))
    return under


def _upper_bits(image: Image) -> Image:
    import numpy as np
    from PIL import Image as Images

    values = np.asarray(image).astype(np.uint32)
    return Images.fromarray((values >> 8).astype(np.uint8)).convert("RGB")


@contextmanager
def _pillow(reading: Reading) -> Iterator[None]:
    """Pillow's two switches for the whole process, as this reading wants them, and back again.

    Our own limit of pixels takes the place of Pillow's, whose refusal does not tell the size.
    """
    from PIL import Image, ImageFile

    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = None, reading.allow_truncated
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = before


def _detail(error: Exception) -> str:
    """What went wrong, in words that do not differ from one damaged file to the next."""
    said = str(error)
    if "truncated" in said.lower():
        return "truncated"
    words = "".join(each for each in said if not each.isdigit())
    return f"{type(error).__name__} {words}"[:80].strip()
