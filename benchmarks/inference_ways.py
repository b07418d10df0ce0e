"""What the workers run in `inference.py`; they import it, so that what it keeps is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FOLDER = Path(tempfile.gettempdir()) / "sparkguard-inference"
FOREST, STATE = FOLDER / "forest.joblib", FOLDER / "resnet18.pt"
BATCH = 16
SHAPE = (BATCH, 3, 224, 224)


def forest() -> Any:  # noqa: ANN401 - of a library without types
    """A forest of scikit-learn, from its file."""
    import joblib

    return joblib.load(FOREST)


def network() -> Any:  # noqa: ANN401 - the same
    """A resnet18, built and filled from its file."""
    import torch
    from torchvision import models

    model = models.resnet18(weights=None)
    model.load_state_dict(torch.load(STATE, weights_only=True))
    return model.eval()


kept_forest, kept_network = cache(forest), cache(network)


def _row(number: int) -> list[list[float]]:
    return [[number % 7 / 7, number % 11 / 11, number % 13 / 13, 0.5]]


def _rows(ids: pd.Series) -> np.ndarray:
    return np.column_stack([ids % 7 / 7, ids % 11 / 11, ids % 13 / 13, np.full(len(ids), 0.5)])


def forest_loaded_per_row(number: int) -> float:
    """Loads the forest for one row."""
    return float(forest().predict(_row(number))[0])


def forest_per_row(number: int) -> float:
    """Runs the forest on one row."""
    return float(kept_forest().predict(_row(number))[0])


def forest_per_batch(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Loads the forest once, and runs it on batches."""
    model = forest()
    for batch in batches:
        yield pd.DataFrame({"y": model.predict(_rows(batch["id"]))})


def network_built_per_row(number: int) -> float:
    """Builds the network for one row."""
    import torch

    with torch.inference_mode():
        return float(network()(torch.full((1, *SHAPE[1:]), number / 100))[0, 0])


def network_per_row(number: int) -> float:
    """Runs the network on one row."""
    import torch

    with torch.inference_mode():
        return float(kept_network()(torch.full((1, *SHAPE[1:]), number / 100))[0, 0])


def network_per_batch(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Builds the network once, and runs it on batches."""
    import torch

    model = network()
    for batch in batches:
        pictures = torch.stack([torch.full(SHAPE[1:], n / 100) for n in batch["id"]])
        with torch.inference_mode():
            yield pd.DataFrame({"y": model(pictures)[:, 0].numpy().astype(float)})
