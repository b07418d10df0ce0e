"""What people install: the wheel holds the pages and the types, and works from where it lies."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from email import message_from_string
from pathlib import Path
from zipfile import ZipFile

import pytest

import sparkguard
from sparkguard import catalog

ROOT = Path(__file__).parents[1]
DEPENDENCIES = {"libcst", "msgspec", "cloudpickle", "rich", "tomli"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", folder, wheel], check=True, capture_output=True)
    return folder


def run_installed(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the installed command on the installed package, not on the checkout."""
    return subprocess.run(
        [installed / "bin" / "sparkguard", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_wheel_holds_the_pages_the_types_and_the_data(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        held = set(archive.namelist())
    pages = {f"sparkguard/rules/{rule.code}-{rule.name}.md" for rule in catalog.rules()}
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "sparkguard").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {*pages, *package, "sparkguard/py.typed"} <= held
    assert not [name for name in held if name.startswith(("tests/", "fixtures/", "rules/"))]


def test_the_metadata_says_what_it_needs(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        name = f"sparkguard-{sparkguard.__version__}.dist-info/METADATA"
        metadata = message_from_string(archive.read(name).decode())
    needs = [need for need in metadata.get_all("Requires-Dist", []) if "extra ==" not in need]
    assert {need.split(">")[0] for need in needs} == DEPENDENCIES
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata.get_all("Provides-Extra") == ["dev", "extractor", "server", "spark"]


def test_the_source_distribution_is_the_project(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    project = {"LICENSE", "noxfile.py", ".ci/run", "tests/conftest.py", "CHANGELOG.md"}
    pages = {catalog.page(rule).file for rule in catalog.rules()}
    assert project | pages <= held


def test_the_installed_command_explains_from_its_own_pages(installed: Path) -> None:
    explained = run_installed(installed, "explain", "SG103")
    assert explained.returncode == 0, explained.stderr
    assert "captured-self" in explained.stdout


def test_the_installed_command_finds_the_starting_case(installed: Path) -> None:
    checked = run_installed(installed, "check", "fixtures/image_vectorizer")
    assert checked.returncode == 1, checked.stderr
    assert "SG103" in checked.stdout
