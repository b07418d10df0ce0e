"""The project across files: what an import gives, who calls, and what runs as a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkguard.source.analysis import analyse
from sparkguard.source.index import ProjectIndex
from sparkguard.source.text import SourceText
from tests.source.witness import HEAD, paths

SESSION = "from pyspark.sql import SparkSession\nengine = SparkSession.builder.getOrCreate()\n"
JOB = HEAD + "{}\nudf(lambda n: {})\n"
PACKAGE = {"pkg/__init__.py": "", "pkg/sub/__init__.py": "", "pkg/sub/base.py": SESSION}

LAYOUTS = [
    ("a sibling", {"base.py": SESSION}, "from base import engine as x"),
    ("a renamed sibling", {"base.py": SESSION}, "import base as b\nx = b.engine"),
    ("a star", {"base.py": SESSION.replace("engine", "x")}, "from base import *"),
    ("a package", PACKAGE, "from pkg.sub.base import engine as x"),
    ("a dotted name", PACKAGE, "import pkg.sub.base\nx = pkg.sub.base.engine"),
    ("a dotted name, renamed", PACKAGE, "import pkg.sub.base as b\nx = b.engine"),
    ("a module of a package", PACKAGE, "from pkg.sub import base\nx = base.engine"),
    (
        "a name handed on",
        {**PACKAGE, "pkg/__init__.py": "from .sub.base import engine"},
        "from pkg import engine as x",
    ),
    (
        "all names handed on",
        {**PACKAGE, "pkg/__init__.py": "from .sub.base import *"},
        "from pkg import engine as x",
    ),
    (
        "two leading dots",
        {**PACKAGE, "pkg/sub/user.py": "from ..sub.base import engine"},
        "from pkg.sub.user import engine as x",
    ),
    (
        "one dot and a module",
        {**PACKAGE, "pkg/sub/user.py": "from . import base"},
        "from pkg.sub.user import base\nx = base.engine",
    ),
    (
        "a name in try",
        {"base.py": SESSION},
        "try:\n    from base import engine as x\nexcept ImportError:\n    x = None",
    ),
    (
        "a function",
        {"base.py": SESSION + "def get():\n    return engine"},
        "from base import get\nx = get()",
    ),
    (
        "a source folder",
        {f"src/{n}": t for n, t in PACKAGE.items()},
        "from pkg.sub.base import engine as x",
    ),
]


@pytest.mark.parametrize(("how", "files", "text"), LAYOUTS, ids=[one[0] for one in LAYOUTS])
def test_what_an_import_gives(
    how: str, files: dict[str, str], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, code in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(code, encoding="utf-8")

    assert paths({**files, "job.py": JOB.format(text, "x")}) == ["x: SparkSession"]


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": "from b import x", "b.py": "from a import x"},
        {"a.py": "from a import x"},
        {"a.py": "import a\nx = a.x"},
        {"a.py": "from b import *", "b.py": "from a import *"},
        {"a.py": "from . import x"},
        {"a.py": "from ...... import x"},
        {"a.py": "x = (", "b.py": ""},
    ],
)
def test_an_import_that_leads_nowhere_ends(files: dict[str, str]) -> None:
    texts = {**files, "job.py": JOB.format("from a import x", "x")}
    sources = [SourceText(Path(name), name, text) for name, text in texts.items()]

    *_, job = analyse(sources)

    assert [point.captures for point in job.ship_points] == [()]


def test_a_file_outside_the_project_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(SESSION, encoding="utf-8")
    job = SourceText(tmp_path / "job.py", "job.py", JOB.format("from base import engine as x", "x"))

    [alone] = analyse([job])
    [together] = analyse([job], around=lambda: [tmp_path / "base.py"])

    assert [len(point.captures) for point in alone.ship_points] == [0]
    assert [len(point.captures) for point in together.ship_points] == [1]


def test_a_call_in_another_file_tells_what_a_parameter_is() -> None:
    files = {
        "steps.py": HEAD + "def label(x):\n    return udf(lambda n: x)\n",
        "job.py": HEAD + "import steps as s\ns.label(spark.range(1))\n",
    }

    assert paths(files) == ["x: DataFrame"]


def test_a_renamed_call_in_another_file_counts() -> None:
    files = {
        "steps.py": HEAD + "class Job:\n    def __init__(self, x): self.x = x\n"
        "    def run(self): return udf(self.run)\n",
        "job.py": HEAD + "from steps import Job as J\nJ(spark.range(1)).run()\n",
    }

    assert paths(files) == ["self.x: DataFrame"]


@pytest.mark.parametrize(
    ("files", "name", "script"),
    [
        ({"a.py": "x = 1"}, "a.py", True),
        ({"a.py": "x = 1", "b.py": "import a"}, "a.py", False),
        ({"a.py": "x = 1", "b.py": "from a import x"}, "a.py", False),
        ({"a.py": "x = 1", "b.py": "# import b, not a\nimport ab"}, "a.py", True),
        ({"a.py": "if __name__ == '__main__': pass", "b.py": "import a"}, "a.py", True),
    ],
)
def test_what_runs_as_a_script(files: dict[str, str], name: str, script: bool) -> None:
    sources = [SourceText(Path(file), file, text) for file, text in files.items()]
    index = ProjectIndex(sources)
    module = index.parse(next(source for source in sources if source.name == name))

    assert index.runs_as_script(module) is script
