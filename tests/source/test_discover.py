"""Which files are found, and which are passed over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sparkguard.result import Problem
from sparkguard.source.discover import discover


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*names: str, text: str = "") -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found(*paths: str, exclude: tuple[str, ...] = (), **settings: bool) -> list[str]:
    given = [Path(path) for path in paths]
    discovery = discover(given, exclude=exclude, root=Path.cwd(), **settings)
    assert discovery.problems == ()
    return [path.as_posix() for path in discovery.files]


def test_folders_are_searched_for_python_files(tree: Path) -> None:
    write("b.py", "a/z.py", "a/a.py", "a/stub.pyi", "a/notes.txt", "a/.#lock.py", ".hidden/c.py")
    write("a/b.ipynb", "a/.#lock.ipynb")
    assert found(".") == [".hidden/c.py", "a/a.py", "a/b.ipynb", "a/z.py", "b.py"]


def test_a_named_file_is_taken_whatever_it_is_called(tree: Path) -> None:
    write("script", "build/a.py")
    assert found("script", "build/a.py", exclude=("build",)) == ["build/a.py", "script"]


def test_every_file_is_found_once(tree: Path) -> None:
    write("a/x.py")
    Path("alias").symlink_to("a")
    Path("b.py").symlink_to("a/x.py")
    assert found("a", "a/x.py", "./a", "alias", "b.py", str(tree / "a")) == ["a/x.py"]


def test_links_to_folders_are_not_followed_so_loops_end(tree: Path) -> None:
    write("a/x.py")
    Path("a/up").symlink_to("..")
    Path("a/self.py").symlink_to(".")
    assert found(".") == ["a/x.py"]


def test_links_that_lead_nowhere_are_found_unless_only_what_can_be_read_is_asked_for(
    tree: Path,
) -> None:
    write("a/x.py")
    Path("a/gone.py").symlink_to("nowhere.py")
    Path("a/loop.py").symlink_to("loop.py")
    Path("a/y.py").symlink_to("x.py")
    assert found(".") == ["a/gone.py", "a/loop.py", "a/x.py"]
    assert found(".", broken_links=False) == ["a/x.py"]


def test_files_come_in_the_order_of_their_paths_part_by_part(tree: Path) -> None:
    write("a/x.py", "a-b/x.py", "a.py", "a/b/x.py", "b/x.py", "z.py", "a b/x.py", "ä/x.py")
    expected = sorted(path.relative_to(tree) for path in tree.rglob("*.py"))
    assert found(".") == [path.as_posix() for path in expected]
    assert found("b", "a.py", "a") == ["a/b/x.py", "a/x.py", "a.py", "b/x.py"]


def test_a_named_link_to_a_folder_is_searched(tree: Path) -> None:
    write("real/x.py")
    Path("link").symlink_to("real")
    assert found("link") == ["link/x.py"]


def test_excluded_names_are_passed_over_in_folders_only(tree: Path) -> None:
    write("a.py", "venv/lib/site-packages/pkg/b.py", "docs/gen/c.py", "gen/d.py")
    exclude = ("venv", "site-packages", "docs/gen")
    assert found(".", exclude=exclude) == ["a.py", "gen/d.py"]
    package = "venv/lib/site-packages/pkg"
    assert found(package, exclude=exclude) == [f"{package}/b.py"]


def test_force_exclude_drops_what_was_named(tree: Path) -> None:
    write("a.py", "gen/b.py", "gen/deep/c.py")
    named = ("a.py", "gen/b.py", "gen/deep")
    assert found(*named, exclude=("gen",), force_exclude=True) == ["a.py"]


def test_ignore_files_count_from_the_top_of_the_repository_downward(tree: Path) -> None:
    write("src/a.py", "src/b.py", "src/keep/b.py", "src/keep/c.py", "d.py")
    write(".git/info/exclude", text="d.py\n")
    write(".gitignore", text="b.py\n")
    write("src/keep/.gitignore", text="!b.py\nc.py\n")
    assert found(".") == ["src/a.py", "src/keep/b.py"]
    assert found("src") == ["src/a.py", "src/keep/b.py"]
    assert found("src/keep") == ["src/keep/b.py"]
    everything = ["d.py", "src/a.py", "src/b.py", "src/keep/b.py", "src/keep/c.py"]
    assert found(".", respect_gitignore=False) == everything


def test_an_ignore_file_above_the_repository_does_not_count(tree: Path) -> None:
    write(".gitignore", text="*.py\n")
    write("repository/.git/HEAD", "repository/a.py")
    assert found("repository") == ["repository/a.py"]


def test_an_ignored_folder_that_is_named_is_searched(tree: Path) -> None:
    write(".git/HEAD", "gen/a.py")
    write(".gitignore", text="gen/\n")
    assert found(".") == []
    assert found("gen") == ["gen/a.py"]


def test_an_ignore_file_that_is_a_pipe_does_not_stop_the_search(tree: Path) -> None:
    write("a.py")
    os.mkfifo(".gitignore")
    assert found(".") == ["a.py"]


def test_a_folder_that_cannot_be_searched_is_a_problem(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.py", "closed/b.py")
    scandir = os.scandir

    def guarded(path: Path) -> os._ScandirIterator[str]:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(str(path))

    monkeypatch.setattr(os, "scandir", guarded)
    discovery = discover([Path()], root=tree)
    assert discovery.files == (Path("a.py"),)
    assert discovery.problems == (Problem("closed", "permission denied"),)
