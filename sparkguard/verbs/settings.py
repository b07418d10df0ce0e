"""The settings of a run and the reports that it is asked for, from files and from the options."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sparkguard.arguments import SETTINGS, Failure

if TYPE_CHECKING:
    from sparkguard.config import Config, OutputFormat


def config(options: Namespace, paths: Sequence[Path]) -> Config:
    """The settings of the project around the paths, with those of the options laid over them."""
    from sparkguard.config import ConfigError, load
    from sparkguard.engine import common_folder

    written = vars(options)
    given = {key: written[name] for key in SETTINGS if (name := key.replace("-", "_")) in written}
    given = {key: value for key, value in given.items() if value is not None}
    try:
        config = load(common_folder(paths), options.config, isolated=options.isolated)
        for key, held in (("ignore", config.ignore), ("extend-exclude", config.extend_exclude)):
            given[key] = [*held, *given.get(key, ())]
        config = config.updated(given, "command line")
    except ConfigError as error:
        raise Failure(error) from None
    outputs(options, config)  # what is wrong with them is said before the work
    return config


def outputs(options: Namespace, config: Config) -> list[tuple[OutputFormat, Path | None]]:
    """The reports that are asked for, each with a format that exists and a place of its own."""
    from sparkguard.report.output import is_terminal, paired

    outputs: list[tuple[OutputFormat, Path | None]] = []
    for kind, path in paired(options.outputs):
        terminal = not path and is_terminal(sys.stdout)
        outputs.append((_format(kind, config) or ("text" if terminal else "concise"), path))
    if len({path for _, path in outputs}) < len(outputs):
        raise Failure("two reports in one place: each `--output-format` takes an `--output-file`")
    if options.statistics:
        from sparkguard.report.statistics import FORMATS

        if not any(kind in FORMATS for kind, _ in outputs):
            raise Failure(f"--statistics is for the formats {', '.join(FORMATS)}")
    return outputs


def _format(kind: str, config: Config) -> OutputFormat | None:
    from sparkguard.config import ConfigError

    try:
        given = {"output-format": kind} if kind else {}
        return config.updated(given, "command line").output_format
    except ConfigError as error:
        raise Failure(error) from None
