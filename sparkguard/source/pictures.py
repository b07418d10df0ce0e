"""Which pictures go to a network as they were opened, whatever mode they are of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sparkguard.source.facts import Call, Display
from sparkguard.source.module import last_name
from sparkguard.source.values import Container, Frame, Instance, Thunk, Value

if TYPE_CHECKING:
    from sparkguard.source.types import Evaluator

_OPEN = "PIL.Image.open"
_COMPOSE = frozenset({"torchvision.transforms.Compose", "torchvision.transforms.v2.Compose"})
_NORMALIZE = frozenset({"torchvision.transforms.Normalize", "torchvision.transforms.v2.Normalize"})
_TENSOR = frozenset(
    f"torchvision.transforms.{name}"
    for name in ("ToTensor", "PILToTensor", "v2.ToTensor", "v2.PILToTensor", "v2.ToImage")
)
_PLAIN = re.compile(
    r"torchvision\.transforms\.(v2\.)?"
    r"(Resize|CenterCrop|RandomCrop|RandomResizedCrop|FiveCrop|Pad|RandomHorizontalFlip|"
    r"ConvertImageDtype|ToDtype)"
)
"""Steps that leave the number of channels as it is."""
_OF_WEIGHTS = re.compile(r"torchvision\.models\.\w+_Weights\.\w+\.transforms")
_CHANNELS = 3


def assumed(
    evaluator: Evaluator, call: Call, frame: Frame, around: Iterable[Frame]
) -> Thunk | None:
    """The `Image.open` whose picture a call normalises for three channels as it comes.

    Args:
        evaluator: Knows what an expression is.
        call: The call.
        frame: Where it stands.
        around: The frames that lead to it.

    Returns:
        `None` where the call does something else, or the code asks for a picture's mode anywhere.
    """
    if len(call.arguments) != 1 or not _is_normalised(evaluator, call, frame):
        return None
    for opened in evaluator.values(call.arguments[0].value, frame):
        match opened:
            case Instance(type=type, made=Thunk() as made) if type == _OPEN:
                if not any(map(_minds_mode, (frame, *around, made.frame))):
                    return made
    return None


def _is_normalised(evaluator: Evaluator, call: Call, frame: Frame) -> bool:
    """Whether a call normalises what it is given: few do, and what that is costs more to tell."""
    return any(_normalises(evaluator, value) for value in evaluator.values(call.function, frame))


def _minds_mode(frame: Frame) -> bool:
    """Whether a function converts pictures, or looks at their mode."""
    converts = any(last_name(call.function) in ("convert", "split") for call in frame.facts.calls)
    return converts or any(attr in ("mode", "getbands") for _, attr in frame.facts.attributes)


def _normalises(evaluator: Evaluator, value: Value) -> bool:
    match value:
        case Instance(type=type) if _OF_WEIGHTS.fullmatch(type):
            return True
        case Instance(type=type, made=Thunk(expression=Call() as made, frame=frame)):
            return type in _COMPOSE and _steps_normalise(evaluator, made, frame)
    return False


def _steps_normalise(evaluator: Evaluator, made: Call, frame: Frame) -> bool:
    """Whether of some steps, all of them known, one is for three channels and none makes three."""
    if not made.arguments:
        return False
    for value in evaluator.values(made.arguments[0].value, frame):
        if isinstance(value, Container):
            steps = [evaluator.given((item,)) for _, item in value.items]
            known = all(len(step) == 1 and _is_known(step[0]) for step in steps)
            return known and any(_is_normalize(step[0]) for step in steps)
    return False


def _is_known(step: Value) -> bool:
    return isinstance(step, Instance) and (
        step.type in _NORMALIZE | _TENSOR or _PLAIN.fullmatch(step.type) is not None
    )


def _is_normalize(step: Value) -> bool:
    match step:
        case Instance(type=type, made=Thunk(expression=Call(arguments=(first, *_)))):
            match first.value:
                case Display(items=items):
                    return type in _NORMALIZE and len(items) == _CHANNELS
    return False
