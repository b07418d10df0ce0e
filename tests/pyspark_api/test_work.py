"""What the tables say of loaders, models and how often a function is called."""

from __future__ import annotations

import pytest

from sparkguard.pyspark_api import SHIP_POINTS, work


def test_each_call_that_has_a_pace_ships() -> None:
    named = {*work.BY_ROW, *work.streams(), *work.BY_SERIES, work.PREDICT_BATCH}

    assert named <= SHIP_POINTS.keys()


@pytest.mark.parametrize("builder", work.FEATURES)
def test_a_network_hands_so_many_features_to_its_last_layer(builder: str) -> None:
    torch = pytest.importorskip("torch", reason="needs torch: see the extra `extractor`")
    models = pytest.importorskip("torchvision.models", reason="needs torchvision")
    name = builder.rpartition(".")[2]
    settings = {"init_weights": False} if name == "inception_v3" else {}

    with torch.device("meta"):
        network = models.get_model(name, weights=None, **settings)

    assert (network.fc.in_features, network.fc.out_features) == (
        work.FEATURES[builder],
        work.CLASSES,
    )
    assert "IMAGENET1K_V1" in models.get_model_weights(name).__members__


TYPES = [
    ("torchvision.models.resnet50", "torch"),
    ("torchvision.models.segmentation.fcn_resnet50", "torch"),
    ("torchvision.models.ResNet50_Weights", None),
    ("sklearn.linear_model.LinearRegression", "sklearn"),
    ("sklearn.datasets.load_iris", None),
    ("sklearn.metrics.accuracy_score", None),
    ("transformers.AutoModel.from_pretrained", "torch"),
    ("transformers.AutoTokenizer.from_pretrained", None),
    ("transformers.pipeline", "pipeline"),
    ("tensorflow.keras.applications.resnet50.ResNet50", "keras"),
    ("joblib.load", "other"),
    ("builtins.dict", None),
]


@pytest.mark.parametrize(("type", "framework"), TYPES)
def test_which_types_are_models(type: str, framework: str | None) -> None:
    known = work.model_type(type)

    assert (known.framework if known else None) == framework


DEAR = [
    ("joblib.load", "joblib.load", "a model"),
    ("torchvision.models.resnet50", "torchvision.models.resnet50", "a model"),
    ("transformers.AutoTokenizer.from_pretrained", "", "a tokenizer"),
    ("transformers.AutoConfig.from_pretrained", "", None),
    ("psycopg2.connect", "psycopg2.extensions.connection", "a PostgreSQL connection"),
    ("urllib.request.urlopen", "http.client.HTTPResponse", None),
    ("pickle.loads", "pickle.loads", None),
    ("re.compile", "re.Pattern", None),
]


@pytest.mark.parametrize(("name", "type", "noun"), DEAR)
def test_what_is_dear_to_make(name: str, type: str, noun: str | None) -> None:
    assert work.dear(name, type) == noun


def test_what_prepares_pictures_or_names_weights_builds_no_network() -> None:
    for name in ("ResNet18_Weights.DEFAULT.transforms", "get_model_weights", "ResNet"):
        assert not work.is_builder(f"torchvision.models.{name}")
    for name in ("resnet18", "get_model", "quantization.resnet18"):
        assert work.is_builder(f"torchvision.models.{name}")
