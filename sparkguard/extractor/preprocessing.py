"""RGB pictures to the network's input: the preprocessing that the weights were trained with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torchvision.models import WeightsEnum

_LONG = 8
"""Sides longer than this many short ones: only what the crop keeps is resized."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """Resize, crop in the middle, normalise: `weights.transforms()` of torchvision as plain values.

    Args:
        resize: Pixels of the shorter side after the resize.
        crop: Pixels of both sides of the square that is kept.
        resampling: Pillow's number for the interpolation; 2 is bilinear, 3 bicubic.
        mean: What is taken from each channel, of values from 0 to 1.
        std: What each channel is then divided by.
    """

    resize: int
    crop: int
    resampling: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    @classmethod
    def of(cls, weights: WeightsEnum) -> Preprocessing:
        """Those of a member of torchvision's weights, `ResNet50_Weights.IMAGENET1K_V2`."""
        from PIL.Image import Resampling

        preset = weights.transforms()
        return cls(
            resize=preset.resize_size[0],
            crop=preset.crop_size[0],
            resampling=int(Resampling[preset.interpolation.name]),
            mean=tuple(preset.mean),
            std=tuple(preset.std),
        )

    def place(self, image: Image, pixels: NDArray[np.uint8]) -> None:
        """Resize a picture and write its middle to `pixels`, of shape (crop, crop, 3).

        Pixel for pixel what torchvision makes of it; for one that is very long and thin the same
        but for rounding, without the huge picture in between.
        """
        import numpy as np

        wide, high = self._resized(*image.size)
        left, top = round((wide - self.crop) / 2), round((high - self.crop) / 2)
        kept = (left, top, left + self.crop, top + self.crop)
        if max(wide, high) > _LONG * self.resize:
            across, down = image.width / wide, image.height / high
            box = (kept[0] * across, kept[1] * down, kept[2] * across, kept[3] * down)
            image = image.resize((self.crop, self.crop), self.resampling, box)
        else:
            image = image.resize((wide, high), self.resampling).crop(kept)
        pixels[...] = np.asarray(image)

    def _resized(self, wide: int, high: int) -> tuple[int, int]:
        """The size with the shorter side as asked for; torchvision cuts the fraction off, too."""
        if wide <= high:
            return self.resize, int(self.resize * high / wide)
        return int(self.resize * wide / high), self.resize
