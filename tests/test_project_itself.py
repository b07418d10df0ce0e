"""The house keeps its own rules: imports, words, pages of the project and what CI runs."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import sparkguard
from sparkguard import catalog
from sparkguard.model import Rule
from tests import readme

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "sparkguard").rglob("*.py"))
SOURCES = [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))]
TWO_COMMANDS = (
    "python -m pip install . && sparkguard check fixtures/image_vectorizer",
    "python -m pip install -e '.[dev]' && python -m pytest",
)


def sparkguard_says(*arguments: str | Path, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command, in a pipe."""
    done = subprocess.run(
        [sys.executable, *options, "-m", "sparkguard", *arguments],
        cwd=ROOT,
        env={name: text for name, text in os.environ.items() if name != "FORCE_COLOR"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def imported_by(*arguments: str | Path) -> set[str]:
    """Top-level names of all that a command imports."""
    _, _, said = sparkguard_says(*arguments, options=("-X", "importtime"))
    names = re.findall(r"^import time: .*\| +([\w.]+)$", said, re.MULTILINE)
    return {name.partition(".")[0] for name in names}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# Imports

SHIPS = "from pyspark.sql.functions import udf\n\nplus = udf(lambda number: number + 1)\n"


def test_imports_run_one_way(capsys: pytest.CaptureFixture[str]) -> None:
    kept = lint_imports(str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert kept == 0, capsys.readouterr().out


def test_check_imports_libcst_for_what_may_be_fixed_and_never_what_a_user_runs() -> None:
    imported = imported_by("check", "--no-cache", "fixtures/image_vectorizer")
    assert "libcst" in imported
    assert imported.isdisjoint({"pyspark", "torch", "pandas", "cloudpickle", "rich"})


@pytest.mark.parametrize("text", ["print(1)\n", SHIPS])
def test_check_needs_no_libcst_where_nothing_is_found(text: str, tmp_path: Path) -> None:
    quiet = tmp_path / "quiet.py"
    quiet.write_text(text, encoding="utf-8")
    assert "libcst" not in imported_by("check", quiet)


@pytest.mark.parametrize(
    ("kind", "needed"),
    [("concise", set()), ("sarif", set()), ("junit", {"xml"}), ("html", {"html"})],
)
def test_a_report_imports_what_its_format_needs(kind: str, needed: set[str]) -> None:
    imported = imported_by("check", "sparkguard/report", "--output-format", kind)
    assert imported & {"html", "rich", "xml"} == needed


def test_the_version_costs_no_imports() -> None:
    imported = imported_by("--version")
    assert "sparkguard" in imported
    assert imported.isdisjoint({"dataclasses", "libcst", "msgspec", "rich"})


@pytest.mark.parametrize("name", sparkguard.__all__)
def test_a_public_name_is_there_when_it_is_asked_for(name: str) -> None:
    assert getattr(sparkguard, name)


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="'sparkguard' has no attribute 'chek'"):
        _ = sparkguard.chek


# Source


def test_sparkguard_finds_nothing_in_itself() -> None:
    assert sparkguard_says("check", "sparkguard", "--fail-on", "warning")[0] == 0


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_opens_with_a_sentence_on_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert docstring.partition("\n\n")[0].endswith(".")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_done(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\b(TODO|FIXME|XXX|NotImplementedError)\b", text)


def test_the_house_is_built_of_small_parts() -> None:
    modules, functions = [], []
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        modules.append(text.count("\n"))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                functions.append((node.end_lineno or 0) - node.lineno + 1)
    assert statistics.median(modules) <= 150
    assert statistics.median(functions) <= 15
    assert statistics.quantiles(functions, n=10)[-1] <= 30


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_an_ignore_names_its_code(path: Path) -> None:
    with path.open("rb") as file:
        tokens = [*tokenize.tokenize(file.readline)]
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    assert not [said for said in comments if re.search(r"# (type: ignore|noqa)(?![\[:])", said)]


# Words


def in_our_grammar(words: str) -> bool:
    """Lower case, no full stop."""
    return not words[:1].isupper() and not words.endswith(".")


@pytest.mark.parametrize("rule", catalog.rules(), ids=lambda rule: rule.code)
def test_a_rule_reads_after_allow(rule: Rule) -> None:
    assert re.fullmatch(r"SG\d{3}", rule.code)
    assert re.fullmatch(r"(?!no-)[a-z]+(-[a-z]+)*", rule.name)
    assert in_our_grammar(rule.summary)


def test_what_sparkguard_says_keeps_to_the_grammar(tmp_path: Path) -> None:
    examples = [example for rule in catalog.rules() for example in catalog.page(rule).examples]
    settings = dict.fromkeys(example.settings for example in examples)
    (tmp_path / "sparkguard.toml").write_text("".join(settings), encoding="utf-8")
    for rule in catalog.rules():
        for number, example in enumerate(catalog.page(rule).examples):
            folder = tmp_path / rule.code / str(number)
            for name, code in example.files:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(code, encoding="utf-8")
    _, report, _ = sparkguard_says("check", tmp_path, "--output-format", "json")
    found = json.loads(report)["diagnostics"]
    assert {finding["code"] for finding in found} == {rule.code for rule in catalog.rules()}
    for finding in found:
        texts = [finding["message"], finding["help"], *(lb["text"] for lb in finding["labels"])]
        assert all(map(in_our_grammar, texts)), texts


# The project's own pages


def test_the_changelog_tells_of_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## [{sparkguard.__version__}]" in changelog


def test_the_readme_is_up_to_date() -> None:
    written = readme.README.read_text(encoding="utf-8")
    assert all(f"| [{rule.code}](" in written for rule in catalog.rules())
    assert written == readme.renewed(written), "run `nox -s readme`"


def test_the_picture_is_up_to_date() -> None:
    drawn = readme.words(readme.PICTURE.read_text(encoding="utf-8"))
    assert "SG103" in drawn
    assert drawn == readme.words(readme.picture()), "run `nox -s readme`"


def test_the_readme_has_the_two_commands() -> None:
    written = readme.README.read_text(encoding="utf-8")
    assert all(command in written for command in TWO_COMMANDS)


CODE = re.compile(r"^```\w*\n.*?^```|`[^`\n]+`|^ {4}\S.*?$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?<![\w./%-])sparkguard ([a-z-][^`&|\n]*)")


SHOWN = [name_of(path) for path in sorted((ROOT / "docs").glob("*.md"))]


def commands_of(page: str) -> list[list[str]]:
    """The words after `sparkguard` wherever a page's code calls it."""
    text = (ROOT / page).read_text(encoding="utf-8")
    said = [words for code in CODE.findall(text) for words in COMMAND.findall(code)]
    return [shlex.split(words, comments=True) for words in said]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *SHOWN])
def test_every_command_that_a_page_shows_exists(page: str) -> None:
    for command in commands_of(page):
        verb = [word for word in command[:1] if not word.startswith("-")]
        status, usage, _ = sparkguard_says(*verb, "--help")
        assert status == 0, command
        options = {word.partition("=")[0] for word in command if word.startswith("--")}
        assert options <= set(re.findall(r"--[a-z-]+", usage)), command


def test_ci_runs_the_second_command() -> None:
    install, test = TWO_COMMANDS[1].split(" && ")
    recipe = subprocess.run(
        [sys.executable, "-m", "nox", "-s", "tests", "--", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"nox > {test} --version" in recipe.stdout + recipe.stderr
    steps = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert install in steps
    assert steps[-1] == "python -m nox"
