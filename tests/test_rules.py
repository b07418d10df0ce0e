"""Proves every program on every rule's page: what the check says of it, and what Spark does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sparkguard import catalog
from sparkguard.catalog import Example, Kind, Page
from sparkguard.config import load
from sparkguard.engine import check
from sparkguard.failures import recognise
from sparkguard.model import Rule
from sparkguard.targets import Target
from tests.spark_programs import Outcome, run, run_on_connect, write

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PAGES = [catalog.page(rule) for rule in catalog.rules()]
PROGRAMS = {
    f"{page.rule.code}_{example.section.split()[0]}_{example.line}": example
    for page in PAGES
    for example in page.examples
}
SAID: dict[str, tuple[Kind, ...]] = {"check": ("error", "warning"), "spark": ("raises", "returns")}

by_page = pytest.mark.parametrize("page", PAGES, ids=[page.rule.code for page in PAGES])


def programs(matches: Callable[[Example], object]) -> pytest.MarkDecorator:
    """A parametrization over the programs that match."""
    chosen = {name: example for name, example in PROGRAMS.items() if matches(example)}
    return pytest.mark.parametrize(("name", "example"), chosen.items(), ids=chosen)


def says(example: Example, *kinds: Kind, target: Target | None = None) -> bool:
    wanted = [said for said in example.expectations if said.kind in kinds]
    return any(target in (None, said.target) for said in wanted)


@pytest.mark.parametrize(("name", "example"), PROGRAMS.items(), ids=PROGRAMS)
def test_check_reports_the_marked_lines(name: str, example: Example, tmp_path: Path) -> None:
    for file, code in example.files:
        (tmp_path / file).write_text(code, encoding="utf-8")
    (tmp_path / "sparkguard.toml").write_text(example.settings, encoding="utf-8")

    result = check([tmp_path], load(tmp_path))

    assert not result.problems
    assert [(d.primary.span.start.line, d.severity.value, d.code) for d in result.diagnostics] == [
        (said.line, said.kind, said.words)
        for said in example.expectations
        if said.kind in SAID["check"]
    ]


@programs(lambda example: says(example, *SAID["spark"], target="classic"))
def test_spark_does_what_the_comments_say(
    name: str, example: Example, workbench: Path, spark: SparkSession
) -> None:
    script = write(example, workbench, name)

    outcome = run(script, workbench, spark)

    assert_kept(outcome, example, "classic")
    assert_explained(outcome, example)


@pytest.fixture(scope="session")
def connect_outcomes(workbench: Path) -> dict[Path, Outcome]:
    """What every program does on Connect that says what it does there."""
    scripts = [
        write(example, workbench, name)
        for name, example in PROGRAMS.items()
        if says(example, *SAID["spark"], target="connect")
    ]
    return run_on_connect(scripts, workbench)


@pytest.mark.spark
@programs(lambda example: says(example, *SAID["spark"], target="connect"))
def test_connect_does_what_the_comments_say(
    name: str, example: Example, workbench: Path, connect_outcomes: dict[Path, Outcome]
) -> None:
    assert_kept(connect_outcomes[workbench / f"{name}.py"], example, "connect")


def assert_kept(outcome: Outcome, example: Example, target: Target) -> None:
    broken = [
        said
        for said in example.expectations
        if said.kind in SAID["spark"] and said.target == target and not outcome.keeps(said)
    ]
    assert not broken, outcome


def assert_explained(outcome: Outcome, example: Example) -> None:
    """What Spark said leads to the rule, unless the rule is about what settings name (SG108)."""
    codes = {said.words for said in example.expectations if said.kind in SAID["check"]}
    if outcome.said and codes.isdisjoint({"SG002", "SG108"}) and example.section == "Bad":
        recognised = recognise(outcome.said)
        assert recognised, outcome.said
        assert codes <= {*recognised.rules, "SG001", "SG003"}, outcome.said


@programs(lambda example: example.section == "Bad")
def test_a_bad_program_is_reported_and_says_what_spark_does(name: str, example: Example) -> None:
    assert says(example, *SAID["check"])
    assert says(example, *SAID["spark"])


@programs(lambda example: example.section == "Good")
def test_a_good_program_is_clean_and_answers(name: str, example: Example) -> None:
    assert not says(example, *SAID["check"], "raises")
    assert says(example, "returns", target="classic")


@programs(lambda example: example.section == "Known limits")
def test_a_limit_is_silent_and_fails_or_costs(name: str, example: Example) -> None:
    rule = catalog.find(name.partition("_")[0])
    answers = rule is not None and rule.code >= "SG3"  # it travels, and is dear or wrong
    assert not says(example, *SAID["check"])
    assert says(example, "raises", *(("returns",) if answers else ()), target="classic")


@pytest.mark.parametrize(("name", "example"), PROGRAMS.items(), ids=PROGRAMS)
def test_a_program_has_a_main_and_fits_the_page(name: str, example: Example) -> None:
    *_, (_, script) = example.files
    unreadable = any(said.words == "SG002" for said in example.expectations)
    assert unreadable or "\ndef main(" in script
    assert max(map(len, example.code.splitlines())) <= 100


@by_page
def test_a_page_has_its_rules_name_summary_and_sections(page: Page) -> None:
    rule = page.rule
    title, summary, *_ = page.text.split("\n\n")
    headings = [line for line in page.text.splitlines() if line.startswith("## ")]

    assert title == f"# {rule.code}: {rule.name}"
    assert summary == f"{rule.summary[0].upper()}{rule.summary[1:]}."
    assert headings[0] in ("## Why it fails", "## What it costs")
    assert headings[1:] == ["## Bad", "## Good", "## Known limits"]
    assert {example.section for example in page.examples} == {"Bad", "Good", "Known limits"}


@by_page
def test_every_python_block_of_a_page_is_a_program(page: Page) -> None:
    assert page.text.count("```python\n") <= len(page.examples)


def test_there_is_a_page_for_every_rule_and_a_rule_for_every_page() -> None:
    pages = {path.name for path in (Path(__file__).parents[1] / "rules").iterdir()}

    assert pages == {Path(page.file).name for page in PAGES}


@pytest.mark.parametrize("rule", catalog.rules(), ids=lambda rule: rule.code)
def test_the_bad_programs_of_a_rule_show_the_rule(rule: Rule) -> None:
    shown = [
        said.words
        for example in catalog.page(rule).examples
        for said in example.expectations
        if example.section == "Bad" and said.kind == rule.severity.value
    ]
    assert rule.code in shown
