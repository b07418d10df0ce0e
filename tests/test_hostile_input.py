"""Files that no checker likes: one clear line for each, and everything else is still checked."""

from __future__ import annotations

import codecs
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import sparkguard
from sparkguard.cli import main
from sparkguard.config import Config
from sparkguard.engine import check
from sparkguard.result import CheckResult

SHIPS = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
count = udf(lambda x: spark.range(x).count(), "int")
"""
GOOD = "good.py:5 SG101"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one good file, which must be checked whatever lies beside it."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "good.py").write_text(SHIPS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(result: CheckResult) -> list[str]:
    return [
        f"{each.primary.span.path}:{each.primary.span.start.line} {each.code}"
        for each in result.diagnostics
    ]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\x7fELF\x02\x01\x01\0\0", "holds null bytes, so it is no Python source"),
        (b"x = 1\0\n", "holds null bytes, so it is no Python source"),
        (
            "# café\n".encode("latin-1"),
            "byte 0xe9 on line 1 is not utf-8, and no coding line names another encoding",
        ),
        (b"# coding: klingon\n", "unknown encoding: klingon"),
        (b"#" * 10_000_001, "larger than 10 MB"),
    ],
)
@pytest.mark.parametrize("name", ["bad.py", "bad.ipynb"])
def test_what_is_no_text_is_a_problem(data: bytes, problem: str, name: str) -> None:
    Path(name).write_bytes(data)
    result = check(["."])
    assert lines(result) == [GOOD]
    assert [str(each) for each in result.problems] == [f"{name}: {problem}"]


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: path.symlink_to("nowhere"), "broken symbolic link"),
        (lambda path: path.symlink_to(path.name), "too many levels of symbolic links"),
        (os.mkfifo, "not a regular file"),
    ],
)
def test_what_is_no_file_is_a_problem(make: object, problem: str) -> None:
    assert callable(make)
    make(Path("bad.py"))
    for paths in (["."], ["good.py", "bad.py"]):
        result = check(paths)
        assert lines(result) == [GOOD]
        assert [str(each) for each in result.problems] == [f"bad.py: {problem}"]


def test_what_lies_around_a_named_file_does_not_disturb_it() -> None:
    Path("broken.py").symlink_to("nowhere")
    Path("loop.py").symlink_to("loop.py")
    os.mkfifo("fifo.py")
    Path("binary.py").write_bytes(b"\0")
    result = check(["good.py"])
    assert (lines(result), result.problems) == ([GOOD], ())


def test_a_loop_of_folders_is_walked_once(project: Path) -> None:
    Path("again").symlink_to(project)
    result = check(["."])
    assert (lines(result), result.problems) == ([GOOD], ())


@pytest.mark.parametrize(
    "text",
    [
        "print 'hello'\n",
        "exec 'x' in {}\n",
        "def f(:\n    pass\n",
        "if True:\npass\n",
        "x = 'never closed\n",
        "x = $\n",
        "udf(\n",
        "match x:\n    case 1 2:\n        pass\n",
        f"x = udf({'(' * 5000}{')' * 5000})\n",
        f"x = udf({'-' * 100_000}1)\n",
        "udf" + "(lambda: 0)" * 20_000 + "\n",
    ],
)
def test_what_is_no_python_is_a_finding(text: str) -> None:
    Path("bad.py").write_text(text, encoding="utf-8")
    result = isolated_check()
    codes = [(each["path"], each["code"]) for each in result["diagnostics"]]
    assert codes == [("bad.py", "SG002"), ("good.py", "SG101")]
    assert all("\n" not in each["message"] for each in result["diagnostics"])


@pytest.mark.parametrize(
    "data",
    [
        b"spark",
        b'["spark"]',
        b'{"cells": "spark"}',
        b'{"cells": ["spark", {"cell_type": "code", "source": "spark"}]}',
        b'{"cells": [{"cell_type": "code"}, {"cell_type": "code", "source": "spark"}]}',
        b'{"cells": [{"cell_type": "code", "source": "x = \'spark\\ud800\'"}]}',
        b'{"cells": [{"cell_type": "code", "source": "spark\\u0000"}]}',
        b'{"cells": [{"cell_type": "code", "source": "spark = \x1b[2J"}]}',
        b'{"cells": [{"cell_type": "code", "source": "spark\\r\\n\\f(\\r"}]}',
        b'{"spark":' * 100_000,
        b'{"cells": ' + b"[" * 100_000 + b"spark",
        b'{"cells": [], "cells": [[], {"cell_type": "code", "source": "spark"}]}',
        b'{"cells": [{"cell_type": "code", "source": "udf' + b"(" * 100_000 + b'"}]}',
        b'{"cells": [{"cell_type": "code", "source": "udf' + b"(lambda: 0)" * 20_000 + b'"}]}',
    ],
)
def test_what_is_no_notebook_is_a_finding(data: bytes) -> None:
    Path("bad.ipynb").write_bytes(data)
    result = isolated_check()
    codes = {(each["path"], each["code"]) for each in result["diagnostics"]}
    assert codes == {("bad.ipynb", "SG002"), ("good.py", "SG101")}
    assert all("\n" not in each["message"] for each in result["diagnostics"])
    assert main(["check", "--output-format", "text", "--output-file", "report.txt"]) == 1
    report = Path("report.txt").read_text(encoding="utf-8")
    assert all(line.isprintable() for line in report.split("\n"))


def isolated_check() -> dict[str, list[dict[str, str]]]:
    """A check in a process of its own, which a parser's crash cannot take down with it."""
    root = str(Path(sparkguard.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-m", "sparkguard", "check", "--output-format", "json"],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    assert done.returncode == 1
    found: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", None),
        (b"\n\n\n", None),
        (codecs.BOM_UTF8 + SHIPS.encode(), 5),
        (SHIPS.replace("\n", "\r\n").encode(), 5),
        (SHIPS.replace("\n\n", "\n\x0c\n").encode(), 5),
        (f"# coding: latin-1\n# é\n{SHIPS}".encode("latin-1"), 7),
        (f"# é\u2028\x85\x1c\n{SHIPS}".encode(), 6),
        (SHIPS.rstrip("\n").encode(), 5),
    ],
)
def test_unusual_texts_are_checked_at_the_right_places(data: bytes, line: int | None) -> None:
    Path("odd.py").write_bytes(data)
    result = check(["."])
    assert result.problems == ()
    assert lines(result) == [GOOD, *([f"odd.py:{line} SG101"] if line else [])]


def test_columns_count_characters_after_a_byte_order_mark_and_wide_letters() -> None:
    odd = SHIPS.replace("count = udf(", "count = '日本', udf(").encode()
    Path("odd.py").write_bytes(codecs.BOM_UTF8 + odd)
    first, second = check(["."]).diagnostics
    assert second.primary.span.start.column == first.primary.span.start.column + len("'日本', ")


def test_a_line_of_five_megabytes_takes_seconds() -> None:
    Path("long.py").write_text(SHIPS + f"x = '{'a' * 5_000_000}'\n", encoding="utf-8")
    started = time.perf_counter()
    assert lines(check(["."])) == [GOOD, "long.py:5 SG101"]
    assert time.perf_counter() - started < 20


def test_syntax_of_a_newer_python_is_checked_or_said() -> None:
    Path("new.py").write_text(f"{SHIPS}type Pair[T] = tuple[T, T]\n", encoding="utf-8")
    assert lines(check(["."]))[0] == GOOD
    assert lines(check(["."]))[1] in ("new.py:5 SG101", "new.py:6 SG002")


@pytest.fixture
def unprivileged(project: Path) -> Iterator[None]:
    """Permissions count: root, whom they do not stop, becomes somebody else for a while."""
    if not hasattr(os, "geteuid"):
        pytest.skip("needs the permissions of POSIX")
    before = os.geteuid()
    folder = project
    opened = []
    while before == 0 and folder != folder.parent:
        opened.append((folder, folder.stat().st_mode))
        folder.chmod(folder.stat().st_mode | 0o055)
        folder = folder.parent
    check(["."], Config(project))  # imports what is needed while it can be read
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)
        for closed, mode in opened:
            closed.chmod(mode)


@pytest.fixture
def closed(project: Path) -> Iterator[None]:
    """A file and a folder that may not be read."""
    (project / "closed").mkdir()
    (project / "closed" / "a.py").write_text(SHIPS, encoding="utf-8")
    (project / "secret.py").write_text(SHIPS, encoding="utf-8")
    (project / "closed").chmod(0)
    (project / "secret.py").chmod(0)
    yield
    (project / "closed").chmod(0o700)


@pytest.mark.usefixtures("closed", "unprivileged")
def test_what_may_not_be_read_is_a_problem() -> None:
    result = check([".", "closed/a.py"])
    assert lines(result) == [GOOD]
    assert [str(each) for each in result.problems] == [
        "closed: permission denied",
        "closed/a.py: permission denied",
        "secret.py: permission denied",
    ]
