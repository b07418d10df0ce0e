"""The source witness as a whole: one answer per file, in order, whatever the file holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from sparkguard.source.analysis import FileAnalysis, analyse
from sparkguard.source.text import SourceText
from tests.source.witness import HEAD

HERE = Path(__file__).parents[2]
SHIPS = HEAD + "udf(lambda n: spark)\n"


def source(name: str, text: str) -> SourceText:
    return SourceText(Path(name), name, text)


def test_there_is_one_answer_per_file_in_order() -> None:
    texts = {"b.py": SHIPS, "a.py": "x = 1\n", "c.py": "spark = (\n", "d.py": SHIPS}

    found = list(analyse([source(name, text) for name, text in texts.items()]))

    assert [one.path for one in found] == list(texts)
    assert [len(one.ship_points) for one in found] == [1, 0, 0, 1]
    assert [one.problem is not None for one in found] == [False, False, True, False]


@pytest.mark.parametrize("text", ["spark = (\n", "x = (\n", "print 'spark'\n", "\tx\n  y\n"])
def test_what_is_not_python_is_a_problem(text: str) -> None:
    [found] = analyse([source("a.py", text)])

    assert found.problem is not None
    assert found.problem.line >= 1
    assert found.problem.message[0].islower() or not found.problem.message[0].isalpha()
    assert not found.problem.message.endswith(".")


@pytest.mark.parametrize(
    "text", ["", "\n", "# words", "'''spark'''", "\ufeff".strip("\ufeff"), "x = 'udf'"]
)
def test_a_file_that_ships_nothing_is_clean(text: str) -> None:
    [found] = analyse([source("a.py", text)])

    assert replace(found, needs=None) == FileAnalysis("a.py")


def test_what_is_around_is_read_and_not_reported(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(SHIPS + "engine = spark\n", encoding="utf-8")
    (tmp_path / "broken.py").write_text("from pyspark import (", encoding="utf-8")
    job = HEAD + "from base import engine\nfrom broken import x\nudf(lambda n: (engine, x))\n"

    [found] = analyse(
        [SourceText(tmp_path / "job.py", "job.py", job)],
        around=lambda: [tmp_path / name for name in ("base.py", "broken.py", "missing.py")],
    )

    [[capture]] = [point.captures for point in found.ship_points]
    assert capture.type == "pyspark.sql.SparkSession"


def test_the_answer_is_the_same_every_time() -> None:
    sources = [source("a.py", SHIPS), source("b.py", HEAD + "from a import *\nudf(lambda n: sc)\n")]

    assert list(analyse(sources)) == list(analyse(sources))


def test_nothing_of_the_users_and_nothing_of_sparks_is_imported() -> None:
    before = set(sys.modules)

    list(analyse([source("a.py", "import this_is_not_there, antigravity\n" + SHIPS)]))

    assert {"antigravity", "pyspark"}.isdisjoint(set(sys.modules) - before)


ENDLESS = """
from pyspark.sql.functions import udf
def layered(depth):
    class Layer(layered(depth - 1)):
        pass
    return Layer
def main(spark):
    layer = layered(3)()
    layer.spark = spark
    udf(lambda number: layer)
"""


def test_a_class_whose_base_is_made_as_it_is_has_an_end() -> None:
    [found] = analyse([source("a.py", ENDLESS)])
    [point] = found.ship_points
    assert [capture.path[-1].text for capture in point.captures] == [".spark"]


DEEP = {
    "brackets": "'(' * 3_000 + ')' * 3_000",
    "lists": "'[' * 1_000 + ']' * 1_000",
    "signs": "'-' * 20_000 + '1'",
    "fewer signs": "'-' * 1_000 + '1'",
    "attributes": "'a' + '.b' * 20_000",
    "calls": "'a' + '()' * 3_000",
    "signs of a decorator": r"'1\n@' + '-' * 1_000 + 'a\ndef f(): pass'",
    "signs of a class's decorator": r"'1\n@' + '-' * 1_000 + 'a\nclass A: pass'",
    "signs over lines": r"'-\\\n' * 1_000 + '1'",
    "arms": r"'1\nif a: pass\n' + 'elif b: pass\n' * 1_000",
    "signs in Python 2": "'-' * 20_000 + '1; exec x'",
}
TOLD = "import sys; from tests.source.test_analysis import told; print(told(eval(sys.argv[1])))"


def told(text: str) -> str:
    [found] = analyse([source("a.py", f"import pyspark\nx = {text}\n")])
    return found.problem.message if found.problem else "read"


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_a_text_that_is_nested_too_deeply_is_a_problem(text: str) -> None:
    # In a process of its own: a parser in native code that runs out of stack takes all with it.
    checked = subprocess.run(
        [sys.executable, "-c", TOLD, text],
        cwd=HERE,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (checked.returncode, checked.stdout) == (0, "nested too deeply\n"), checked.stderr[-500:]


def test_of_what_ships_nothing_it_does_not_matter_how_deep_it_is_nested() -> None:
    [found] = analyse([source("a.py", f"x = {'-' * 1_000}1\n")])
    assert found.problem is None


def test_many_operands_are_no_levels() -> None:
    many = " or ".join(["given"] * 5_000)
    [found] = analyse([source("a.py", f"{HEAD}udf(lambda given: spark or {many})\n")])
    assert [step.text for one in found.ship_points for step in one.captures[0].path][-1] == "spark"


FLAT = " or ".join(["given"] * 50_000)
NESTED = "(" * 150 + "given" + " or given" * 300 + (")" + " or given" * 300) * 150


@pytest.mark.parametrize(
    ("many", "said"), [(FLAT, "SG101"), (NESTED, "nested too deeply")], ids=["flat", "nested"]
)
def test_so_many_that_libcst_would_die_of_them_end_nothing(
    many: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "a.py").write_text(f"{HEAD}udf(lambda given: spark or {many})\n", encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "sparkguard", "check", "--output-format", "concise", "."],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (checked.returncode, said in checked.stdout) == (1, True), checked.stderr[-500:]
