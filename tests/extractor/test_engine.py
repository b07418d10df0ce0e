"""Pictures to features without Spark: what plain PyTorch gives, faster modes and their error."""

from __future__ import annotations

import gc
import io
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import nn
from torchvision import models

from sparkguard.extractor import ImageFeatureExtractor, SetupError, engine
from sparkguard.extractor.networks import folded, preprocessing_of, skeleton, without_classifier
from sparkguard.extractor.pictures import BadPicture
from sparkguard.extractor.preprocessing import Preprocessing
from sparkguard.extractor.shipping import AtPath
from tests.extractor.album import Picture, encoded, odd, photos, samples
from tests.extractor.conftest import saved_weights

PHOTOS = photos()[:4]
CONTENTS = [encoded(photo, "PNG") for photo in PHOTOS]
HEADS = {
    "resnet18": ("fc", 512),
    "resnet50": ("fc", 2048),
    "efficientnet_b0": ("classifier.1", 1280),
    "convnext_tiny": ("classifier.2", 768),
    "vit_b_16": ("heads.head", 768),
    "regnet_y_400mf": ("fc", 440),
    "mobilenet_v3_small": ("classifier.3", 1024),
    "densenet121": ("classifier", 1024),
}


def plain_features(
    name: str, weights: str, pictures: list[Picture], transforms: str = "DEFAULT"
) -> NDArray[np.float32]:
    """What torchvision's own network gives, its own transforms before it, its last layer off."""
    network = models.get_model(name, weights=None)
    network.load_state_dict(torch.load(weights, weights_only=True))
    parent, _, last = HEADS[name][0].rpartition(".")
    setattr(network.get_submodule(parent), last, nn.Identity())
    prepare = models.get_model_weights(name)[transforms].transforms()
    with torch.inference_mode():
        batch = torch.stack([prepare(picture) for picture in pictures])
        features: NDArray[np.float32] = network.eval()(batch).numpy()
    return features


def encoded_state(state: dict[str, torch.Tensor]) -> bytes:
    out = io.BytesIO()
    torch.save(state, out)
    return out.getvalue()


def close(ours: NDArray[np.float32], plain: NDArray[np.float32]) -> bool:
    return ours.shape == plain.shape and bool(np.abs(ours - plain).max() <= 1e-4)


# The network


def as_if_trained(name: str) -> nn.Module:
    """A network whose batch norms do something."""
    torch.manual_seed(5063)
    network: nn.Module = models.get_model(name, weights=None).eval()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.1)  # type: ignore[union-attr]
                module.running_var.uniform_(0.8, 1.2)  # type: ignore[union-attr]
    return network


@pytest.mark.parametrize("name", HEADS)
def test_a_network_without_its_classifier_and_batch_norms_gives_the_same(name: str) -> None:
    head, width = HEADS[name]
    network, picture = as_if_trained(name), torch.rand(1, 3, 224, 224)
    given: list[torch.Tensor] = []
    classifier = network.get_submodule(head)
    classifier.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))

    with torch.inference_mode():
        network(picture)
        features = folded(without_classifier(network))(picture)

    assert features.shape == (1, width)
    assert (features - given[0]).abs().max() <= 1e-4 * given[0].abs().max()
    empty = folded(without_classifier(skeleton(name)))
    assert empty.state_dict().keys() == network.state_dict().keys()


def test_a_residual_network_keeps_no_batch_norm() -> None:
    kinds = {type(module) for module in folded(skeleton("resnet50")).modules()}

    assert nn.Conv2d in kinds
    assert nn.BatchNorm2d not in kinds


def test_a_skeleton_takes_no_memory() -> None:
    assert {each.device.type for each in skeleton("vit_b_16").parameters()} == {"meta"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("resnet5O", r"no network .* `resnet5O`; did you mean `resnet50`\?"),
        ("quantized_resnet50", "no network"),
        ("inception_v3", "no network"),
        ("squeezenet1_0", "SqueezeNet does not end in a linear layer"),
    ],
)
def test_what_is_no_network_for_features_is_said(name: str, said: str, tmp_path: Path) -> None:
    weights = saved_weights(name, tmp_path) if name.startswith("squeeze") else "DEFAULT"

    with pytest.raises(SetupError, match=said):
        ImageFeatureExtractor(name, weights)


# Preprocessing


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "efficientnet_b0", "vit_b_16"])
@pytest.mark.parametrize("size", [(400, 300), (299, 401), (31, 47), (224, 224), (1500, 200)])
def test_pixels_are_those_of_torchvision(name: str, size: tuple[int, int]) -> None:
    weights = models.get_model_weights(name).DEFAULT
    ready = Preprocessing.of(weights)
    photo, pixels = PHOTOS[1].resize(size), np.empty((ready.crop, ready.crop, 3), np.uint8)

    ready.place(photo, pixels)

    values = (pixels.transpose(2, 0, 1) / 255 - np.reshape(ready.mean, (3, 1, 1))) / np.reshape(
        ready.std, (3, 1, 1)
    )
    assert np.abs(values - weights.transforms()(photo).numpy()).max() < 1e-5


@pytest.mark.parametrize("size", [(3, 2000), (2000, 3), (4000, 90)])
def test_the_middle_of_a_line_is_resized_without_the_rest(size: tuple[int, int]) -> None:
    ready = preprocessing_of("resnet18", "DEFAULT")
    photo, pixels = PHOTOS[1].resize(size), np.empty((224, 224, 3), np.uint8)

    ready.place(photo, pixels)

    wide, high = (
        (256, 256 * size[1] // size[0]) if size[0] < size[1] else (256 * size[0] // size[1], 256)
    )
    left, top = round((wide - 224) / 2), round((high - 224) / 2)
    whole = photo.resize((wide, high), 2).crop((left, top, left + 224, top + 224))
    assert np.abs(pixels.astype(int) - np.asarray(whole).astype(int)).max() <= 1


@pytest.mark.parametrize(
    ("weights", "resize"),
    [
        ("DEFAULT", 232),
        ("IMAGENET1K_V1", 256),
        ("IMAGENET1K_V2", 232),
        ("/models/resnet50-0676ba61.pth", 256),
        ("C:\\models\\resnet50-11ad3fa6.pth", 232),
        ("/models/ours.pt", 232),
    ],
)
def test_the_weights_tell_how_to_prepare_pictures(weights: str, resize: int) -> None:
    assert preprocessing_of("resnet50", weights).resize == resize


def test_preprocessing_can_be_named(tmp_path: Path) -> None:
    weights = saved_weights("resnet50", tmp_path)

    first = ImageFeatureExtractor("resnet50", weights, preprocessing="IMAGENET1K_V1")

    plain = plain_features("resnet50", weights, list(PHOTOS), "IMAGENET1K_V1")
    assert close(first.extract(CONTENTS).features, plain)


# Features


def test_features_are_those_of_plain_pytorch(
    extractor: ImageFeatureExtractor, resnet18: str
) -> None:
    some = samples()[::23]

    found = extractor.extract([sample.content for sample in some])

    plain = plain_features("resnet18", resnet18, [sample.rgb for sample in some])
    assert close(found.features, plain)
    assert found.features.dtype == np.float32
    assert np.abs(plain[0] - plain[1]).max() > 0.1
    assert found.errors == [None] * len(some)


def test_a_bad_picture_does_not_move_its_neighbours(extractor: ImageFeatureExtractor) -> None:
    broken = odd()["half a JPEG"][0]

    found = extractor.extract([CONTENTS[0], b"", None, broken, CONTENTS[1]])

    assert found.worked.tolist() == [True, False, False, False, True]
    assert found.errors == [None, "empty_content", None, "corrupt_image: truncated", None]
    assert close(found.features, extractor.extract(CONTENTS[:2]).features)


def test_a_bad_picture_can_end_it(resnet18: str) -> None:
    strict = ImageFeatureExtractor("resnet18", resnet18, on_error="raise")

    assert strict.extract([CONTENTS[0], None]).worked.tolist() == [True, False]
    with pytest.raises(BadPicture, match=r"^empty_content$"):
        strict.extract([CONTENTS[0], b""])


def test_bfloat16_is_near(extractor: ImageFeatureExtractor, resnet18: str) -> None:
    half = ImageFeatureExtractor("resnet18", resnet18, precision="bfloat16")

    exact, near = extractor.extract(CONTENTS).features, half.extract(CONTENTS).features

    assert near.dtype == np.float32
    assert 0 < np.abs(exact - near).mean() / np.abs(exact).mean() < 0.02


def test_a_draft_is_near(extractor: ImageFeatureExtractor, resnet18: str) -> None:
    quick = ImageFeatureExtractor("resnet18", resnet18, decode="draft")
    large = [encoded(photo.resize((1600, 1200)), "JPEG") for photo in PHOTOS]

    exact, near = extractor.extract(large).features, quick.extract(large).features

    assert 0 < np.abs(exact - near).mean() / np.abs(exact).mean() < 0.05


# Weights


def test_weights_can_come_as_safetensors(
    extractor: ImageFeatureExtractor, resnet18: str, tmp_path: Path
) -> None:
    file = tmp_path / "resnet18.safetensors"
    save_file(torch.load(resnet18, weights_only=True), file)

    other = ImageFeatureExtractor("resnet18", str(file))

    assert other.weights.name == extractor.weights.name
    assert Path(other.weights.path).read_bytes() == Path(extractor.weights.path).read_bytes()


def test_weights_of_torchvision_come_by_name(
    resnet18: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    kept = tmp_path / "hub" / "checkpoints" / "resnet18-f37072fd.pth"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(Path(resnet18).read_bytes())  # as if it had been downloaded before

    named = ImageFeatureExtractor("resnet18", "IMAGENET1K_V1")

    assert close(
        named.extract(CONTENTS).features, plain_features("resnet18", resnet18, list(PHOTOS))
    )


def test_a_shared_folder_gets_them_once(resnet18: str, tmp_path: Path) -> None:
    made = [ImageFeatureExtractor("resnet18", resnet18, shared_folder=str(tmp_path)) for _ in "ab"]

    assert [path.name for path in tmp_path.iterdir()] == [made[0].weights.name]
    assert made[0].weights == made[1].weights
    assert made[0].distribution == "path"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no weights file .*; by name resnet18 has IMAGENET1K_V1, DEFAULT"),
        (b"", "cannot read .* as a state dict"),
        (b"PK\x03\x04 no weights", "cannot read .* as a state dict"),
        (encoded_state({"a": torch.zeros(1)}), "does not hold the weights of resnet18"),
        (pickle.dumps(print), "cannot read .* as a state dict"),
    ],
)
def test_what_is_no_file_of_weights_is_said_in_a_line(
    content: bytes | None, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "weights.pt"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SetupError, match=said) as raised:
        ImageFeatureExtractor("resnet18", str(path))

    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400


def test_weights_of_another_network_are_said_in_a_line(resnet18: str) -> None:
    with pytest.raises(SetupError, match="does not hold the weights of resnet34: ") as raised:
        ImageFeatureExtractor("resnet34", resnet18)

    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("option", "given"),
    [
        ("precision", "float16"),
        ("decode", "fast"),
        ("on_error", "ignore"),
        ("distribution", "torrent"),
        ("batch_size", 0),
        ("max_pixels", -1),
    ],
)
def test_an_option_that_is_not_known_is_refused(option: str, given: object) -> None:
    with pytest.raises(ValueError, match=f"^{option} is "):
        ImageFeatureExtractor("resnet18", **{option: given})  # type: ignore[arg-type]


# What a worker keeps


def test_the_last_two_engines_are_kept(extractor: ImageFeatureExtractor, resnet18: str) -> None:
    weights = AtPath(extractor.weights.name, extractor.weights.path)
    other, third = (
        ImageFeatureExtractor("resnet18", resnet18, batch_size=n).settings for n in (3, 5)
    )

    first = engine.engine_for(extractor.settings, weights)
    engine.engine_for(other, weights)
    assert engine.engine_for(extractor.settings, weights) is first
    second = engine.engine_for(third, weights)

    assert engine.engine_for(third, weights) is second
    assert engine.engine_for(extractor.settings, weights) is first
    assert len(engine._ENGINES) == engine.KEPT


def test_the_collector_passes_over_what_an_engine_brought(resnet18: str) -> None:
    gc.unfreeze()
    built = ImageFeatureExtractor("resnet18", resnet18, batch_size=7)

    built.extract(CONTENTS[:1])

    assert gc.get_freeze_count() > 100_000


def test_parameters_are_mapped_and_not_copied(extractor: ImageFeatureExtractor) -> None:
    import psutil

    from sparkguard.extractor.weights import load

    network = load("resnet18", extractor.weights.path)

    mapped = {each.path for each in psutil.Process().memory_maps()}
    assert extractor.weights.path in mapped
    assert all(each.device.type == "cpu" for each in network.parameters())


def test_an_extractor_is_small_to_ship(extractor: ImageFeatureExtractor) -> None:
    assert len(pickle.dumps(extractor)) < 2_000
    assert pickle.loads(pickle.dumps(extractor)).settings == extractor.settings  # noqa: S301 - our own
