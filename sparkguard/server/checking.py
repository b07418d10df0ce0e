"""One open file or notebook checked, with the unsaved texts of the others around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sparkguard import engine
from sparkguard.config import Config, ConfigError, load, project_root
from sparkguard.diagnostic import Diagnostic
from sparkguard.result import Problem
from sparkguard.source.text import SourceText, UnreadableSource, read_source


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking one file or notebook.

    Args:
        diagnostics: What it is to blame for, in order; few of them stand in other files.
        texts: What the labels point into, by `Span.where`.
        problems: What could not be done.
        unfollowed: Why the settings do not count, if they cannot be followed.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unfollowed: str = ""


def check(source: SourceText, others: Iterable[SourceText] = ()) -> Checked:
    """Check a text as if it stood in its file; patterns of `exclude` count for it, too.

    Args:
        source: The text.
        others: What else is open; of what lies in its project, the unsaved text counts.
    """
    config, unfollowed = settings(source.path.parent)
    near = [other for other in others if _counts(other, config)]
    texts = {each.name: each for each in (*near, source)}
    paths = [each.path for each in texts.values()]
    result = engine.check(paths, replace(config, force_exclude=True), changed=texts)
    own = tuple(each for each in result.diagnostics if each.cause.path == source.name)
    problems = tuple(each for each in result.problems if each.where in ("", source.name))
    return Checked(own, result.texts, problems, unfollowed)


def settings(folder: Path) -> tuple[Config, str]:
    """The settings for a folder; where they cannot be followed, the usual ones and the reason."""
    try:
        return load(folder), ""
    except ConfigError as error:
        return Config(project_root(folder)), str(error)


def is_saved(source: SourceText) -> bool:
    """Whether a text is what its file holds."""
    try:
        return read_source(source.path, source.name).text == source.text
    except UnreadableSource:
        return False


def _counts(other: SourceText, config: Config) -> bool:
    return other.path.is_relative_to(config.root) and not is_saved(other)
