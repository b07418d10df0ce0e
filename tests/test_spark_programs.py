"""The judge of the rule pages must itself be able to say no."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, cast

import pytest

from sparkguard.catalog import Example, Expectation, examples, expectations
from tests.spark_programs import Outcome, run, write

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NO_SPARK = cast("SparkSession", None)


def program(code: str) -> Example:
    (example,) = examples(f"## Bad\n\n```python\n{dedent(code)}```\n")
    return example


@pytest.mark.parametrize(
    ("outcome", "comment", "kept"),
    [
        (Outcome("[1, 2]"), "# returns: [1, 2]", True),
        (Outcome("[1, 2]"), "# returns: [2, 1]", False),
        (Outcome("['#1']"), '# returns: ["#1"]', True),
        (Outcome(None, "KeyError: 1", (1,)), "# returns: None", False),
        (Outcome(None, "KeyError: 1", (1,)), "# raises: KeyError", True),
        (Outcome(None, "KeyError: 1", (2, 3)), "# raises: KeyError", False),
        (Outcome(None, "KeyError: 1", (1,)), "# raises: ValueError", False),
        (Outcome("None"), "# raises: KeyError", False),
    ],
)
def test_an_outcome_keeps_or_breaks_what_a_comment_says(
    outcome: Outcome, comment: str, kept: bool
) -> None:
    (said,) = expectations(comment)

    assert outcome.keeps(said) is kept


def test_the_words_of_a_comment_do_not_count_as_sparks_words(tmp_path: Path) -> None:
    example = program(
        """\
        def main(spark):
            return {}["kettle"]  # raises: SPARK-5063
        """
    )
    script = write(example, tmp_path, "job")

    outcome = run(script, tmp_path, NO_SPARK)

    assert "SPARK-5063" not in script.read_text()
    assert outcome.said == "KeyError: 'kettle'\n"
    assert not any(outcome.keeps(said) for said in example.expectations)


def test_an_error_is_told_with_its_causes_and_the_pages_lines(tmp_path: Path) -> None:
    example = program(
        """\
        def boil():
            raise ValueError("too hot")

        def main(spark):
            try:
                boil()
            except ValueError as error:
                raise RuntimeError("no tea") from error
        """
    )

    outcome = run(write(example, tmp_path, "job"), tmp_path, NO_SPARK)

    assert outcome.said == "RuntimeError: no tea\n\nValueError: too hot\n"
    assert outcome.lines == (11,)


def test_a_program_that_does_not_parse_says_where(tmp_path: Path) -> None:
    example = program("def main(spark)  # raises: expected ':'\n    return 1\n")

    outcome = run(write(example, tmp_path, "job"), tmp_path, NO_SPARK)

    assert all(outcome.keeps(said) for said in example.expectations)


def test_functions_belong_to_main_and_all_is_put_back(tmp_path: Path) -> None:
    example = program(
        """\
        # file: tea_kettle.py
        boiled = ["pot"]

        # file: job.py
        import sys
        import tea_kettle

        def main(spark):
            here = sys.modules[main.__module__]
            return [main.__module__, here.main is main, tea_kettle.boiled]
        """
    )
    before = sys.modules["__main__"], list(sys.path)

    outcome = run(write(example, tmp_path, "job"), tmp_path, NO_SPARK)

    assert outcome.returned == "['__main__', True, ['pot']]"
    assert (sys.modules["__main__"], sys.path) == before
    assert "tea_kettle" not in sys.modules


def test_two_modules_of_one_name_would_be_mixed_up_by_a_worker(tmp_path: Path) -> None:
    write(program("# file: tea.py\nhot = True\n# file: job.py\nimport tea\n"), tmp_path, "first")

    with pytest.raises(ValueError, match=r"two programs call a module tea\.py"):
        write(program("# file: tea.py\nhot = False\n# file: job.py\n"), tmp_path, "second")


def test_connect_has_expectations_of_its_own() -> None:
    classic, connect = expectations("# raises: SPARK-5063  # raises on Connect: NO_ACTIVE_SESSION")

    assert classic == Expectation("raises", "SPARK-5063", 1, "classic")
    assert connect == Expectation("raises", "NO_ACTIVE_SESSION", 1, "connect")
