"""Which files can have nothing to do with Spark, by their texts."""

from __future__ import annotations

import ast
import asyncio
import re
from pathlib import Path

import pytest

from sparkguard.source.apart import _IMPORT
from sparkguard.source.index import ProjectIndex
from sparkguard.source.text import read_source

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "sparkguard", ROOT / "fixtures", Path(asyncio.__file__).parents[1] / "email")
FILES = sorted(path for folder in FOLDERS for path in folder.rglob("*.py"))
SESSION = "from pyspark.sql import SparkSession\nSparkSession.builder.getOrCreate()\n"
PACKAGE = {"pkg/__init__.py": "", "pkg/base.py": SESSION, "pkg/plain.py": "import json\n"}


def _apart(folder: Path, files: dict[str, str], line: str) -> bool:
    """Whether the module `first`, which holds a line, is told apart."""
    for name, text in {**files, "first.py": f"{line}\n", "user.py": "import first\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")
    index = ProjectIndex([], lambda: sorted(folder.rglob("*.py")))
    user = index.module_at(folder / "user.py")
    assert user is not None
    return index.is_apart(user, "first", 0)


@pytest.mark.parametrize(
    "line",
    [
        "from pkg.base import x",
        "import pkg.base as b",
        "import json; import pkg.base",
        "if 1: from pkg import base",
        "from pkg import (plain,\n    base)",
        "from pkg import (  # all of it (and more)\n    plain,  # :)\n    base,\n)",
        "from pkg import ( # one\r    base)",
        "from pkg import plain, \\\n    base",
        "from \\\n  pkg.base import x",
        "from . import pkg\nfrom .pkg import base",
        "from pkg.base import *",
        "from \uff50kg.base import x",
        "def f():\n    import pkg.base",
        "sc.textFile('a')",
        "from databricks.connect import DatabricksSession",
        "def f(data): data.createDataFrame([])",
    ],
)
def test_a_file_that_may_reach_spark_is_not_told_apart(line: str, tmp_path: Path) -> None:
    assert not _apart(tmp_path, PACKAGE, line)


@pytest.mark.parametrize("line", ["", "import json", "from pkg.plain import x", "import missing"])
def test_a_file_that_reaches_no_word_of_spark_is(line: str, tmp_path: Path) -> None:
    assert _apart(tmp_path, PACKAGE, line)


def test_the_packages_around_a_file_are_imported_with_it(tmp_path: Path) -> None:
    files = {**PACKAGE, "pkg/__init__.py": SESSION}
    assert not _apart(tmp_path, files, "from pkg.plain import x")


def test_files_that_import_each_other_are_told(tmp_path: Path) -> None:
    assert _apart(tmp_path, {"left.py": "import right", "right.py": "import left"}, "import left")
    files = {**PACKAGE, "right.py": "import left\nimport pkg.base"}
    assert not _apart(tmp_path, files, "import left")


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_no_name_that_is_imported_is_missed(file: Path) -> None:
    text = read_source(file, file.name).text
    found = set(re.findall(r"\w+", " ".join(_IMPORT.findall(text))))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            dotted = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            assert found >= {word for name in dotted for word in re.findall(r"\w+", name)}
