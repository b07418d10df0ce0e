"""The weights of a network, read once on the driver and written as the workers map them.

What a worker would otherwise do to its own copy is done before: the classifier is off, batch norms
are folded, the numbers lie in the order and the precision that the CPU reads them in. So workers of
one host map one file, and share its pages instead of holding a copy each.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .networks import folded, skeleton, weights_of, without_classifier
from .requirements import SetupError

if TYPE_CHECKING:
    from torch import nn
    from torchvision.models import WeightsEnum

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A file of prepared weights.

    Args:
        path: Where it lies.
        name: Its name; a hash of its content is part of it, so one name is one content.
    """

    path: str
    name: str


def prepare(name: str, weights: str, precision: str, folder: str | None = None) -> WeightsFile:
    """Read weights and write them as workers map them.

    Args:
        name: The network, `resnet50`.
        weights: A name of torchvision's, which is downloaded where torchvision keeps its weights;
            or a file with the network's state dict, of `torch.save` or `.safetensors`.
        precision: `float32` or `bfloat16`.
        folder: Where to write it; by default a folder that goes when this process ends.

    Raises:
        SetupError: There are no such weights, or they are another network's.
    """
    import torch

    network = _with_state(skeleton(name), _state(name, weights), name, weights)
    ready = folded(without_classifier(network))
    ready = ready.to(getattr(torch, precision), memory_format=torch.channels_last)  # type: ignore[call-overload]
    content = io.BytesIO()
    torch.save(ready.state_dict(), content)
    digest = hashlib.sha256(content.getbuffer()).hexdigest()
    file = f"{name}-{precision}-{digest[:16]}.pt"
    return WeightsFile(str(write_once(Path(folder or _own_folder()), file, content)), file)


def write_once(folder: Path, name: str, content: io.BytesIO) -> Path:
    """The file of that name in the folder, written if it is not there: whole, or not at all."""
    path = folder / name
    if not path.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as beside:
                beside.write(content.getbuffer())
            Path(beside.name).chmod(0o644)
            Path(beside.name).replace(path)
        except OSError as error:
            raise SetupError(f"cannot write weights to {folder}: {error.strerror}") from None
    return path


def load(name: str, path: str) -> nn.Module:
    """A network without its classifier, its parameters mapped from a file of `prepare`."""
    import torch

    network = folded(without_classifier(skeleton(name)))
    state = torch.load(path, map_location="cpu", mmap=True, weights_only=True)
    network.load_state_dict(state, assign=True)
    return network.requires_grad_(False)


def _state(name: str, weights: str) -> State:
    members = weights_of(name)
    if weights in members.__members__:
        return _downloaded(members[weights])
    if not os.path.isfile(weights):  # noqa: PTH113 - text that may be no path at all
        names = ", ".join(members.__members__)
        raise SetupError(f"no weights file {weights}; by name {name} has {names}")
    try:
        return _read(weights)
    except ImportError as error:
        raise SetupError(f"cannot read {weights}: {error}") from None
    except Exception as error:  # whatever an unpickler makes of a file of another kind
        said = f"{type(error).__name__}: {error}".partition("\n")[0][:120]
        raise SetupError(f"cannot read {weights} as a state dict ({said})") from None


def _downloaded(member: WeightsEnum) -> State:
    try:
        state: State = member.get_state_dict(progress=False, check_hash=True)
    except (OSError, RuntimeError) as error:
        said = str(error).partition("\n")[0]
        raise SetupError(f"cannot download {member} ({said}): name a file of weights") from None
    return state


def _read(path: str) -> State:
    import torch

    if path.endswith(".safetensors"):
        from safetensors.torch import load_file

        return dict(load_file(path))
    state: State = torch.load(path, map_location="cpu", weights_only=True)
    return state


def _with_state(network: nn.Module, state: State, name: str, weights: str) -> nn.Module:
    try:
        network.load_state_dict(state, assign=True)
    except (RuntimeError, TypeError, AttributeError) as error:
        told = " ".join(str(error).split())
        shown = told if len(told) < 200 else f"{told[:200]} ..."
        raise SetupError(f"{weights} does not hold the weights of {name}: {shown}") from None
    return network


@cache
def _own_folder() -> str:
    folder = tempfile.mkdtemp(prefix="sparkguard-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
