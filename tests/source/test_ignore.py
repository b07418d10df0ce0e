"""Ignore patterns, with git itself as the judge."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sparkguard.source.ignore import Patterns


def verdict(lines: list[str], path: str, folder: bool = False) -> bool | None:
    return Patterns.parse(lines).verdict(path.split("/"), folder)


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("build", "build", True),
        ("build", "a/b/build", True),
        ("build/", "a/build", None),
        ("/build", "a/build", None),
        ("a/b.py", "a/b.py", True),
        ("a/b.py", "c/a/b.py", None),
        ("*.py", "a/b.py", True),
        ("a*c", "a/c", None),
        ("a/*.py", "a/b/c.py", None),
        ("a/**/c.py", "a/c.py", True),
        ("a/**/c.py", "a/b/b/c.py", True),
        ("**/b/c.py", "a/b/c.py", True),
        ("**/b/c.py", "b/c.py", True),
        ("a/**", "a", None),
        ("a/**", "a/b/c.py", True),
        ("[a-c].py", "b.py", True),
        ("[^a].py", "a.py", None),
        ("a?.py", "ab.py", True),
        (r"\#a", "#a", True),
        ("# a", "# a", None),
        (r"a\*", "a*", True),
        (r"a\*", "ab", None),
        ("a   ", "a", True),
        ("", "a", None),
        ("/", "a", None),
    ],
)
def test_a_pattern_means_what_it_means_to_git(
    pattern: str, path: str, ignored: bool | None
) -> None:
    assert verdict([pattern], path) is ignored


def test_the_last_pattern_that_matches_decides() -> None:
    assert verdict(["*.py", "!keep.py"], "keep.py") is False
    assert verdict(["!keep.py", "*.py"], "keep.py") is True


def test_what_lies_in_an_ignored_folder_is_covered() -> None:
    patterns = Patterns.parse(["gen/"])
    assert patterns.covers(("a", "gen", "x.py"))
    assert not patterns.covers(("a", "gen"))


@pytest.mark.parametrize("pattern", ["*a" * 30 + "*b.py", "a/**/" * 30 + "b", "?*" * 60 + "b"])
def test_no_pattern_takes_long(pattern: str) -> None:
    started = time.perf_counter()
    assert verdict([pattern], "/".join(["a" * 200] * 20)) is None
    assert time.perf_counter() - started < 1


def test_a_line_of_blanks_takes_no_time() -> None:
    started = time.perf_counter()
    assert verdict([" " * 1_000_000 + "x"], "a") is None
    assert time.perf_counter() - started < 1


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that git is asked in."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


SEGMENTS = st.sampled_from(["a", "b", "ab", "*", "a*", "*b", "?", "**", "[ab]", "[!a]", r"\a", "."])
PATTERNS = st.builds(
    lambda sign, start, segments, end: sign + start + "/".join(segments) + end,
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "/"]),
    st.lists(SEGMENTS, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
)
PATHS = st.lists(st.sampled_from(["a", "b", "ab", "ba", ".a"]), min_size=1, max_size=4)


@given(st.lists(PATTERNS, min_size=1, max_size=3), PATHS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_git_is_of_the_same_opinion(repository: Path, lines: list[str], parts: list[str]) -> None:
    (repository / ".gitignore").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = ["git", "-C", str(repository), "check-ignore", "--quiet", "--no-index"]
    git = subprocess.run([*command, "/".join(parts)], check=False).returncode == 0
    assert Patterns.parse(lines).covers(parts) is git
