"""SG5xx: a model is used the wrong way on the workers."""

from __future__ import annotations

from dataclasses import replace

from sparkguard.checks.doing import rule, who
from sparkguard.diagnostic import Applicability, Edit, Fix, Severity
from sparkguard.model import Act


def _renamed(act: Act) -> Fix | None:
    """The argument that means the same as the flag."""
    if act.written is None or act.other is None:
        return None
    edit = Edit(act.other, act.written)
    return Fix(f"write `{act.written}`", (edit,), Applicability.SAFE)


def _without_gradients(act: Act) -> Fix | None:
    """The function that runs the network, decorated."""
    place = act.decorated
    if place is None:
        return None
    edit = Edit(place.at, f"@torch.inference_mode()\n{place.indent}")
    return Fix("leave gradients out of the whole function", (edit,), Applicability.UNSAFE)


def _evaluating(act: Act) -> Fix | None:
    """The network as it answers, from where it is built on."""
    if act.made is None:
        return None
    edit = Edit(replace(act.made, start=act.made.end), ".eval()")
    return Fix("call `.eval()` where the network is built", (edit,), Applicability.UNSAFE)


def _converted(act: Act) -> Fix | None:
    """The picture in three channels; what else is asked of it (`.format`) a converted one lacks."""
    behind = replace(act.span, start=act.span.end)
    edit = Edit(behind, '.convert("RGB")')
    return Fix("convert it to RGB where it is opened", (edit,), Applicability.UNSAFE)


RULES = (
    rule(
        "SG501",
        "inference-with-gradients",
        "a function that goes to the workers runs a network that records what it does",
        lambda point, act: act.kind == "infer" and act.gradients is True,
        message=lambda point, act: (
            f"{who(point, act)} runs `{act.text}`, {act.noun}, and records its gradients"
        ),
        here=lambda act: "records every layer's input for a backward pass",
        cure="run it under `with torch.inference_mode():`",
        fix=_without_gradients,
    ),
    rule(
        "SG502",
        "model-in-training-mode",
        "a function that goes to the workers runs a network that nobody took out of training mode",
        lambda point, act: act.kind == "infer" and act.training is True,
        message=lambda point, act: (
            f"{who(point, act)} runs `{act.text}`, {act.noun} in training mode"
        ),
        here=lambda act: "in training mode: nothing calls `.eval()`",
        cure="call `.eval()` on it before it runs",
        fix=_evaluating,
        severity=Severity.ERROR,
    ),
    rule(
        "SG503",
        "image-mode-assumed",
        "a function that goes to the workers normalises pictures for three channels as they come",
        lambda point, act: act.kind == "decode",
        message=lambda point, act: (
            f"{who(point, act)} takes a picture as it comes, and normalises three channels of it"
        ),
        here=lambda act: "may be gray, or have a palette or transparency",
        there="needs three channels",
        cure='convert it when it is opened: `Image.open(...).convert("RGB")`',
        fix=_converted,
    ),
    rule(
        "SG504",
        "deprecated-pretrained-flag",
        "a network of torchvision is built with the flag `pretrained`, which is going away",
        lambda point, act: act.kind == "build",
        message=lambda point, act: (
            f"`{act.text}` is built with `pretrained`, which torchvision deprecates"
        ),
        here=lambda act: "deprecated since torchvision 0.13",
        cure="name the weights",
        fix=_renamed,
    ),
    rule(
        "SG505",
        "feature-size",
        "a network that is run for its features still has its last layer, and gives classes",
        lambda point, act: act.kind == "infer" and act.meant is not None,
        message=lambda point, act: (
            f"`{act.text}` gives {act.outputs:,} classes, and {act.meant:,} features are meant"
        ),
        here=lambda act: f"gives {act.outputs:,} numbers",
        there="this many are meant",
        cure="take the last layer off, as in `model.fc = torch.nn.Identity()`",
    ),
)
