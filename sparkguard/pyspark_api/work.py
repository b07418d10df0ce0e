"""What shipped code may do that costs: what is dear to make, what runs a model, and how often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from sparkguard.model import Pace
from sparkguard.pyspark_api.unpicklable import refused

Framework = Literal["torch", "sklearn", "keras", "pipeline", "other"]

# What is made -> who makes it. What a name ends in `.*` stands for every name below it.
_MAKERS: Mapping[str, str] = {
    "a model": (
        "torch.hub.load torch.jit.load torch.load timm.create_model joblib.load pickle.load "
        "cloudpickle.load dill.load spacy.load whisper.load_model stanza.Pipeline "
        "tensorflow.keras.models.load_model tensorflow.saved_model.load keras.models.load_model "
        "keras.saving.load_model mlflow.pyfunc.load_model mlflow.sklearn.load_model "
        "mlflow.pytorch.load_model mlflow.xgboost.load_model mlflow.tensorflow.load_model "
        "transformers.pipeline sentence_transformers.SentenceTransformer "
        "onnxruntime.InferenceSession fasttext.load_model gensim.models.Word2Vec.load "
        "gensim.models.KeyedVectors.load gensim.models.KeyedVectors.load_word2vec_format "
        "gensim.models.Doc2Vec.load gensim.downloader.load flair.models.SequenceTagger.load "
        "ultralytics.YOLO easyocr.Reader cv2.CascadeClassifier cv2.dnn.readNet "
        "cv2.dnn.readNetFromCaffe cv2.dnn.readNetFromONNX nltk.data.load"
    ),
    "a parser": (
        "language_tool_python.LanguageTool pymorphy2.MorphAnalyzer pymorphy3.MorphAnalyzer "
        "sudachipy.Dictionary MeCab.Tagger tldextract.TLDExtract timezonefinder.TimezoneFinder"
    ),
}
_PRETRAINED = "from_pretrained"
_BUILDERS = "torchvision.models."
_ASKING = ("get_weight", "get_model_weights", "get_model_builder", "list_models")
_PASSING = frozenset(
    {
        *("http.client.HTTPResponse", "psycopg.Cursor", "pymysql.cursors.Cursor", "sqlite3.Row"),
        *("select.epoll", "select.poll", "selectors.DefaultSelector", "socket.socket"),
        *("sqlalchemy.orm.sessionmaker", "ssl.SSLContext", "ssl.SSLSocket", "statsd.StatsClient"),
    }
)
"""Connections in name only: an answer, a cursor, or what costs nothing to make."""

_SELF = "eval to cpu cuda half float double bfloat16 train requires_grad_ share_memory fit"
SELF_RETURNING: frozenset[str] = frozenset(_SELF.split())
"""Methods of a model that give the model."""

QUIET = frozenset({"generate"})
"""Methods of a network that leave gradients out by themselves, as transformers decorates them."""
_PREDICTING: Mapping[Framework, frozenset[str]] = {
    "torch": frozenset({"__call__", "forward", "forward_features", "generate"}),
    "sklearn": frozenset({"predict", "predict_proba", "predict_log_proba", "decision_function"}),
    "keras": frozenset({"__call__", "predict", "predict_on_batch"}),
    "pipeline": frozenset({"__call__"}),
    "other": frozenset({"predict", "predict_proba"}),
}
_FRAMEWORKS: Mapping[Framework, str] = {
    "torch": (
        "torch.load torch.jit.load torch.hub.load torch.nn.Sequential torch.nn.Module "
        "timm.create_model mlflow.pytorch.load_model"
    ),
    "keras": (
        "tensorflow.keras.models.load_model keras.models.load_model keras.saving.load_model "
        "mlflow.tensorflow.load_model"
    ),
    "pipeline": "transformers.pipeline",
    "other": (
        "joblib.load pickle.load cloudpickle.load dill.load mlflow.pyfunc.load_model "
        "mlflow.sklearn.load_model mlflow.xgboost.load_model"
    ),
}
_NOUNS: Mapping[Framework, str] = {
    "torch": "a model of PyTorch",
    "sklearn": "a model of scikit-learn",
    "keras": "a model of Keras",
    "pipeline": "a pipeline of transformers",
    "other": "a model",
}
_KERAS = ("tensorflow.keras.applications.", "keras.applications.")
_SKLEARN = ("sklearn.", "xgboost.XGB", "lightgbm.LGBM", "catboost.CatBoost")
_NO_MODELS = ("sklearn.datasets.", "sklearn.metrics.", "sklearn.utils.", "sklearn.model_selection.")


@dataclass(frozen=True, slots=True)
class ModelType:
    """A type of models.

    Args:
        framework: Whose it is.
        noun: How a message calls one.
        predicting: The methods that run it; `__call__` where it is called itself.
    """

    framework: Framework
    noun: str
    predicting: frozenset[str]


def _model_type(framework: Framework) -> ModelType:
    return ModelType(framework, _NOUNS[framework], _PREDICTING[framework])


TORCH = _model_type("torch")
_MODELS: Mapping[str, ModelType] = MappingProxyType(
    {
        name: _model_type(framework)
        for framework, names in _FRAMEWORKS.items()
        for name in names.split()
    }
)
_MADE: Mapping[str, str] = MappingProxyType(
    {name: noun for noun, names in _MAKERS.items() for name in names.split()}
)


def model_type(type: str) -> ModelType | None:
    """What is known of a type, or of what calling a function gives, if that is a model.

    Args:
        type: Canonical dotted name, `torchvision.models.resnet50`.
    """
    if type in _MODELS:
        return _MODELS[type]
    if is_builder(type):
        return TORCH
    if type.startswith(_KERAS):
        return _model_type("keras")
    if type.startswith(_SKLEARN) and not type.startswith(_NO_MODELS):
        return _model_type("sklearn") if type.rpartition(".")[2][0].isupper() else None
    if type.startswith("transformers.") and is_pretrained(type):
        return None if _reads_text(type) else TORCH
    return None


def is_builder(name: str) -> bool:
    """Whether a function of torchvision builds a network: `torchvision.models.resnet50`."""
    words = name.removeprefix(_BUILDERS).split(".")
    lower = all(word[:1].islower() for word in words)
    return name.startswith(_BUILDERS) and lower and words[-1] not in _ASKING


def is_pretrained(name: str) -> bool:
    """Whether a call takes a model, or what prepares its inputs, from its files."""
    return name.endswith(f".{_PRETRAINED}")


def _reads_text(name: str) -> bool:
    owner = name.split(".")[-2]
    return owner.endswith(("Config", "Tokenizer", "TokenizerFast", "Processor", "FeatureExtractor"))


def dear(name: str, type: str) -> str | None:
    """How a message calls what a call makes, where it is dear to make: `a PostgreSQL connection`.

    Args:
        name: Canonical dotted name of what is called.
        type: The type of what it gives.
    """
    if name in _MADE:
        return _MADE[name]
    if is_builder(name) or (is_pretrained(name) and not name.endswith("Config.from_pretrained")):
        return "a tokenizer" if _reads_text(name) else "a model"
    known = refused(type)
    if known is not None and known.family == "connection" and known.type not in _PASSING:
        return known.noun
    return None


# How often Spark calls what it is given; a function of two paces is called once, with a stream.
_ROWS = (
    "pyspark.RDD.filter pyspark.RDD.flatMap pyspark.RDD.flatMapValues pyspark.RDD.foreach "
    "pyspark.RDD.keyBy pyspark.RDD.map pyspark.RDD.mapValues pyspark.RDD.sortBy "
    "pyspark.streaming.DStream.filter pyspark.streaming.DStream.flatMap "
    "pyspark.streaming.DStream.flatMapValues pyspark.streaming.DStream.map "
    "pyspark.streaming.DStream.mapValues pyspark.sql.DataFrame.foreach "
    "pyspark.sql.functions.udf pyspark.sql.Catalog.registerFunction "
    "pyspark.sql.SQLContext.registerFunction pyspark.sql.UDFRegistration.register "
    "pyspark.pandas.Series.apply pyspark.pandas.Series.map pyspark.pandas.DataFrame.applymap"
)
_STREAMS: Mapping[str, tuple[int, Pace]] = {
    "pyspark.RDD.mapPartitions": (0, "row"),
    "pyspark.RDD.mapPartitionsWithIndex": (1, "row"),
    "pyspark.RDD.mapPartitionsWithSplit": (1, "row"),
    "pyspark.RDD.foreachPartition": (0, "row"),
    "pyspark.RDDBarrier.mapPartitions": (0, "row"),
    "pyspark.RDDBarrier.mapPartitionsWithIndex": (1, "row"),
    "pyspark.streaming.DStream.mapPartitions": (0, "row"),
    "pyspark.streaming.DStream.mapPartitionsWithIndex": (1, "row"),
    "pyspark.sql.DataFrame.foreachPartition": (0, "row"),
    "pyspark.sql.DataFrame.mapInPandas": (0, "batch"),
    "pyspark.sql.DataFrame.mapInArrow": (0, "batch"),
}
_STRING, _INT = frozenset({"string", "StringType"}), frozenset({"int", "integer", "IntegerType"})
BUILTINS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"length": _INT, "lower": _STRING, "upper": _STRING}
)
"""Functions of Spark that do the same as one of Python, and how the type that they give is written.

Source: PySpark 4.3.0, asked of every character alone, and beside a letter."""
BUILTIN_OF_METHOD: Mapping[str, str] = MappingProxyType({"lower": "lower", "upper": "upper"})
"""Methods of a string, and the functions of Spark that do the same."""
CLASSES = 1_000
"""What the last layer of a network of torchvision gives: the classes of ImageNet."""
_FEATURES = {
    512: "resnet18 resnet34",
    2048: "resnet50 resnet101 resnet152 wide_resnet50_2 wide_resnet101_2 inception_v3",
}
FEATURES: Mapping[str, int] = MappingProxyType(
    {
        f"{_BUILDERS}{name}": features
        for features, names in _FEATURES.items()
        for name in names.split()
    }
)
"""The numbers that the last layer of a network of torchvision is given, by its builder."""
BY_ROW: frozenset[str] = frozenset(_ROWS.split())
"""Calls whose function is called once for each row."""
BY_SERIES = frozenset({"pyspark.sql.functions.pandas_udf", "pyspark.sql.functions.arrow_udf"})
"""Calls whose function says by its annotations how often it is called."""
PREDICT_BATCH = "pyspark.ml.functions.predict_batch_udf"
"""The call whose function is called once for a worker, and what it gives once for a batch."""
TRAINING = ("pyspark.ml.torch.", "pyspark.ml.deepspeed.")
"""Calls whose function trains a model."""


def stream(api: str) -> tuple[int, Pace] | None:
    """The parameter by which a function gets a partition, and how often there is a next item.

    Args:
        api: Canonical dotted name of the call that ships it.
    """
    return _STREAMS.get(api)


def streams() -> Iterator[str]:
    """The calls whose function gets a partition."""
    yield from _STREAMS
