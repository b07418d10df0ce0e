"""`%run`: what another file binds is there as if it stood here."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkguard.diagnostic import Position
from sparkguard.source import runs
from sparkguard.source.analysis import analyse
from sparkguard.source.notebook import read_notebook
from sparkguard.source.runs import with_runs
from sparkguard.source.text import DATABRICKS, SourceText, split_lines
from tests.notebooks import notebook

SETUP = "spark.range(1)\n"


def sources(files: dict[str, str]) -> list[SourceText]:
    """Texts by name; that of a notebook may be the text of its only cell."""
    made = []
    for name, text in files.items():
        jupyter = name.endswith(".ipynb")
        source = SourceText(Path(name), name, text)
        made.append(read_notebook(notebook(text), Path(name), name) if jupyter else source)
    return made


def whole(files: dict[str, str]) -> SourceText:
    """The first of the files with all that it runs."""
    known = {source.path.absolute(): source for source in sources(files)}
    return with_runs(sources(files)[0], known.get)


def texts(files: dict[str, str]) -> list[str]:
    return [line for line in split_lines(whole(files).text) if line and not line.startswith("#")]


@pytest.mark.parametrize(
    ("magic", "name"),
    [
        ("%run ./setup", "setup.ipynb"),
        ("%run ./setup", "setup.py"),
        ("%run setup.py", "setup.py"),
        ("%run setup", "setup.ipynb"),
        ('%run "./my setup"', "my setup.py"),
        ("%run './my setup.ipynb'", "my setup.ipynb"),
        ("%run ./deep/v1.2-setup", "deep/v1.2-setup.py"),
        ("%run ./a/../setup $day=1", "setup.py"),
        ("%run -i setup.py 1 2", "setup.py"),
    ],
)
def test_a_sibling_stands_where_it_is_run(magic: str, name: str) -> None:
    files = {"a.ipynb": f"x = spark\n{magic}\ny = 1", name: "setup(spark)"}
    assert texts(files) == ["x = spark", "setup(spark)", "y = 1"]


@pytest.mark.parametrize(
    "magic",
    ["%run ./other", "%run -m setup", "%run", "%run ", "%run .", "%run /setup", "%run ./a.ipynb"],
)
def test_what_the_project_does_not_have_is_not_run(magic: str) -> None:
    files = {"a.ipynb": f"x = spark\n{magic}", "setup.py": SETUP}
    assert texts(files) == ["x = spark"]


def test_databricks_writes_the_magic_in_a_comment() -> None:
    files = {
        "a.py": f"{DATABRICKS}\n# MAGIC %run ./b\n\n# COMMAND ----------\n\nx = 1",
        "b.py": f"{DATABRICKS}\r\n# MAGIC %run ./c\r\ny = 2\r\n",
        "c.py": "# MAGIC %run ./d\nz = 3",
        "d.py": "no = 4",
    }
    assert texts(files) == ["z = 3", "y = 2", "x = 1"]


def test_a_script_runs_nothing() -> None:
    assert texts({"a.py": "# MAGIC %run ./b\nx = 1", "b.py": "y = 1"}) == ["x = 1"]


def test_every_line_knows_the_file_that_it_is_from() -> None:
    source = whole({"a.ipynb": "x = spark\n%run ./b\ny = 1", "b.ipynb": "%cd\nz = spark"})
    places = [source.span(Position(line, 1), Position(line, 2)) for line in range(1, 6)]
    assert [(place.where, place.start.line) for place in places] == [
        ("a.ipynb:cell 1", 1),
        ("a.ipynb:cell 1", 2),
        ("b.ipynb:cell 1", 1),
        ("b.ipynb:cell 1", 2),
        ("a.ipynb:cell 1", 3),
    ]


def test_files_that_run_each_other_are_met_once() -> None:
    files = {
        "a.ipynb": "%run ./b\n%run ./b\nx = spark",
        "b.ipynb": "%run ./a\n%run ./b\ny = spark",
    }
    assert texts(files) == ["y = spark", "x = spark"]


def test_a_file_that_is_no_python_is_not_run() -> None:
    assert texts({"a.ipynb": "%run ./b\nx = spark", "b.py": "y = ("}) == ["x = spark"]


def test_a_text_without_end_is_not_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_DEEP", 3)
    chain = {f"n{n}.ipynb": f"%run ./n{n + 1}\nx{n} = spark" for n in range(9)}
    assert texts(chain) == ["x3 = spark", "x2 = spark", "x1 = spark", "x0 = spark"]
    large = {
        "a.ipynb": "%run ./b\n%run ./c\nspark",
        "b.py": "y" * 9_000_000,
        "c.py": "z" * 2_000_000,
    }
    assert [line[:1] for line in texts(large)] == ["y", "s"]


SHIPS = "from pyspark.sql.functions import udf\nlength = udf(lambda row: {}, 'int')\n"


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (
            {"a.ipynb": "%run ./b\n" + SHIPS.format("df.count()"), "b.py": "df = spark.range(1)"},
            ["df"],
        ),
        (
            {"a.ipynb": "df = 1\n%run ./b\n" + SHIPS.format("df"), "b.py": "df = spark.range(1)"},
            ["df"],
        ),
        ({"a.ipynb": "%run ./b\ndf = 1\n" + SHIPS.format("df"), "b.py": "df = spark.range(1)"}, []),
        # a function that is run goes by value, though the file could be imported
        (
            {
                "a.ipynb": "%run ./pkg/b\n" + SHIPS.format("f()"),
                "pkg/__init__.py": "",
                "pkg/b.py": "def f(): return spark.version",
            },
            ["spark"],
        ),
    ],
)
def test_names_are_there_as_if_the_text_stood_here(files: dict[str, str], names: list[str]) -> None:
    first, *_ = analyse(sources(files))
    paths = [capture.path[-1].text for point in first.ship_points for capture in point.captures]
    assert paths == names


def test_a_notebook_is_main_whoever_imports_it() -> None:
    files = {
        "a.ipynb": "def f(row): return spark.version\nspark.range(1).foreach(f)",
        "b.py": f"{DATABRICKS}\ndef f(row): return spark.version\nspark.range(1).foreach(f)",
        "c.py": "import a, b\nfrom b import f",
    }
    jupyter, databricks, _ = analyse(sources(files))
    assert [len(point.captures) for point in jupyter.ship_points] == [1]
    assert [len(point.captures) for point in databricks.ship_points] == [1]
