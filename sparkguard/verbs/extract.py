"""`sparkguard extract`: features of a folder of pictures, by Spark."""

from __future__ import annotations

import argparse
import shutil
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from sparkguard.arguments import ExitCode, Failure, add_verb

if TYPE_CHECKING:
    from sparkguard.arguments import Verbs

_NOTES = """\
A picture that cannot be read has an error instead of features, and ends nothing; Spark passes
over empty files. OUT appears when it is whole: a stopped run leaves nothing behind. Needs Java 17
and the extra `extractor`.

exit codes:
  0  OUT is written; the pictures without features are counted, by reason
  2  it cannot be done: Java, Spark, torch or the weights are missing, or OUT is there already

examples:
  sparkguard extract pictures/ features.parquet --model resnet18 --weights resnet18.pt
  sparkguard extract "pictures/*.jpg" features.parquet --master "local[4]" --decode draft
"""


def add(verbs: Verbs) -> None:
    """Add the verb and its words to the command line."""
    extract = add_verb(
        verbs,
        "extract",
        "features of a folder of pictures, by Spark",
        usage="IMAGES OUT --weights FILE|NAME [OPTION ...]",
        description="Writes path, features and error of each picture to a Parquet, by Spark.",
        notes=_NOTES,
    )
    extract.add_argument("images", metavar="IMAGES", help="a folder with all below it, or a glob")
    extract.add_argument("out", metavar="OUT", help="the Parquet to write")
    network = extract.add_argument_group("network")
    network.add_argument("--model", default="resnet50", help="torchvision's name (resnet50)")
    weights = "a file with its state dict, or a name of torchvision's (DEFAULT)"
    network.add_argument("--weights", metavar="FILE|NAME", default="DEFAULT", help=weights)
    faster = "bfloat16 is faster where the CPU knows it (default: float32)"
    network.add_argument(
        "--precision", choices=("float32", "bfloat16"), default="float32", help=faster
    )
    draft = "draft decodes large JPEGs at a fraction of their size (default: exact)"
    network.add_argument("--decode", choices=("exact", "draft"), default="exact", help=draft)
    network.add_argument("--batch-size", type=_count, default=16, help="pictures at a time (16)")
    where = extract.add_argument_group("Spark").add_mutually_exclusive_group()
    where.add_argument("--master", default="local[*]", help="default: local[*], this machine")
    where.add_argument("--remote", metavar="ADDRESS", help="a Spark Connect server, sc://host")
    extract.add_argument("--overwrite", action="store_true", help="replace OUT if it is there")


def _count(word: str) -> int:
    if not word.isdecimal() or not int(word):
        raise argparse.ArgumentTypeError(f"`{word}` is no number of pictures")
    return int(word)


def run(options: Namespace) -> ExitCode:
    """Extract, and say what came of it."""
    from sparkguard.extractor import SetupError
    from sparkguard.extractor.command import extract
    from sparkguard.report.extraction import write_outcome
    from sparkguard.report.progress import ProgressLine

    columns = shutil.get_terminal_size().columns
    try:
        with ProgressLine(sys.stderr, columns, "extracting") as progress:
            outcome = extract(options, progress)
    except SetupError as error:
        raise Failure(error) from None
    write_outcome(outcome, options.out, sys.stdout)
    return ExitCode.CLEAN
