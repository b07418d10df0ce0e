"""Networks of torchvision by name, without their classifier and ready to run fast on a CPU."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from .preprocessing import Preprocessing
from .requirements import SetupError, torchvision_models

if TYPE_CHECKING:
    from torch import nn
    from torchvision.models import WeightsEnum

_OTHERWISE = ("googlenet", "inception_v3")
"""Their pretrained form wants its input rescaled once more: not the same network by name."""


def weights_of(name: str) -> type[WeightsEnum]:
    """The enumeration of a network's pretrained weights.

    Args:
        name: What torchvision calls the network, `resnet50`.

    Raises:
        SetupError: There is no such classifier of pictures.
    """
    models = torchvision_models()
    known = set(models.list_models(module=models)) - set(_OTHERWISE)
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=1)
        meant = f"; did you mean `{near[0]}`?" if near else ""
        raise SetupError(f"no network of torchvision that gives features: `{name}`{meant}")
    members: type[WeightsEnum] = models.get_model_weights(name)
    return members


def preprocessing_of(name: str, weights: str) -> Preprocessing:
    """What prepares pictures for a network with these weights.

    Args:
        name: The network.
        weights: A name of torchvision's (`DEFAULT`, `IMAGENET1K_V1`), or a file: one that has
            the name that torchvision downloads it under is known again, any other is taken to be
            prepared for as the default weights are.
    """
    members = weights_of(name)
    if weights in members.__members__:
        return Preprocessing.of(members[weights])
    of_file = [each for each in members if each.url.rpartition("/")[2] == _file_name(weights)]
    return Preprocessing.of(of_file[0] if of_file else members["DEFAULT"])


def skeleton(name: str) -> nn.Module:
    """A network for inference whose parameters have shapes and no values, so no memory either."""
    import torch

    build = torchvision_models().get_model
    try:
        with torch.device("meta"):
            network: nn.Module = build(name, weights=None)
    except RuntimeError:  # a regnet computes with tensors while it is built
        network = build(name, weights=None).to("meta")
    return network.eval().requires_grad_(False)


def without_classifier(network: nn.Module) -> nn.Module:
    """The network with its last layer taken off, in place: it gives what that layer was given.

    Raises:
        SetupError: It does not end in a linear layer.
    """
    from torch import nn

    parent, (name, last) = network, list(network.named_children())[-1]
    while children := list(last.named_children()):
        parent, (name, last) = last, children[-1]
    if not isinstance(last, nn.Linear):
        kind = type(network).__name__
        raise SetupError(f"{kind} does not end in a linear layer that could be taken off")
    setattr(parent, name, nn.Identity())
    return network


def folded(network: nn.Module) -> nn.Module:
    """The network with each batch norm made part of the convolution before it, in place.

    In inference a batch norm is a factor and a summand per channel; a convolution can have both in
    its own weights. That saves a fifth of a residual network's time on a CPU.
    """
    from torch import nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    for module in list(network.modules()):
        children = list(module.named_children())
        for (name, first), (next_name, second) in pairwise(children):
            if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                setattr(module, name, fuse_conv_bn_eval(first, second))
                setattr(module, next_name, nn.Identity())
    return network


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
