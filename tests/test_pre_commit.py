"""The hook on a real repository: the real pre-commit and prek reject a commit, then let it in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.notebooks import notebook

ROOT = Path(__file__).parents[1]
HOOK_FILES = (
    ".pre-commit-hooks.yaml",
    "LICENSE",
    "README.md",
    "pyproject.toml",
    "rules",
    "sparkguard",
)
FOREIGN = ("GIT_", "PYTHONPATH", "FORCE_COLOR")

CONFIG = """\
repos:
  - repo: {hook}
    rev: {revision}
    hooks:
      - id: sparkguard
"""
HOLDER = """\
from pyspark.sql import SparkSession


class Vectorizer:
    def __init__(self):
        self.spark = SparkSession.builder.getOrCreate()

    def length(self, text):
        return len(text)
"""
BAD = """\
from holder import Vectorizer
from pyspark.sql.functions import udf

vectorizer = Vectorizer()
length = udf(lambda text: vectorizer.length(text), "int")
"""
GOOD = """\
from pyspark.sql.functions import udf

length = udf(lambda text: len(text), "int")
"""
QUIET = """\
class Vectorizer:
    def length(self, text):
        return len(text)
"""


class Repository:
    """A git repository that knows no configuration but its own."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)},
            "HOME": str(home),
            "PRE_COMMIT_HOME": str(home / "pre-commit"),
            "PREK_HOME": str(home / "prek"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.org",
        }
        folder.mkdir(parents=True, exist_ok=True)
        self.run("git", "init", "--quiet")

    def run(self, *command: str) -> str:
        done = self.try_to(*command)
        assert done.returncode == 0, done.stdout
        return done.stdout.strip()

    def try_to(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command in the repository; standard output and error come as one text."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")
        self.run("git", "add", name)

    def commit(self) -> subprocess.CompletedProcess[str]:
        return self.try_to("git", "commit", "--message", "a change")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit and prek keep the hook's environment: made once, by the first commit."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def hook(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Repository:
    """This checkout as it lies here, uncommitted changes included, as a repository of hooks."""
    repository = Repository(tmp_path_factory.mktemp("hook"), home)
    for name in HOOK_FILES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, repository.folder / name)
    repository.run("git", "add", "--all")
    repository.run("git", "commit", "--quiet", "--message", "the hook")
    return repository


@pytest.fixture(params=["pre_commit", "prek"])
def project(
    tmp_path: Path, home: Path, hook: Repository, request: pytest.FixtureRequest
) -> Repository:
    """A project that uses the hook; a class that holds the session is already committed."""
    repository = Repository(tmp_path / "project", home)
    revision = hook.run("git", "rev-parse", "HEAD")
    repository.write("holder.py", HOLDER)
    repository.run("git", "commit", "--quiet", "--message", "harmless as long as nothing ships it")
    repository.write(".pre-commit-config.yaml", CONFIG.format(hook=hook.folder, revision=revision))
    repository.run(sys.executable, "-m", request.param, "install")
    return repository


def test_a_captured_session_is_rejected_until_it_is_repaired(project: Repository) -> None:
    project.write("job.py", BAD)
    rejected = project.commit()
    assert rejected.returncode == 1
    assert "job.py:5:" in rejected.stdout
    assert "SG103" in rejected.stdout
    assert "holder.py" not in project.run("git", "diff", "--cached", "--name-only")

    project.write("job.py", GOOD)
    accepted = project.commit()
    assert accepted.returncode == 0, accepted.stdout
    assert "Passed" in accepted.stdout


def test_what_is_found_depends_on_the_files_around(project: Repository) -> None:
    project.write("holder.py", QUIET)
    project.write("job.py", BAD)
    accepted = project.commit()
    assert accepted.returncode == 0, accepted.stdout


def test_a_notebook_is_checked_like_a_file(project: Repository) -> None:
    project.write("job.ipynb", notebook(*BAD.split("\n\n")))
    rejected = project.commit()
    assert rejected.returncode == 1
    assert "job.ipynb:cell 2:2:" in rejected.stdout


def test_an_excluded_file_stays_excluded_when_the_hook_names_it(project: Repository) -> None:
    project.write("pyproject.toml", '[tool.sparkguard]\nexclude = ["job.py"]\n')
    project.write("job.py", BAD)
    accepted = project.commit()
    assert accepted.returncode == 0, accepted.stdout
