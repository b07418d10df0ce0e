"""The site is whole, and what its pages show is so: commands run, names exist."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import sparkguard
from sparkguard import catalog
from sparkguard.cli import parser
from tests import site
from tests.notebooks import notebook

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md"))]
EXAMPLE = "fixtures/image_vectorizer"
NOT_RUN = {
    r"python3? -m pip install": "takes from an index; tests/test_packaging.py installs the wheel",
    r"sparkguard run ": "starts Spark; tests/test_guarding.py runs it",
    r"sparkguard extract ": "needs Spark and weights; tests/extractor/test_command.py runs it",
    r"sparkguard explain$": "the verb alone, in a sentence",
    r"sparkguard check --interactive": "asks on a terminal; tests/audit has one",
    r"sparkguard check --prune-baseline": "needs a baseline; tests/test_baseline.py has some",
    r"sparkguard server": "waits for an editor; tests/server has one",
    r"pytest": "runs the tests",
}
"""Commands that this test leaves out, and why."""

STARTS = re.compile(r"^[ ]*(?:- )?(?:(?:run|script): )?(?=(?:sparkguard|spark-submit|python3?) )")

JOB = """\
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf


def clean(text):
    return " ".join(text.split())


if __name__ == "__main__":
    spark = SparkSession.builder.getOrCreate()
    frame = spark.createDataFrame([("a  b",)], ["text"])
    frame.select(udf(clean)("text")).show()
"""
LOG = """\
Traceback (most recent call last):
  File "jobs/etl.py", line 12, in <module>
    frame.select(udf(clean)("text")).show()
TypeError: cannot pickle '_thread.RLock' object
"""


def commands(page: str) -> list[str]:
    """The commands in a page's code: in blocks of both kinds, and between backticks."""
    lines: list[str] = []
    fenced = False
    for line in read(page).splitlines():
        if line.startswith("```"):
            fenced = not fenced
        else:
            block = fenced or line.startswith("    ")
            lines += [line.partition("  # ")[0]] if block else re.findall("`([^`]+)`", line)
    return [STARTS.sub("", line).rstrip() for line in lines if STARTS.match(line)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with all that the pages' commands name, and a `spark-submit` that has failed."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(
        ROOT / "fixtures" / "image_vectorizer", folder / "fixtures" / "image_vectorizer"
    )
    files = {
        "pyproject.toml": "",
        "jobs/__init__.py": "",
        "jobs/etl.py": JOB,
        "jobs/helpers.py": "",
        "jobs/model.py": "def predict(row):\n    return row\n",
        "tests/test_jobs.py": "",
        "notebooks/setup.ipynb": notebook("x = 1"),
        "analysis.ipynb": notebook("x = 1"),
        "driver.log": LOG,
        "bin/spark-submit": "#!/bin/sh\ncat driver.log >&2\nexit 1\n",
        "bin/sparkguard": f'#!/bin/sh\nexec {sys.executable} -m sparkguard "$@"\n',
    }
    example = re.search(r"# file: (\S+)\n(.*?)^```$", read("docs/getting-started.md"), re.M | re.S)
    assert example
    files[example[1]] = example[2]
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("spark-submit", "sparkguard"):
        (folder / "bin" / name).chmod(stat.S_IRWXU)
    return folder


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


ALL = dict.fromkeys(command for page in PAGES for command in commands(page))
RUN = [each for each in ALL if not any(re.search(words, each) for words in NOT_RUN)]


@pytest.mark.parametrize("command", RUN)
def test_a_command_of_the_pages_does_its_work(command: str, project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "here")
    done = run(command, tmp_path / "here")
    assert done.returncode in (0, 1), done.stderr
    assert "usage:" not in done.stderr
    assert "Traceback" not in done.stderr.replace(LOG, "")


@pytest.mark.parametrize("words", NOT_RUN)
def test_what_is_not_run_is_on_some_page(words: str) -> None:
    assert any(re.search(words, command) for command in ALL)


def test_the_first_report_is_the_one_that_is_shown(project: Path) -> None:
    shown = re.search(
        r"<!-- output of: (.*?) -->\n```text\n(.*?)```", read("docs/getting-started.md"), re.S
    )
    assert shown
    assert run(shown[1], project).stdout == shown[2]


def test_every_verb_of_the_help_is_on_a_page() -> None:
    text = parser().format_help()
    verbs = re.findall(r"^    (\w+) ", text.partition("verbs:")[2].partition("examples:")[0], re.M)
    assert {"check", "server"} <= set(verbs)
    shown = {command.split()[1] for command in ALL if command.startswith("sparkguard ")}
    assert set(verbs) <= shown


def test_the_exit_codes_of_the_help_are_those_of_the_page() -> None:
    told = dict(re.findall(r"^  (\d)  (.+)", parser().format_help(), re.M))
    listed = dict(re.findall(r"^\| (\d) \| (.+) \|$", read("README.md"), re.M))
    assert told.keys() == listed.keys() == {"0", "1", "2"}


# The site


def test_the_site_is_built_and_no_link_leads_nowhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert site.build(tmp_path) == 0, capfd.readouterr()
    for rule in catalog.rules():
        address = catalog.page(rule).url.removeprefix(catalog.SITE)
        page = (tmp_path / "html" / address / "index.html").read_text(encoding="utf-8")
        assert f"{rule.code}: {rule.name}" in page
        assert address.partition("/")[2] in (tmp_path / "html/rules/index.html").read_text("utf-8")


def test_a_link_that_leads_nowhere_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "index_of_rules", lambda: "# Rules\n\n[one](SG999-none.md)\n")
    assert site.build(tmp_path) != 0


def test_every_page_is_on_the_site() -> None:
    assert {"README.md", *PAGES} == set(site.PAGES.values())
    assert set(site.BENCHMARKS.values()) == {
        path.relative_to(ROOT).as_posix() for path in ROOT.glob("benchmarks/*.md")
    }


def test_the_address_of_the_site_is_that_of_the_package() -> None:
    urls = tomllib.loads(read("pyproject.toml"))["project"]["urls"]
    assert urls["Documentation"] == catalog.SITE


@pytest.mark.parametrize("kind", ["sarif", "json", "github"])
def test_reports_lead_to_the_site(kind: str, project: Path) -> None:
    rule = catalog.find("SG103")
    assert rule
    report = run(f"sparkguard check {EXAMPLE} --output-format {kind}", project).stdout
    assert catalog.page(rule).url in report


# Names and settings


def test_the_page_for_python_has_every_public_name_and_no_other() -> None:
    page = read("docs/python.md")
    named = set(re.findall(r"\bsparkguard\.(\w+)", page)) - {"config"}
    assert named == set(sparkguard.__all__) - {"__version__"}


def test_the_page_for_python_has_every_field_of_a_diagnostic() -> None:
    table = read("docs/python.md").partition("## Diagnostic")[2].partition("## Probe")[0]
    named = [name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in row.split(", ")]
    fields = [field.name for field in dataclasses.fields(sparkguard.Diagnostic)]
    assert [name.strip("`") for name in named] == fields


PROGRAMS = re.findall(r"^```python\n(.*?)^```$", read("docs/python.md"), re.M | re.S)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_of_the_page_for_python_runs(program: str, project: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(program, encoding="utf-8")
    done = run(f"{sys.executable} {script}", project)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_settings_for_editors_can_be_read_and_start_the_server() -> None:
    shown = re.findall(r"^```(\w+)\n(.*?)^```$", read("docs/editors.md"), re.M | re.S)
    readers = {"toml": tomllib.loads, "json": json.loads}
    read_in = [kind for kind, text in shown if kind in readers and readers[kind](text)]
    assert sorted(read_in) == ["json", "json", "toml"]
    for kind, text in shown:
        if kind != "sh":
            assert re.search(r"sparkguard\W+(?:\w+\W+)*server", text), text
