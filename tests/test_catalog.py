"""How a page is read, and how a rule is found by what people type."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkguard import catalog
from sparkguard.catalog import Expectation, examples

PAGE = dedent(
    """\
    # SG999: shipped-kettle

    ## Bad

    Words between.

    ```python
    from pyspark.sql import SparkSession

    def main(spark):
        return [1]  # error: SG999  # returns: ["#1"]
    ```

    ```text
    just an answer
    ```

    ## Good

    ```python
    # file: tea/kettle.py
    hot = True

    # file: job.py
    from tea.kettle import hot
    def main(spark):
        return hot  # returns on Connect: True
    ```
    """
)


def test_a_block_keeps_its_section_its_text_and_its_line() -> None:
    bad, _ = examples(PAGE)

    assert (bad.section, bad.line) == ("Bad", 8)
    assert bad.code.startswith("from pyspark.sql import SparkSession\n")


def test_a_files_lines_are_the_lines_of_the_page() -> None:
    on_page = PAGE.splitlines()

    for example in examples(PAGE):
        for _, text in example.files:
            written = {number: line for number, line in enumerate(text.splitlines()) if line}
            assert written
            assert all(on_page[number] == line for number, line in written.items())


def test_a_line_with_a_name_begins_a_file() -> None:
    bad, good = examples(PAGE)

    assert [name for name, _ in bad.files] == ["job.py"]
    assert [(name, text.strip().splitlines()[0]) for name, text in good.files] == [
        ("tea/kettle.py", "hot = True"),
        ("job.py", "from tea.kettle import hot"),
    ]


def test_comments_say_what_the_check_and_spark_must_do() -> None:
    bad, good = examples(PAGE)

    assert bad.expectations == (
        Expectation("error", "SG999", 11, "classic"),
        Expectation("returns", '["#1"]', 11, "classic"),
    )
    assert good.expectations == (Expectation("returns", "True", 27, "connect"),)


def test_a_text_block_counts_only_where_it_says_what_is_expected() -> None:
    quiet = "## Bad\n\n```text\nprint 1\n```\n"
    loud = quiet.replace("print 1", "print 1  # error: SG002")

    assert not list(examples(quiet))
    assert [said.words for example in examples(loud) for said in example.expectations] == ["SG002"]


LINES = ["## Bad", "```python", "```text", "```", "# file: a.py", "x = 1  # returns: 1", "## x", ""]


@given(st.lists(st.sampled_from(LINES), max_size=12).map(lambda lines: "\n".join(lines) + "\n"))
def test_however_a_page_is_torn_its_programs_are_lines_of_it(text: str) -> None:
    on_page = text.splitlines()

    for example in examples(text):
        for _, code in example.files:
            assert all(line in ("", on_page[at]) for at, line in enumerate(code.splitlines()))
        assert all("returns: 1" in on_page[said.line - 1] for said in example.expectations)


@pytest.mark.parametrize("typed", ["SG103", "sg103", "captured-self", "Captured-Self", " SG103\n"])
def test_a_rule_is_found_by_code_and_by_name(typed: str) -> None:
    found = catalog.find(typed)

    assert found is not None
    assert found.code == "SG103"


@pytest.mark.parametrize("typed", ["", "SG", "SG1", "self", "captured"])
def test_half_a_word_finds_no_rule(typed: str) -> None:
    assert catalog.find(typed) is None


def test_a_page_is_the_rules_own() -> None:
    for rule in catalog.rules():
        page = catalog.page(rule)
        assert page.rule is rule
        assert page.file == f"rules/{rule.code}-{rule.name}.md"
        assert page.url == f"{catalog.SITE}rules/{rule.code}-{rule.name}/"
        assert page.text.startswith(f"# {rule.code}: {rule.name}\n")
