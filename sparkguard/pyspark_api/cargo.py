"""What is heavy and travels all the same: models, what was collected, what a broadcast held."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from sparkguard.model import Cargo

_MODELS: Mapping[str, str] = MappingProxyType(
    {
        "catboost": r"CatBoost\w*",
        "fasttext": r"load_model|train_\w+",
        "gensim": r"models\..*\b(load|load_word2vec_format)|downloader\.load",
        "joblib": r"load",
        "keras": r"(models\.)?(load_model|Sequential|Model)|applications\..*[A-Z]\w*",
        "lightgbm": r"LGBM\w+|Booster|train",
        "mlflow": r"(\w+\.)+load_model",
        "sentence_transformers": r"SentenceTransformer|CrossEncoder",
        "sklearn": r"(ensemble|neighbors|neural_network|svm|tree)\.[A-Z]\w*",
        "spacy": r"load|blank",
        "tensorflow": r"keras\.(models\.)?(load_model|Sequential|Model)"
        r"|keras\.applications\..*[A-Z]\w*|saved_model\.load",
        "timm": r"create_model",
        "torch": r"load|hub\.load|jit\.(load|script|trace)"
        r"|nn\.(Sequential|ModuleList|Linear|Conv\w+|LSTM|GRU|Transformer\w*|Embedding\w*)",
        "torchvision": r"models\.([a-z]\w*\.)*(?!get_(model_)?weight|list_)[a-z]\w*",
        "transformers": r"pipeline|\w*(Model|For[A-Z])\w*\.from_pretrained",
        "xgboost": r"XGB\w+|Booster|train",
    }
)
"""By package, the calls that give a model; each is a pattern for the rest of the dotted name."""
MODEL_BASES = frozenset(
    {
        "keras.Model",
        "lightning.LightningModule",
        "pytorch_lightning.LightningModule",
        "tensorflow.keras.Model",
        "torch.nn.Module",
    }
)
"""Base classes of models that a project makes itself."""
COLLECTED: Mapping[str, str] = MappingProxyType(
    {
        "pyspark.RDD.collect": "what `collect()` brought to the driver",
        "pyspark.RDD.collectAsMap": "what `collectAsMap()` brought to the driver",
        "pyspark.sql.DataFrame.collect": "what `collect()` brought to the driver",
        "pyspark.sql.DataFrame.toPandas": "what `toPandas()` brought to the driver",
    }
)
"""Methods that bring all that is distributed to the driver."""
BOUNDING = frozenset(
    {"agg", "avg", "barrier", "count", "describe", "first", "limit", "max", "mean", "min"}
    | {"parallelize", "sum", "summary"}
)
"""Methods after which little is left to collect, or which took it from the driver."""
BROADCAST_VALUE = "pyspark.Broadcast.value"


@cache
def cargo(type: str) -> Cargo | None:
    """What makes a value heavy.

    Args:
        type: Dotted name of its type, or of the call that gives it.
    """
    if type in COLLECTED:
        return Cargo("collection", COLLECTED[type])
    if type == BROADCAST_VALUE:
        return Cargo("broadcast", "what a broadcast holds")
    package, _, rest = type.partition(".")
    pattern = _MODELS.get(package)
    if type in MODEL_BASES or (pattern and re.fullmatch(pattern, rest)):
        return Cargo("model", f"a model of {package}")
    return None
