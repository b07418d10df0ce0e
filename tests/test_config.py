"""Settings files and what each key does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sparkguard.checks import RULES
from sparkguard.config import EXCLUDE, Config, ConfigError, load, project_root

ALL = frozenset(rule.code for rule in RULES)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def test_without_a_file_everything_is_as_documented(project: Path) -> None:
    config = load(Path())
    assert config == Config(project)
    assert config.active("job.py") == ALL
    assert "site-packages" in config.exclude


def test_every_key_is_read(project: Path) -> None:
    write(
        "pyproject.toml",
        """
        [tool.sparkguard]
        select = ["SG1"]
        ignore = ["captured-session"]
        fail-on = "warning"
        exclude = ["gen"]
        extend-exclude = ["old"]
        force-exclude = true
        respect-gitignore = false
        target = "classic"
        output-format = "json"
        require-reason = true
        baseline = "ci/accepted.jsonl"
        [tool.sparkguard.per-file-ignores]
        "tests/" = ["SG103"]
        """,
    )
    assert load(project / "jobs") == Config(
        root=project,
        select=("SG1",),
        ignore=("captured-session",),
        fail_on="warning",
        exclude=("gen",),
        extend_exclude=("old",),
        force_exclude=True,
        respect_gitignore=False,
        target=("classic",),
        output_format="json",
        require_reason=True,
        baseline=project / "ci/accepted.jsonl",
        per_file_ignores=(("tests/", ("SG103",)),),
    )


def test_the_nearest_file_that_speaks_of_sparkguard_counts() -> None:
    write("pyproject.toml", '[tool.sparkguard]\nselect = ["SG101"]\n')
    write("a/pyproject.toml", "[tool.other]\n")
    write("a/b/sparkguard.toml", 'select = ["SG102"]\n')
    write("a/b/pyproject.toml", '[tool.sparkguard]\nselect = ["SG103"]\n')
    assert load(Path("a/b/c")).select == ("SG102",)
    assert load(Path("a")).select == ("SG101",)


def test_a_file_can_be_named_or_all_passed_over(project: Path) -> None:
    write("pyproject.toml", '[tool.sparkguard]\nselect = ["SG101"]\n')
    write("ci/strict.toml", 'select = ["SG102"]\n')
    assert load(Path(), Path("ci/strict.toml")).select == ("SG102",)
    assert load(Path(), Path("ci/strict.toml")).root == project
    assert load(Path(), isolated=True).select == ("ALL",)


def test_a_broken_pyproject_that_says_nothing_of_us_is_passed_over() -> None:
    write("pyproject.toml", "not toml at all")
    assert load(Path()).select == ("ALL",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('selct = ["SG1"]', "unknown key `selct`, did you mean `select`?"),
        ('fail_on = "error"', "unknown key `fail_on`, did you mean `fail-on`?"),
        ("xyz = 1", "unknown key `xyz`"),
        ('select = ["SG1O3"]', "`select`: unknown rule `SG1O3`, did you mean `SG103`?"),
        ('ignore = ["capturedself"]', "unknown rule `capturedself`, did you mean `captured-self`?"),
        ('select = "SG1"', "`select`: a list of strings is expected"),
        ("select = [1]", "`select`: a list of strings is expected"),
        ('fail-on = "info"', "`fail-on`: one of `error`, `warning`, `never` is expected"),
        ("force-exclude = 1", "`force-exclude`: `true` or `false` is expected"),
        ('target = ["yarn"]', "`target`: one of `classic`, `connect` is expected"),
        ("target = []", "`target`: at least one target is expected"),
        ("per-file-ignores = []", "`per-file-ignores`: a table of patterns and rules is expected"),
        ('per-file-ignores = { "a" = ["SG1O3"] }', "did you mean `SG103`?"),
        ('output-format = "xml"', "`output-format`: one of"),
        ('ship-points = ["run"]', "`run` is not written as `package.function:0`"),
        ('ship-points = ["a.run:-1"]', "`a.run:-1` is not written as `package.function:0`"),
        ("ship-points = 1", "`ship-points`: a list of strings is expected"),
        ('driver-only = ["a.B"]', "`driver-only`: a table of types and what to do instead"),
        ('driver-only = { "B" = "" }', "`B` is not written as `package.Class`"),
        ("select = ", "no valid TOML: "),
        ("a = " + "[" * 5000, "no valid TOML: "),
        ("\0", "no valid TOML: "),
    ],
)
def test_what_cannot_be_followed_is_an_error_in_one_line(text: str, message: str) -> None:
    write("sparkguard.toml", text)
    with pytest.raises(ConfigError) as caught:
        load(Path())
    assert str(caught.value).startswith("sparkguard.toml: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_table_that_is_no_table_is_an_error() -> None:
    write("pyproject.toml", "[tool]\nsparkguard = 1\n")
    with pytest.raises(ConfigError, match=r"pyproject.toml: `tool.sparkguard` is no table"):
        load(Path())


def test_a_file_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"^nope.toml: no such file or directory$"):
        load(Path(), Path("nope.toml"))
    write("sparkguard.toml", "")
    Path("sparkguard.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigError, match=r"no valid TOML: .*utf-8"):
        load(Path())


@pytest.mark.parametrize(
    ("settings", "active"),
    [
        ({"select": ["SG103", "captured-context"]}, {"SG002", "SG102", "SG103"}),
        ({"select": ["SG0", "SG1"], "ignore": ["SG1", "SG001"]}, {"SG002", "SG003"}),
        ({"select": ["SG101"], "ignore": ["SG002"]}, {"SG101"}),
        ({"select": []}, {"SG002"}),
        ({"select": ["SG101"], "require-reason": True}, {"SG002", "SG003", "SG101"}),
        ({"ignore": ["ALL"], "require-reason": True}, set()),
    ],
)
def test_rules_are_chosen_by_code_prefix_and_name(
    project: Path, settings: Mapping[str, object], active: set[str]
) -> None:
    assert Config(project).updated(settings, "test").active("job.py") == active


def test_rules_are_off_in_the_files_that_a_pattern_matches(project: Path) -> None:
    per_file = {"tests/": ["SG1", "SG2"], "*_old.py": ["SG103"]}
    config = Config(project).updated({"per-file-ignores": per_file}, "test")
    assert config.active("jobs/a.py") == ALL
    assert config.active("tests/unit/a.py") == {c for c in ALL if c[:3] not in ("SG1", "SG2")}
    assert config.active("jobs/a_old.py") == ALL - {"SG103"}


def test_the_project_is_the_nearest_folder_with_its_marks(project: Path) -> None:
    (project / "a" / "b").mkdir(parents=True)
    (project / "a" / "pyproject.toml").touch()
    assert project_root(project / "a" / "b") == project / "a"
    assert project_root(project) == project


def test_the_excluded_names_are_plain_names() -> None:
    assert list(EXCLUDE) == sorted(set(EXCLUDE))
    assert all("/" not in name for name in EXCLUDE)
