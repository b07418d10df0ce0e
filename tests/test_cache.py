"""A kept answer is the answer that a check would give, and nothing in the cache is trusted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sparkguard import __version__, cache, engine
from sparkguard.cache import FOLDER, Cache
from sparkguard.cli import main
from sparkguard.config import Config
from sparkguard.engine import check
from sparkguard.result import CheckResult
from sparkguard.source import index, parse
from sparkguard.source import text as source_text
from sparkguard.source.analysis import Analyser, FileAnalysis
from sparkguard.source.facts import ModuleFacts
from sparkguard.source.mentions import Mentions
from sparkguard.source.parse import Anchors
from sparkguard.source.profile import Profile
from sparkguard.source.text import SourceText

HELPER = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
JOB = """\
from pyspark.sql.functions import udf

from helper import spark

count = udf(lambda n: spark.range(n).count(), "int")
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    write("helper.py", HELPER)
    write("job.py", JOB)
    return folder


def write(name: str, text: str, age: float = 60) -> None:
    """Writes a file as if that had been some seconds ago."""
    file = Path(name)
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    then = time.time() - age
    os.utime(file, (then, then))


def plain(result: CheckResult) -> CheckResult:
    return replace(result, summary=replace(result.summary, seconds=0))


def asked(config: Config | None = None, path: str = ".") -> CheckResult:
    config = config or Config(Path.cwd())
    return plain(check([path], config, kept=Cache(config.root)))


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were analysed, in order."""
    made: list[str] = []
    real = Analyser.of

    def noted(analyser: Analyser, source: SourceText) -> FileAnalysis:
        made.append(source.name)
        return real(analyser, source)

    monkeypatch.setattr(Analyser, "of", noted)
    return made


def test_an_answer_is_given_again_without_reading_anything(analysed: list[str]) -> None:
    first = asked()
    assert [found.code for found in first.diagnostics] == ["SG101"]
    assert asked() == first
    assert analysed == ["helper.py", "job.py"]
    assert plain(check(["."])) == first


def new_file() -> None:
    write("another.py", JOB)


def gone() -> None:
    Path("helper.py").unlink()


def changed() -> None:
    write("helper.py", "spark = 1\n")


def same_size_and_time() -> None:
    before = Path("job.py").stat()
    write("job.py", JOB.replace("spark.range(n)", "spork.range(n)"))
    os.utime("job.py", ns=(before.st_atime_ns, before.st_mtime_ns + 1))


def became_a_package() -> None:
    write("__init__.py", "")


def above_became_a_package() -> None:
    write("../__init__.py", "")


@pytest.mark.parametrize(
    "change",
    [new_file, gone, changed, same_size_and_time, became_a_package, above_became_a_package],
)
def test_a_change_makes_a_new_answer(change: Callable[[], None], analysed: list[str]) -> None:
    asked()
    change()
    analysed.clear()
    answer = asked()
    assert "job.py" in analysed
    assert answer == plain(check(["."]))


def test_a_file_that_was_only_touched_changes_nothing(analysed: list[str]) -> None:
    first = asked()
    write("job.py", JOB, age=30)
    assert asked() == first
    assert analysed == ["helper.py", "job.py"]


BASE = "class Base:\n    def __init__(self, spark):\n        self.spark = spark\n"
SHIPS = """\
from pyspark.sql.functions import udf

from base import Base


class Job(Base):
    def run(self):
        return udf(lambda n: self.limit + n, "int")
"""
CALLS = """\
from pyspark.sql import SparkSession

from job import Job

Job(SparkSession.builder.getOrCreate())
"""
IMPORTS = """\
from pyspark.sql.functions import udf


@udf("int")
def plus(n):
    import plain

    return plain.double(n)
"""
PLAIN = "def double(n):\n    return 2 * n\n"


@pytest.fixture
def larger(project: Path) -> None:
    """A job, its base class, who makes it, and two files that have nothing to do with it."""
    (project / "helper.py").unlink()
    texts = {"base": BASE, "job": SHIPS, "main": CALLS, "plain": PLAIN, "spark_free": PLAIN}
    for name, text in texts.items():
        write(f"{name}.py", text)


@pytest.mark.usefixtures("larger")
@pytest.mark.parametrize(
    ("name", "text", "again"),
    [
        ("plain.py", PLAIN + "x = 1\n", ["plain.py"]),
        ("job.py", SHIPS + "x = 1\n", ["job.py"]),
        ("job.py", SHIPS + "Job = udf\n", ["job.py", "main.py"]),
        ("base.py", BASE + "x = 1\n", ["base.py", "job.py"]),
        ("main.py", CALLS.replace("SparkSession", "str"), ["main.py"]),
        ("main.py", CALLS + "class Other(Job): pass\n", ["job.py", "main.py"]),
        ("main.py", "", ["job.py", "main.py"]),
        ("plain.py", CALLS.replace("getOrCreate()", "master('local')"), ["job.py", "plain.py"]),
        ("plain.py", "import job\n", ["plain.py"]),
    ],
)
def test_only_what_hangs_on_a_changed_file_is_checked_again(
    name: str, text: str, again: list[str], analysed: list[str]
) -> None:
    asked()
    write(name, text)
    analysed.clear()
    answer = asked()
    assert analysed == again
    assert answer == plain(check(["."]))


@pytest.mark.usefixtures("larger")
def test_what_a_worker_imports_counts(analysed: list[str]) -> None:
    write("job.py", IMPORTS)
    write("plain.py", "import spark_free\n" + PLAIN)
    assert asked().diagnostics == ()
    analysed.clear()
    write("spark_free.py", HELPER)
    assert [found.code for found in asked().diagnostics] == ["SG107"]
    assert {"job.py", "spark_free.py"} <= {*analysed} <= {"job.py", "main.py", "spark_free.py"}


MAKES = """\
from pyspark.sql import SparkSession


def made():
    spark = SparkSession.builder.getOrCreate()
    return lambda n: spark.range(n).count()
"""
USES = """\
from pyspark.sql.functions import udf

from makes import made

count = udf(made(), "int")
"""


@pytest.mark.parametrize("comment", ["  # noqa", "  # sparkguard: ignore[SG101]"])
def test_a_comment_in_the_file_of_the_closure_silences(comment: str) -> None:
    write("makes.py", MAKES)
    write("uses.py", USES)
    Path("job.py").unlink()
    assert [found.primary.span.path for found in asked().diagnostics] == ["makes.py"]
    write("makes.py", MAKES.replace(".count()", f".count(){comment}"))
    assert asked().summary.suppressed == 1
    assert asked() == plain(check(["."]))
    assert asked().diagnostics == ()


@pytest.mark.usefixtures("larger")
def test_one_file_and_all_of_them_share_what_is_kept(analysed: list[str]) -> None:
    asked()
    analysed.clear()
    assert len(asked(path="job.py").diagnostics) == 1
    assert analysed == []
    write("job.py", SHIPS + "Job = udf\n")
    asked(path="job.py")
    asked()
    assert analysed == ["job.py", "main.py"]


@pytest.mark.usefixtures("larger")
def test_what_is_kept_beside_a_change_holds_for_no_longer_than_it_should(
    analysed: list[str],
) -> None:
    asked()
    write("base.py", BASE.replace("self.spark = spark", "self.limit = 1"))
    asked(path="plain.py")
    write("plain.py", PLAIN + "x = 1\n")
    asked(path="plain.py")
    analysed.clear()
    assert asked().diagnostics == ()
    assert analysed == ["base.py", "job.py"]


RUNS = (
    "# Databricks notebook source\n# MAGIC %run ./setup\n\n# COMMAND ----------\n\n"
    + JOB.replace("from helper import spark\n", "")
)


def test_what_a_notebook_runs_is_part_of_it(project: Path) -> None:
    (project / "helper.py").unlink()
    write("job.py", RUNS)
    assert len(asked().diagnostics) == 1, "`spark` is the session of every notebook"
    write("setup.py", "spark = 1\n")
    assert asked().diagnostics == ()
    write("setup.py", HELPER)
    assert asked() == plain(check(["."]))
    assert len(asked().diagnostics) == 1
    (project / "setup.py").unlink()
    assert asked() == plain(check(["."]))


SENDS = """\
"Sends to Spark."
import names
from ways import send
from deep import Deep, value


@send
def count(n):
    return value(n)


def sent(deep: Deep):
    send(deep.method)
"""
"""What `send` is stands in `ways`, and could in `names`; who makes a `Deep`, anywhere."""
WAYS = ("from pyspark.sql.functions import udf as send\n", "from deep import *\nsend = print\n")
DEEP = """\
import apart


class Deep:
    def __init__(self, held=1):
        self.held = held

    def method(self, n):
        return n


def value(n):
    return n
"""
MAKES_DEEP = "from deep import Deep\nfrom helper import spark\n\nDeep(spark)\n"
ANOTHER = "import deep\nimport helper as hidden\n\nDeep = 1\n"


@pytest.fixture
def far(project: Path) -> None:
    """A file that ships something, with all that its answer hangs on in other files."""
    (project / "job.py").unlink()
    texts = {"sends": SENDS, "ways": WAYS[0], "deep": DEEP, "apart": PLAIN, "another": ANOTHER}
    texts["names"] = "x = abs  # spark\n"
    for name, text in texts.items():
        write(f"{name}.py", text)


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize(
    ("name", "text", "again"),
    [
        ("ways.py", WAYS[1], True),
        ("names.py", "x = abs  # spark\ny = 1\n", False),
        ("names.py", "x = max  # spark\nimport os\n", False),
        ("names.py", "x = abs  # spark\nimport another\n", True),
        ("names.py", "x = abs  # spark\nsend = x\n", True),
        ("names.py", "x = (  # spark\n", True),
        ("another.py", ANOTHER + "print(hidden)\n", False),
        ("another.py", ANOTHER + "deep.Deep(hidden.spark)\n", True),
        ("another.py", ANOTHER + "class Deeper(deep.Deep): pass\n", True),
        ("another.py", ANOTHER + "x = (\n", True),
        ("apart.py", PLAIN + "x = 1\n", False),
        ("apart.py", HELPER, True),
        ("deep.py", DEEP + "x = 1\n", True),
    ],
)
def test_of_files_that_are_only_passed_what_was_asked_of_them_counts(
    name: str, text: str, again: bool, analysed: list[str]
) -> None:
    asked()
    write(name, text)
    analysed.clear()
    answer = asked()
    assert ("sends.py" in analysed) is again
    assert answer == plain(check(["."]))
    write(name, text + "\n")
    analysed.clear()
    assert asked() == plain(check(["."]))


@pytest.mark.usefixtures("far")
def test_what_other_processes_learnt_is_kept_as_well(analysed: list[str]) -> None:
    first = plain(check(["."], Config(Path.cwd()), kept=Cache(Path.cwd()), jobs=2))
    write("names.py", "x = abs  # spark\ny = 1\n")
    assert asked() == first
    assert analysed == ["names.py"]
    write("names.py", "send = abs  # spark\n")
    assert asked() == plain(check(["."]))
    assert "sends.py" in analysed


@pytest.mark.usefixtures("far")
def test_what_changes_in_two_steps_counts(analysed: list[str]) -> None:
    makes = "import helper as hidden\nmade = Deep(hidden.spark)\n"
    write("again.py", "import deep\n")
    write("passes.py", "import another\nfrom pyspark.sql.functions import udf\n\nudf(abs)\n")
    assert asked().diagnostics == ()
    write("another.py", makes)
    assert asked().diagnostics == ()
    analysed.clear()
    write("another.py", f"from deep import Deep\n{makes}")
    answer = asked()
    assert answer == plain(check(["."]))
    assert "sends.py" in analysed
    assert answer.diagnostics


RUNS_FAR = """\
from pyspark.sql.functions import udf


@udf("int")
def plus(n):
    import first

    return first.value(n)
"""


def test_a_finding_behind_an_import_does_not_hang_on_every_file(
    analysed: list[str], project: Path
) -> None:
    (project / "job.py").unlink()
    write("plus.py", RUNS_FAR)
    write("first.py", "import helper\n\n\ndef value(n):\n    return n\n")
    write("plain.py", PLAIN)
    first = asked()
    assert [found.code for found in first.diagnostics] == ["SG107"]
    write("plain.py", f"{PLAIN}x = 1\n")
    analysed.clear()
    assert asked() == first
    assert analysed == ["plain.py"]


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("import third  # spark\nother = abs\n", False),
        ("import third, helper  # spark\n", True),
        ("import third  # spark\nthird.spark\n\n\ndef value(n):\n    return n\n", False),
        ("import third.spark\n", False),
    ],
)
def test_what_importing_does_counts_and_not_how(
    text: str, again: bool, analysed: list[str], project: Path
) -> None:
    (project / "job.py").unlink()
    write("plus.py", RUNS_FAR)
    write("first.py", "import second  # spark\n\n\ndef value(n):\n    return n\n")
    write("second.py", "import third  # spark\n")
    write("third.py", "x = 1  # spark\n")
    asked()
    write("second.py", text)
    analysed.clear()
    answer = asked()
    assert ("plus.py" in analysed) is again
    assert [found.code for found in answer.diagnostics] == ["SG107"] * again
    assert answer == plain(check(["."]))


@pytest.mark.usefixtures("far")
def test_what_a_change_leaves_as_it_is_is_found_out_once(
    analysed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asked(path="sends.py")
    read: list[Path] = []
    real = Analyser.profile

    def noted(analyser: Analyser, path: Path) -> Profile | None:
        read.append(path)
        return real(analyser, path)

    monkeypatch.setattr(Analyser, "profile", noted)
    write("names.py", "x = abs  # spark\ny = 1\n")
    answers = [(asked(path="sends.py"), [path.name for path in read]) for _ in range(3)]
    assert answers == [(first, ["names.py"])] * 3
    assert analysed == ["sends.py"]


@pytest.mark.usefixtures("far")
def test_files_that_others_look_into_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = parse.parse

    def noted(source: SourceText) -> tuple[ModuleFacts, Anchors]:
        read.append(source.name)
        return real(source)

    monkeypatch.setattr(parse, "parse", noted)
    asked()
    answers = []
    for count in range(3):
        write("sends.py", SENDS + f"x = {count}\n")
        read.clear()
        answers.append((asked(), sorted({*read} - {"sends.py"})))
    assert all(answer == answers[0][0] for answer, _ in answers)
    assert answers[0][1] == ["deep.py", "ways.py"]
    assert [names for _, names in answers[1:]] == [[], []]


@pytest.mark.parametrize(("searches", "few"), [(0, False), (32, True)])
def test_words_are_searched_for_where_few_were_sought_before(
    searches: int, few: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[bool] = []
    real = Mentions

    def noted(texts: Callable[[], Iterable[str]], *, few: bool) -> Mentions:
        made.append(few)
        return real(texts, few=few)

    for number in range(200):
        write(f"plain{number}.py", PLAIN)
    write("base.py", BASE)
    write("job.py", SHIPS)
    write("calls.py", CALLS)
    asked()
    write("base.py", BASE + "x = 1\n")
    monkeypatch.setattr(index, "Mentions", noted)
    monkeypatch.setattr(index, "SEARCHES", searches)
    assert [found.code for found in asked().diagnostics] == ["SG103"]
    assert made == [few]


PIECES = (
    *(HELPER, JOB, BASE, SHIPS, CALLS, IMPORTS, PLAIN, "import job\n", "x = (\n", ""),
    *(SENDS, *WAYS, DEEP, MAKES_DEEP, ANOTHER, RUNS_FAR, "from helper import *\nimport deep\n"),
)
NAMES = (
    "base.py",
    "helper.py",
    "job.py",
    "main.py",
    "plain.py",
    *("ways.py", "deep.py", "apart.py", "first.py"),
    "package/__init__.py",
    "package/job.py",
)


@given(
    changes=st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(PIECES) | st.none(), st.booleans()),
        max_size=10,
    )
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None
)
def test_whatever_changes_the_answer_is_that_of_a_check_without_a_cache(
    project: Path, changes: list[tuple[str, str | None, bool]]
) -> None:
    for name in NAMES:
        (project / name).unlink(missing_ok=True)
    ages = iter(range(10_000, 0, -1))
    for name, text, alone in changes:
        if text is None:
            (project / name).unlink(missing_ok=True)
        else:
            write(name, text, next(ages))
        path = name if alone and text is not None else "."
        assert asked(path=path) == plain(check([path]))


def test_a_file_of_this_moment_is_read_again() -> None:
    write("job.py", JOB, age=0)
    before = Path("job.py").stat()
    asked()
    write("job.py", JOB.replace("spark.range(n)", "spork.range(n)"))
    os.utime("job.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert asked().diagnostics == ()


def test_the_files_around_count(analysed: list[str]) -> None:
    assert len(asked(path="job.py").diagnostics) == 1
    assert len(asked(path="job.py").diagnostics) == 1
    changed()
    assert asked(path="job.py").diagnostics == ()
    assert analysed == ["job.py", "job.py"]


@pytest.fixture
def looked_around(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many files were found each time that the rest of the project was looked for."""
    made: list[int] = []
    real = engine._around

    def counted(*given: object) -> object:
        found = real(*given)  # type: ignore[arg-type]
        made.append(len(found))
        return found

    monkeypatch.setattr(engine, "_around", counted)
    return made


def test_nothing_around_a_file_that_ships_nothing_is_looked_at(looked_around: list[int]) -> None:
    write("plain.py", "def plus(number):\n    return number + 1\n")
    assert asked(path="plain.py") == plain(check(["plain.py"]))
    changed()
    asked(path="plain.py")
    assert looked_around == []
    write("plain.py", JOB)
    assert asked(path="plain.py") == plain(check(["plain.py"]))
    assert looked_around == [3, 3]


def test_the_files_around_are_looked_for_once(looked_around: list[int]) -> None:
    asked(path="job.py")
    assert looked_around == [2]
    changed()
    asked(path="job.py")
    assert looked_around == [2, 2]


@pytest.mark.parametrize(
    "config",
    [
        Config(Path(), ignore=("SG101",)),
        Config(Path(), select=("SG2",)),
        Config(Path(), target=("connect",)),
        Config(Path(), per_file_ignores=(("job.py", ("SG1",)),)),
        Config(Path(), driver_only=(("helper.Spark", "no"),)),
    ],
)
def test_other_settings_are_another_question(config: Config, analysed: list[str]) -> None:
    asked()
    config = replace(config, root=Path.cwd())
    analysed.clear()
    answer = asked(config)
    assert len(analysed) == 2
    assert answer == plain(check(["."], config))


def test_where_it_is_asked_from_counts(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(project)
    assert asked(config, ".").diagnostics[0].primary.span.path == "job.py"
    monkeypatch.chdir(project.parent)
    found = plain(check([project], config, kept=Cache(project)))
    assert found.diagnostics[0].primary.span.path == "project/job.py"


def test_what_could_not_be_read_is_read_again(project: Path, analysed: list[str]) -> None:
    (project / "bytes.py").write_bytes(b"\xff\0")
    assert asked().problems == asked().problems != ()
    assert len(analysed) == 2
    (project / "bytes.py").unlink()
    assert asked().problems == ()


def test_what_is_no_text_changes_no_answer() -> None:
    cell = {"cell_type": "code", "source": "x = 'spark\ud800'  # sparkguard: ignore[\ud800]"}
    write("bad.ipynb", json.dumps({"cells": [cell]}))
    assert asked() == asked() == plain(check(["."]))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes names that are no UTF-8")
def test_a_name_that_is_no_text_changes_no_answer(project: Path) -> None:
    Path(os.fsdecode(bytes(project / "bad") + b"\xff.py")).write_text(JOB, encoding="utf-8")
    assert len(asked().diagnostics) == 2
    assert asked() == plain(check(["."]))


@pytest.mark.parametrize(("path", "name"), [(".", "job.py"), ("job.py", "helper.py")])
def test_a_file_that_changes_while_it_is_read_is_not_kept(
    path: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Analyser.of

    def slow(analyser: Analyser, source: SourceText) -> FileAnalysis:
        found = real(analyser, source)
        write(name, "spark = 1\n", age=0)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Analyser, "of", slow)
        assert len(asked(path=path).diagnostics) == 1
    assert asked(path=path).diagnostics == ()


def entry(project: Path) -> Path:
    (found,) = (project / FOLDER).glob("*.msgpack")
    return found


@given(data=st.binary(max_size=200))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
def test_whatever_lies_in_the_cache_the_answer_is_right(project: Path, data: bytes) -> None:
    first = asked()
    entry(project).write_bytes(data)
    assert asked() == first


def test_what_is_kept_may_be_larger_than_a_source(
    project: Path, monkeypatch: pytest.MonkeyPatch, analysed: list[str]
) -> None:
    monkeypatch.setattr(source_text, "LIMIT", 300)
    assert asked() == asked()
    assert entry(project).stat().st_size > source_text.LIMIT
    assert analysed == ["helper.py", "job.py"]


@pytest.mark.parametrize("cut", [0, 1, 10, 100, 300])
def test_a_damaged_answer_is_none(project: Path, cut: int) -> None:
    first = asked()
    entry(project).write_bytes(entry(project).read_bytes()[:cut])
    assert asked() == first


def test_a_deeply_nested_answer_is_none(project: Path) -> None:
    first = asked()
    entry(project).write_bytes(b"\x91" * 100_000)
    assert asked() == first


def test_a_cache_that_came_with_a_copy_is_not_ours(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked()
    copy = project.parent / "copy"
    shutil.copytree(project, copy)
    shutil.rmtree(project)
    copy.rename(project)
    monkeypatch.chdir(project)
    lie = entry(project)
    entries, *rest = msgspec.msgpack.decode(lie.read_bytes())
    for said in entries.values():
        said[2]["found"] = []
    lie.write_bytes(msgspec.msgpack.encode([entries, *rest]))
    assert len(asked().diagnostics) == 1


def test_another_sparkguard_has_its_own_answers(
    monkeypatch: pytest.MonkeyPatch, analysed: list[str]
) -> None:
    asked()
    monkeypatch.setattr(cache, "__version__", "99.0")
    asked()
    assert len(analysed) == 4


def test_an_installed_sparkguard_is_told_by_its_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sparkguard").mkdir()
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "sparkguard" / "cache.py"))
    states = set()
    for name in ("sparkguard/cache.py", f"sparkguard-{__version__}.dist-info/RECORD"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        for text in ("one", "another"):
            file.write_text(text)
            states.add(cache._own_state.__wrapped__())
    assert len(states) == 4


@pytest.mark.parametrize("kind", ["file", "link", "dangling"])
def test_what_is_no_folder_of_ours_is_left_alone(project: Path, kind: str) -> None:
    elsewhere = project.parent / "elsewhere"
    if kind == "file":
        (project / FOLDER).write_text("mine")
    else:
        (project / FOLDER).symlink_to(elsewhere)
    if kind == "link":
        elsewhere.mkdir()
    assert len(asked().diagnostics) == 1
    assert kind != "file" or (project / FOLDER).read_text() == "mine"
    assert not elsewhere.exists() or not [*elsewhere.iterdir()]
    assert main(["clean"]) == 2


def test_a_full_disk_costs_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert len(asked().diagnostics) == 1
    assert not list((project / FOLDER).iterdir())


def test_only_the_last_answers_stay(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_KEPT", 3)
    (project / FOLDER).mkdir()
    left = project / FOLDER / "new-left"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    for number in range(6):
        asked(Config(project, exclude=(f"x{number}",)))
    assert len([*(project / FOLDER).glob("*.msgpack")]) == 3
    assert not left.exists()


def test_git_and_backups_pass_it_over(project: Path) -> None:
    asked()
    assert (project / FOLDER / ".gitignore").read_text() == "*\n"
    tag = (project / FOLDER / "CACHEDIR.TAG").read_text()
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


def test_clean_removes_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--exit-zero"]) == 0
    assert (project / FOLDER).is_dir()
    assert main(["clean"]) == 0
    assert not (project / FOLDER).exists()
    assert main(["clean", "job.py"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("There is no .sparkguard_cache")


def test_clean_removes_nothing_that_is_not_ours(project: Path) -> None:
    (project / FOLDER).mkdir()
    (project / FOLDER / "thesis.txt").write_text("words")
    assert main(["clean"]) == 2
    assert (project / FOLDER / "thesis.txt").exists()


def test_without_a_cache_there_is_none(project: Path) -> None:
    assert main(["check", "--no-cache", "--exit-zero"]) == 0
    assert not (project / FOLDER).exists()


def test_the_report_is_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for option in ("--no-cache", "--exit-zero", "--exit-zero"):
        main(["check", "--output-format", "json", option])
        report = json.loads(capsys.readouterr().out)
        report["summary"].pop("seconds")
        said.append(report)
    assert said[0] == said[1] == said[2]


HEAVY = {
    *("libcst", "rich", "pyspark", "torch", "pandas", "cloudpickle", "multiprocessing"),
    *("concurrent", "difflib", "json", "symtable", "traceback", "sparkguard.live"),
    *("sparkguard.checks", "sparkguard.model", "sparkguard.payload", "sparkguard.pyspark_api"),
    *("sparkguard.report.frame", "sparkguard.source.analysis", "sparkguard.suppress"),
}
"""What a new answer needs, or another verb."""


@pytest.mark.parametrize("path", [".", "job.py"])
def test_a_check_that_was_answered_imports_little(path: str) -> None:
    words = [sys.executable, "-X", "importtime", "-m", "sparkguard", "check", path]
    said = [subprocess.run(words, capture_output=True, text=True, check=False) for _ in range(2)]
    assert said[0].stdout == said[1].stdout != ""
    cold, warm = (set(re.findall(r"\| +([\w.]+)$", one.stderr, re.M)) for one in said)
    assert {"sparkguard.checks", "sparkguard.source.analysis", "sparkguard.suppress"} < cold
    assert {"sparkguard.verbs.probe", "sparkguard.verbs.extract"}.isdisjoint(cold)
    assert warm & HEAVY == set()


def test_many_at_once_give_the_same(project: Path) -> None:
    words = [sys.executable, "-m", "sparkguard", "check", "."]
    running = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = {process.communicate()[0] for process in running}
    assert len(said) == 1
    assert "SG101" in said.pop()
    assert entry(project).stat().st_size
