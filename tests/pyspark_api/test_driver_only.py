"""The types that stay on the driver, against PySpark's classes and its error messages."""

from __future__ import annotations

import importlib
import json
import re

import pytest

from sparkguard.model import Refused
from sparkguard.pyspark_api import DRIVER_ONLY, driver_only, is_type
from sparkguard.pyspark_api.types import ancestors
from tests.pyspark_types.table import OVERRIDES, public_classes


@pytest.mark.parametrize("type", DRIVER_ONLY)
def test_a_driver_only_type_exists(type: str) -> None:
    assert is_type(type)
    assert type in public_classes() or type.startswith("py4j.") or type in OVERRIDES
    if type.startswith("py4j."):
        module, _, name = type.rpartition(".")
        assert hasattr(importlib.import_module(module), name)


def test_error_words_are_those_that_spark_has() -> None:
    errors = importlib.import_module("pyspark.errors.error_classes")
    conditions = json.loads(errors.ERROR_CLASSES_JSON)
    said = {words for entry in DRIVER_ONLY.values() for words in entry.refusals.values()}
    coded = {words for words in said if words.startswith("[")}
    assert {"CONTEXT_ONLY_VALID_ON_DRIVER", "NO_ACTIVE_SESSION"} <= {
        re.split(r"[\[\]]", words)[1] for words in coded
    }
    for words in coded:
        _, code, text = re.split(r"[\[\]]", words, maxsplit=2)
        sentences = "\n".join(conditions[code]["message"])
        assert " ".join(sentences.split()).startswith(text.strip().removesuffix("."))


@pytest.mark.parametrize("entry", DRIVER_ONLY.values(), ids=DRIVER_ONLY)
def test_a_driver_only_type_is_refused_somewhere_and_has_a_noun(entry: Refused) -> None:
    assert any(entry.refusals.values())
    assert re.match(r"(an? |part of |\w+-?\w*)", entry.noun)
    assert not entry.noun.endswith(".")


@pytest.mark.parametrize(
    ("type", "root"),
    [
        ("pyspark.ml.classification.LogisticRegressionModel", "pyspark.ml.wrapper.JavaModel"),
        ("pyspark.ml.classification.LogisticRegression", "pyspark.ml.wrapper.JavaWrapper"),
        ("pyspark.mllib.tree.DecisionTreeModel", "pyspark.mllib.common.JavaModelWrapper"),
        ("pyspark.pandas.DatetimeIndex", "pyspark.pandas.Index"),
        ("pyspark.pandas.groupby.SeriesGroupBy", "pyspark.pandas.groupby.GroupBy"),
        ("pyspark.sql.SparkSession", "pyspark.sql.SparkSession"),
    ],
)
def test_a_subclass_stays_on_the_driver_as_its_base_class_does(type: str, root: str) -> None:
    assert driver_only(type) is DRIVER_ONLY[root]


@pytest.mark.parametrize(
    "type",
    [
        "pyspark.Accumulator",
        "pyspark.Broadcast",
        "pyspark.mllib.regression.LinearRegressionModel",
        "pyspark.sql.SparkSession.Builder",
        "pyspark.sql.Window",
        "collections.OrderedDict",
    ],
)
def test_what_travels_is_not_driver_only(type: str) -> None:
    assert driver_only(type) is None


def test_a_fitted_model_of_the_jvm_is_refused_by_both_targets() -> None:
    models = [
        type for type in public_classes() if "pyspark.ml.wrapper.JavaModel" in ancestors(type)
    ]
    refused = {type: found.refusals.keys() for type in models if (found := driver_only(type))}
    assert len(models) > 40
    assert refused == {type: {"classic", "connect"} for type in models}
