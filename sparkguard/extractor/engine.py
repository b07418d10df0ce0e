"""Pictures to features, in a plain process or on a worker; here is what a worker keeps.

Spark unpickles the function anew for each task, so what a task leaves in the function's own globals
is gone for the next one. This module is imported once per worker process, and its cache stays.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .pictures import BadPicture, Reading, read
from .preprocessing import Preprocessing
from .weights import load

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .shipping import Shipped

KEPT = 2
"""Engines that a worker keeps: one for each of the last two configurations."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides what an extractor does to a picture, as plain values.

    Args:
        model: The network's name.
        preprocessing: What is done to the RGB picture.
        reading: How a picture is decoded.
        raises: Whether a bad picture ends the job; otherwise it has an error instead of features.
        batch_size: Pictures that go through the network at a time.
        precision: `float32` or `bfloat16`.
        threads: Threads of the network; 0 is as many as Spark gives the task cores.
        device: `cpu`, `cuda`, or `auto`: the GPU that Spark gave the task, or any, or the CPU.
    """

    model: str
    preprocessing: Preprocessing
    reading: Reading
    raises: bool
    batch_size: int
    precision: str
    threads: int
    device: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """What came of some pictures.

    Args:
        features: Those of the pictures that have any, in order: float32, (pictures, features).
        worked: Which pictures have features: bool, one for each.
        errors: Why not, for each; `None` beside features, and for a picture that is null.
    """

    features: NDArray[np.float32]
    worked: NDArray[np.bool_]
    errors: list[str | None]


class Engine:
    """A network and the room for one batch.

    Args:
        settings: What to do.
        path: The weights that `weights.prepare` wrote.
    """

    def __init__(self, settings: Settings, path: str) -> None:
        import numpy as np
        import torch

        ready, crop = settings.preprocessing, settings.preprocessing.crop
        self._settings = settings
        self._device = torch.device(_device(settings.device))
        self._dtype: torch.dtype = getattr(torch, settings.precision)
        self._network = load(settings.model, path).to(self._device)
        self._pixels = np.empty((settings.batch_size, crop, crop, 3), np.uint8)
        std = torch.tensor(ready.std, device=self._device).view(1, 3, 1, 1)
        mean = torch.tensor(ready.mean, device=self._device).view(1, 3, 1, 1)
        # (pixel / 255 - mean) / std, in one pass over the pixels
        self._scale, self._shift = 1 / (255 * std), -mean / std
        self._width = self._forward(1).shape[1]

    def extract(self, contents: Sequence[bytes | None]) -> Extracted:
        """The features of at most `batch_size` encoded pictures.

        Raises:
            BadPicture: A picture gives no features, and the settings say to raise.
        """
        import numpy as np

        worked = np.zeros(len(contents), np.bool_)
        errors: list[str | None] = [None] * len(contents)
        for number, content in enumerate(contents):
            if content is None:
                continue
            try:
                image = read(content, self._settings.reading)
                self._settings.preprocessing.place(image, self._pixels[worked.sum()])
                worked[number] = True
            except BadPicture as reason:
                if self._settings.raises:
                    raise
                errors[number] = str(reason)
        return Extracted(self._forward(int(worked.sum())), worked, errors)

    def _forward(self, pictures: int) -> NDArray[np.float32]:
        """The features of the first pictures of the batch, (pictures, features)."""
        import numpy as np
        import torch

        if not pictures:
            return np.empty((0, self._width), np.float32)
        with torch.inference_mode():
            pixels = torch.from_numpy(self._pixels[:pictures]).to(self._device)
            # (N, H, W, C) in memory, called (N, C, H, W): "channels last", as the weights are.
            values = pixels.permute(0, 3, 1, 2).to(torch.float32)
            values = torch.addcmul(self._shift, values, self._scale).to(self._dtype)
            features: NDArray[np.float32] = self._network(values).float().cpu().numpy()
            return features


_ENGINES: OrderedDict[tuple[Settings, str], Engine] = OrderedDict()


def engine_for(settings: Settings, weights: Shipped) -> Engine:
    """The engine of this process for these settings and weights, built when first asked for."""
    _share_cores(settings.threads)
    key = (settings, weights.name)
    if key not in _ENGINES:
        while len(_ENGINES) >= KEPT:
            _ENGINES.popitem(last=False)
        _ENGINES[key] = Engine(settings, weights.locate())
        # Spark's worker collects garbage after each task: 0.2 s over all that torch brought along,
        # if it is not told that this stays.
        gc.freeze()
    _ENGINES.move_to_end(key)
    return _ENGINES[key]


def _share_cores(threads: int) -> None:
    """Give torch the cores of this task, and not those of its neighbours."""
    import torch
    from pyspark import TaskContext

    task = TaskContext.get()
    if threads or task:
        torch.set_num_threads(threads or max(1, task.cpus() if task else 1))


def _device(wanted: str) -> str:
    import torch
    from pyspark import TaskContext

    if wanted != "auto":
        return wanted
    if not torch.cuda.is_available():
        return "cpu"
    task = TaskContext.get()
    gpu = task.resources().get("gpu") if task else None
    return f"cuda:{gpu.addresses[0]}" if gpu else "cuda"
