"""The extractor as the driver holds it: plain values, safe to ship by construction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .engine import Extracted, Settings, engine_for
from .networks import preprocessing_of
from .pictures import MAX_PIXELS, Reading
from .requirements import SetupError
from .shipping import WAYS, AtPath, ship
from .weights import prepare

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

_DRAFT = 2
"""A draft keeps twice the sides that the resize makes of it: features differ by 0.1 % then, on
average (a resnet50, `benchmarks/extractor.md`)."""


class ImageFeatureExtractor:
    """Features of encoded pictures from a network of torchvision, as a column of a DataFrame.

    It holds names and numbers only: no session, no network, no tensor. Building it reads the
    weights and writes them to a file as workers map them; each worker process builds the network
    once, when its first picture comes.

    Args:
        model: The network, by torchvision's name: `resnet18` gives 512 features, `resnet50` 2,048;
            `efficientnet_b0`, `convnext_tiny`, `vit_b_16` and others work as well.
        weights: A name of torchvision's (`DEFAULT`, `IMAGENET1K_V1`), or the path of a file with
            the network's state dict, of `torch.save` or `.safetensors`.
        preprocessing: The weights whose preprocessing to use, by torchvision's name; by default
            that of `weights`, and for a file that is not named as torchvision names it `DEFAULT`.
        precision: `float32`, or `bfloat16`: faster on a CPU that has AVX512-BF16 or AMX.
        decode: `exact`, or `draft`: JPEGs are decoded at a fraction of their size where that is
            still twice what the network sees.
        exif_orientation: Whether to turn pictures as their camera was held; torchvision does not.
        background: The RGB colour, 0 to 255, under what is transparent.
        max_pixels: Width times height above which a picture is refused before it is decoded.
        allow_truncated: Whether a file that ends early gives features, its rest gray.
        on_error: `null` gives a bad picture an error instead of features, `raise` ends the job.
        batch_size: Pictures that go through the network at a time.
        threads: Threads of the network per task; 0 is as many as Spark gives the task cores.
        device: `auto`, `cpu` or `cuda`. `auto` is the GPU that Spark gave the task, or any GPU, or
            the CPU.
        distribution: How weights reach the workers: `broadcast`, `files`, `path`, or `auto`, which
            is right for the session at hand; see `shipping`.
        shared_folder: A folder that all workers see; weights are written there, for `path`.

    Raises:
        SetupError: torch and torchvision are missing or do not match; no such network; the weights
            cannot be read, or are another network's.
        ValueError: An option has a value that it does not know.
    """

    def __init__(
        self,
        model: str = "resnet50",
        weights: str = "DEFAULT",
        *,
        preprocessing: str | None = None,
        precision: str = "float32",
        decode: str = "exact",
        exif_orientation: bool = False,
        background: tuple[int, int, int] = (255, 255, 255),
        max_pixels: int = MAX_PIXELS,
        allow_truncated: bool = False,
        on_error: str = "null",
        batch_size: int = 16,
        threads: int = 0,
        device: str = "auto",
        distribution: str = "auto",
        shared_folder: str | None = None,
    ) -> None:
        _one_of("precision", precision, ("float32", "bfloat16"))
        _one_of("decode", decode, ("exact", "draft"))
        _one_of("on_error", on_error, ("null", "raise"))
        _one_of("distribution", distribution, WAYS)
        _positive(batch_size=batch_size, max_pixels=max_pixels)
        ready = preprocessing_of(model, preprocessing or str(weights))
        draft = _DRAFT * ready.resize if decode == "draft" else 0
        reading = Reading(max_pixels, background, exif_orientation, allow_truncated, draft)
        raises = on_error == "raise"
        self.settings = Settings(
            model, ready, reading, raises, batch_size, precision, threads, device
        )
        self.weights = prepare(model, str(weights), precision, shared_folder)
        self.distribution = "path" if shared_folder else distribution

    def transform(
        self,
        df: DataFrame,
        input_col: str = "content",
        output_col: str = "features",
        error_col: str = "error",
    ) -> DataFrame:
        """The DataFrame with features and errors in the place of its pictures.

        Args:
            df: Any DataFrame with a binary column, `spark.read.format("binaryFile")` for one.
            input_col: The pictures as encoded bytes. They do not come back; all others are kept.
            output_col: The new column of features, `array<float>`; null where there are none.
            error_col: The new column of reasons, `string`; null beside features, and for a null.

        Raises:
            ValueError: A column is not there, is there twice, or would be.
            TypeError: The column of pictures is not binary.
        """
        from pyspark.sql.types import ArrayType, FloatType, StringType, StructType

        from .arrow import map_batches

        position = _position_of_pictures(df, input_col)
        kept = [field for at, field in enumerate(df.schema.fields) if at != position]
        schema = StructType([*kept]).add(output_col, ArrayType(FloatType(), False))
        schema = schema.add(error_col, StringType())
        _no_duplicates(schema.names)
        weights = ship(self.weights, self.distribution, df.sparkSession)
        return df.mapInArrow(map_batches(self.settings, weights, position, schema.names), schema)

    def __call__(self, pictures: Column) -> Column:
        """A column of `struct<features array<float>, error string>` for a column of pictures.

        It runs as an Arrow UDF over an iterator, and as a pandas UDF before PySpark 4.1. With
        `transform` the pictures do not travel back from Python's workers, which costs less.

        Raises:
            SetupError: There is no active session.
        """
        from .arrow import column_function

        weights = ship(self.weights, self.distribution, _active_session())
        column: Column = column_function(self.settings, weights)(pictures)
        return column

    def extract(self, contents: Sequence[bytes | None]) -> Extracted:
        """The same features without Spark, in this process.

        Args:
            contents: At most `batch_size` encoded pictures.
        """
        return engine_for(self.settings, AtPath(self.weights.name, self.weights.path)).extract(
            contents
        )


def _position_of_pictures(df: DataFrame, name: str) -> int:
    from pyspark.sql.types import BinaryType

    _no_duplicates(df.columns)
    if name not in df.columns:
        raise ValueError(f"no column `{name}`; there are: {', '.join(df.columns)}")
    kind = df.schema[name].dataType
    if not isinstance(kind, BinaryType):
        raise TypeError(f"column `{name}` is {kind.simpleString()}, and pictures are binary")
    return df.columns.index(name)


def _no_duplicates(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"columns that are there twice: {', '.join(twice)}")


def _active_session() -> SparkSession:
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    if session is None:
        raise SetupError("no active Spark session: build one before the column")
    return session


def _one_of(option: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise ValueError(f"{option} is one of {', '.join(known)}, not `{given}`")


def _positive(**options: int) -> None:
    for option, given in options.items():
        if given < 1:
            raise ValueError(f"{option} is a positive number, not {given}")
