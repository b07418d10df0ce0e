"""Random parameters, the same on every run: what is compared is the way, not what was learned."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkguard.extractor import ImageFeatureExtractor


@pytest.fixture(scope="session")
def resnet18(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with a state dict of a resnet18."""
    return saved_weights("resnet18", tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="session")
def extractor(resnet18: str) -> ImageFeatureExtractor:
    return ImageFeatureExtractor("resnet18", resnet18)


def saved_weights(name: str, folder: Path) -> str:
    import torch
    from torchvision import models

    torch.manual_seed(5063)
    path = folder / f"{name}.pt"
    torch.save(models.get_model(name, weights=None).state_dict(), path)
    return str(path)
