"""What `sparkguard check` does with the baseline: writes it, prunes it, says what is stale."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sparkguard.arguments import Failure

if TYPE_CHECKING:
    from sparkguard.baseline import Baseline
    from sparkguard.config import Config
    from sparkguard.result import CheckResult


def prepared(options: Namespace, config: Config) -> Config:
    """The settings to check with: of a baseline that is written, what its file holds by now counts.

    Raises:
        Failure: There is no baseline that could be pruned.
    """
    if options.prune_baseline and config.baseline is None:
        raise Failure(f"{_name(config.baseline_path)}: there is no baseline to prune")
    if options.write_baseline is None:
        return config
    path = _written(options, config)
    return replace(config, baseline=path if os.path.lexists(path) else None)


def write(options: Namespace, config: Config, result: CheckResult) -> None:
    """Write the baseline: what was found, and of what it held that which was not looked at."""
    path = _written(options, config)
    new = _held(path).without(result.stale).with_findings(result.diagnostics)
    _replace(new)
    said = f"{_count(sum(new.entries.values()), 'finding')} accepted"
    news = f"{len(result.diagnostics)} new, {sum(result.stale.values())} gone"
    _tell(options, f"{_name(path)}: {said} ({news})")


def settle(options: Namespace, config: Config, result: CheckResult) -> None:
    """Say how much of the baseline is stale, or take it out where that is asked for."""
    stale = sum(result.stale.values())
    if config.baseline is None or not stale:
        return
    name, what = _name(config.baseline), _count(stale, "finding")
    if options.prune_baseline:
        _replace(_held(config.baseline).without(result.stale))
        _tell(options, f"{name}: {what} taken out")
        return
    _tell(options, f"{name}: {what} not there any more; `--prune-baseline` shortens it")


def _written(options: Namespace, config: Config) -> Path:
    return Path(options.write_baseline) if options.write_baseline else config.baseline_path


def _held(path: Path) -> Baseline:
    from sparkguard import baseline
    from sparkguard.config import ConfigError

    try:
        return baseline.load(path) if os.path.lexists(path) else baseline.Baseline(path)
    except ConfigError as error:
        raise Failure(error) from None


def _replace(baseline: Baseline) -> None:
    from sparkguard.report.baseline import write
    from sparkguard.source.text import reason

    try:
        write(baseline)
    except OSError as error:
        raise Failure(f"{_name(baseline.path)}: {reason(error)}") from None


def _name(path: Path) -> str:
    from sparkguard.source.text import display_name

    return display_name(path)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _tell(options: Namespace, line: str) -> None:
    if not options.quiet:
        print(f"sparkguard: {line}", file=sys.stderr)
