"""Every fix on a rule's page: the program parses, is clean of the finding, and Spark takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from sparkguard.catalog import Example, page, rules
from sparkguard.config import load
from sparkguard.diagnostic import Applicability, Diagnostic, Severity
from sparkguard.engine import check
from sparkguard.fixer import Fixed, fix, write
from tests import spark_programs

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

REFUSALS = ("CONTEXT_ONLY_VALID_ON_DRIVER", "annot pickle", "NO_ACTIVE_SESSION", "SPARK-5063")


def _laid(example: Example, folder: Path) -> None:
    for file, code in example.files:
        (folder / file).write_text(code, encoding="utf-8")
    (folder / "sparkguard.toml").write_text(example.settings, encoding="utf-8")


@cache
def _fixable() -> dict[str, tuple[Example, Applicability]]:
    """The programs that have fixes, once for each applicability of theirs."""
    found = {}
    for rule in rules():
        for example in page(rule).examples:
            with TemporaryDirectory() as name:
                folder = Path(name)
                _laid(example, folder)
                fixes = [one.fix for one in check([folder], load(folder)).diagnostics if one.fix]
            for least in {one.applicability for one in fixes}:
                name = f"fix_{rule.code}_{example.line}_{least.name.lower()}"
                found[name] = example, least
    return dict(sorted(found.items()))


def _key(diagnostic: Diagnostic) -> tuple[str, str]:
    return diagnostic.code, diagnostic.message


def _fixed(example: Example, folder: Path, least: Applicability) -> Fixed:
    _laid(example, folder)
    outcome = fix([folder], load(folder), least)
    assert not list(write(outcome.changes))
    return outcome


def _has_fix(diagnostic: Diagnostic, least: Applicability) -> bool:
    return diagnostic.fix is not None and diagnostic.fix.applicability >= least


@pytest.mark.parametrize("name", _fixable())
def test_a_fixed_program_is_clean_of_what_was_fixed(name: str, tmp_path: Path) -> None:
    example, least = _fixable()[name]
    _laid(example, tmp_path)
    before = check([tmp_path], load(tmp_path)).diagnostics

    outcome = _fixed(example, tmp_path, least)

    after = check([tmp_path], load(tmp_path)).diagnostics
    assert not any(_has_fix(diagnostic, least) for diagnostic in after)
    kept = {_key(each) for each in before if not _has_fix(each, least)}
    new = [each for each in after if _key(each) not in kept]
    assert all(each.severity is Severity.WARNING for each in new)
    assert (
        not new or least < Applicability.SAFE
    )  # such a fix may weigh, or open things for each row
    assert sum(outcome.counts.values()) >= 1
    assert fix([tmp_path], load(tmp_path), least).changes == ()


def _renamed(folder: Path, files: Sequence[str], least: Applicability) -> Iterator[tuple[str, str]]:
    """The files, modules under new names: of one that a worker knows it would keep the first."""
    modules = "|".join(re.escape(Path(file).stem) for file in files[:-1]) or "(?!)"
    named = re.compile(rf"\b({modules})\b")
    for file in files:
        code = (folder / file).read_text(encoding="utf-8")
        name, text = (named.sub(rf"\1_{least.name.lower()}", each) for each in (file, code))
        yield name, text


@pytest.mark.parametrize("name", _fixable())
def test_spark_takes_a_program_that_was_fixed_whole(
    name: str, tmp_path: Path, workbench: Path, spark: SparkSession
) -> None:
    example, least = _fixable()[name]
    outcome = _fixed(example, tmp_path, least)
    if outcome.result.summary.errors:
        pytest.skip("only some of its findings have a fix")
    texts = tuple(_renamed(tmp_path, [file for file, _ in example.files], least))
    code = "\n".join(text for _, text in texts)
    script = spark_programs.write(replace(example, code=code, files=texts), workbench, name)

    ran = spark_programs.run(script, workbench, spark)

    assert not any(refusal in ran.said for refusal in REFUSALS), ran
