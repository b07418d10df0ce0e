"""The settings of a check, from `sparkguard.toml` or `[tool.sparkguard]`, as one frozen value."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from sparkguard.selectors import UnknownRule, all_codes, nearest
from sparkguard.source.text import UnreadableSource, display_name, read_bytes
from sparkguard.targets import TARGETS, Target

if TYPE_CHECKING:  # the tables and the rules are only asked for where settings name some
    from sparkguard.pyspark_api import Own

FailOn = Literal["error", "warning", "never"]
OutputFormat = Literal["text", "concise", "json", "sarif", "github", "gitlab", "junit", "html"]

# fmt: off
EXCLUDE = (
    ".bzr", ".direnv", ".eggs", ".git", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox",
    ".pants.d", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode",
    "__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules",
    "site-packages", "venv",
)
# fmt: on
"""What is passed over unless `exclude` says otherwise: the names that ruff passes over, too."""

_FILES = ("sparkguard.toml", "pyproject.toml")
_MARKS = (*_FILES, ".git")
BASELINE = ".sparkguard-baseline.jsonl"
"""What the file of accepted findings is called, unless `baseline` says otherwise."""


class ConfigError(Exception):
    """A setting that cannot be followed; its text is the whole message, in one line."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a check; in files the names are written with `-` instead of `_`.

    Args:
        root: The project's folder, which patterns are relative to.
        select: Codes, prefixes or names of the rules that are on; `ALL`.
        ignore: The same, of those that are off after all.
        fail_on: The least severity that makes the exit code 1.
        exclude: Patterns as in `.gitignore` for what is passed over in folders.
        extend_exclude: More of them.
        force_exclude: Whether they also count for paths that were named.
        respect_gitignore: Whether ignore files count.
        target: The kinds of Spark that the code is meant for.
        per_file_ignores: By pattern, the rules that are off in the files that match.
        output_format: How findings are written; `None` is text on a terminal, else concise.
        ship_points: The project's own calls that ship, `mylib.run_on_executors:0`.
        driver_only: Its own types that stay on the driver, and what to do instead.
        require_reason: Whether a comment that silences must say why.
        baseline: The file of the findings that are accepted for now; by default the one of the
            usual name beside the settings, if it is there.
    """

    root: Path
    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    fail_on: FailOn = "error"
    exclude: tuple[str, ...] = EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    target: tuple[Target, ...] = TARGETS
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    output_format: OutputFormat | None = None
    ship_points: tuple[str, ...] = ()
    driver_only: tuple[tuple[str, str], ...] = ()
    require_reason: bool = False
    baseline: Path | None = None

    @property
    def own(self) -> Own:
        """What these settings add to the tables of what ships and what must not."""
        from sparkguard.pyspark_api import Own

        return Own.read(self.ship_points, self.driver_only)

    def active(self, name: str) -> frozenset[str]:
        """The codes of the rules that are on for a file, named as findings name it.

        A file that cannot be parsed is always said (SG002), and so is a comment without a reason
        where one is required (SG003), unless that is ignored by its code.
        """
        from sparkguard.checks import RULES
        from sparkguard.checks.meta import UNEXPLAINED_SUPPRESSION, UNPARSEABLE_FILE
        from sparkguard.source.ignore import Patterns

        off = [*self.ignore]
        if self.per_file_ignores:
            parts = Path(os.path.relpath(name, self.root)).parts
            for pattern, words in self.per_file_ignores:
                off += words if Patterns.parse([pattern]).covers(parts) else ()
        said = {UNPARSEABLE_FILE.code, *([UNEXPLAINED_SUPPRESSION.code] * self.require_reason)}
        on = all_codes(self.select, RULES) | said
        return on - all_codes(off, RULES)

    @property
    def baseline_path(self) -> Path:
        """Where accepted findings are written: the baseline, or where it would be looked for."""
        return self.baseline or self.root / BASELINE

    def updated(self, settings: Mapping[str, object], where: str) -> Config:
        """These settings with others laid over them.

        Args:
            settings: Values by key, as they stand in a file, `{"fail-on": "warning"}`.
            where: What the error begins with: the file.

        Raises:
            ConfigError: An unknown key, a value of the wrong type, an unknown rule.
        """
        checked: dict[str, Any] = {}
        for key, value in settings.items():
            if key not in _READERS:
                raise ConfigError(f"{where}: unknown key `{key}`{nearest(key, _READERS)}")
            try:
                checked[key.replace("-", "_")] = _READERS[key](value)
            except (ValueError, UnknownRule) as error:
                raise ConfigError(f"{where}: `{key}`: {error}") from None
        return replace(self, **checked)


def load(start: Path, explicit: Path | None = None, *, isolated: bool = False) -> Config:
    """The settings of the project around a folder.

    Args:
        start: Where to look, and then in each folder above: the nearest file that speaks of
            sparkguard counts, `sparkguard.toml` before `pyproject.toml`.
        explicit: The file to take instead.
        isolated: Take no file at all.

    Raises:
        ConfigError: A file cannot be read, or says something that cannot be followed.
    """
    start = start.absolute()
    if isolated or explicit:
        found = [explicit] if explicit else []
    else:
        found = [folder / name for folder in (start, *start.parents) for name in _FILES]
    for file in found:
        table = _table(file, required=file == explicit)
        if table is not None:
            root = project_root(start) if explicit else file.parent
            config = Config(root).updated(table, display_name(file))
            return _with_baseline(config, usual="baseline" not in table)
    config = Config(project_root(start))
    return _with_baseline(config, usual=not isolated)


def _with_baseline(config: Config, usual: bool) -> Config:
    """With the file that the settings name, seen from the root, or the usual one that is there."""
    path = config.root / (config.baseline or BASELINE)
    named = config.baseline or (usual and os.path.lexists(path))
    return replace(config, baseline=path if named else None)


def project_root(start: Path) -> Path:
    """The nearest folder, from `start` upward, that is a project; `start` where none is."""
    return next((folder for folder in (start, *start.parents) if is_project(folder)), start)


def is_project(folder: Path) -> bool:
    """Whether the folder is the top of a project or a repository."""
    return any(os.path.lexists(folder / mark) for mark in _MARKS)


def _table(file: Path, required: bool) -> dict[str, object] | None:
    if not required and not os.path.lexists(file):
        return None
    try:
        data = read_bytes(file)
    except UnreadableSource as error:
        raise ConfigError(f"{display_name(file)}: {error}") from None
    own = file.name != "pyproject.toml"
    if not own and b"sparkguard" not in data:
        return None
    settings = _toml(file, data)
    match settings if own else settings.get("tool", {}):
        case {"sparkguard": dict(table)} if not own:
            return table
        case {"sparkguard": _} if not own:
            raise ConfigError(f"{display_name(file)}: `tool.sparkguard` is no table")
    return settings if own else None


def _toml(file: Path, data: bytes) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        words = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise ConfigError(f"{display_name(file)}: no valid TOML: {words}") from None


def _words(value: object) -> tuple[str, ...]:
    match value:
        case list() | tuple() if all(isinstance(word, str) for word in value):
            return tuple(value)
    raise ValueError("a list of strings is expected")


def _rules(value: object) -> tuple[str, ...]:
    words = _words(value)
    if words:
        from sparkguard.checks import RULES

        all_codes(words, RULES)
    return words


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("`true` or `false` is expected")
    return value


def _one_of(choices: Iterable[str]) -> Callable[[object], str]:
    known = tuple(choices)

    def read(value: object) -> str:
        if value not in known:
            expected = ", ".join(f"`{choice}`" for choice in known)
            raise ValueError(f"one of {expected} is expected")
        return str(value)

    return read


def _file(value: object) -> Path | None:
    """A path, which an empty one takes back."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("a path is expected")
    return Path(value) if value else None


def _targets(value: object) -> tuple[str, ...]:
    words = (value,) if isinstance(value, str) else _words(value)
    if not words:
        raise ValueError("at least one target is expected")
    return tuple(_one_of(TARGETS)(word) for word in words)


def _per_file(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise ValueError("a table of patterns and rules is expected")
    return tuple((str(pattern), _rules(words)) for pattern, words in value.items())


def _ship_points(value: object) -> tuple[str, ...]:
    from sparkguard.pyspark_api import Own

    words = _words(value)
    Own.read(words, ())
    return words


def _driver_only(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not all(isinstance(cure, str) for cure in value.values()):
        raise ValueError("a table of types and what to do instead is expected")
    from sparkguard.pyspark_api import Own

    Own.read((), value.items())
    return tuple(value.items())


_READERS: dict[str, Callable[[object], object]] = {
    "select": _rules,
    "ignore": _rules,
    "fail-on": _one_of(get_args(FailOn)),
    "exclude": _words,
    "extend-exclude": _words,
    "force-exclude": _flag,
    "respect-gitignore": _flag,
    "target": _targets,
    "per-file-ignores": _per_file,
    "ship-points": _ship_points,
    "driver-only": _driver_only,
    "output-format": _one_of(get_args(OutputFormat)),
    "require-reason": _flag,
    "baseline": _file,
}
