"""Every rule there is: their codes, names and words."""

from __future__ import annotations

import re

import pytest

from sparkguard.checks import FAMILIES, RULES, meta
from sparkguard.diagnostic import Severity
from sparkguard.model import Rule

by_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def test_the_rules_are_those_of_the_families_by_code() -> None:
    assert sorted(RULES, key=lambda rule: rule.code) == list(RULES)
    assert set(RULES) == {rule for family in FAMILIES for rule in family}
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


def test_a_family_shares_its_first_digit() -> None:
    assert all(len({rule.code[:3] for rule in family}) == 1 for family in FAMILIES)


@by_rule
def test_a_rule_is_named_as_rules_are(rule: Rule) -> None:
    assert re.fullmatch(r"SG\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
    assert not rule.name.startswith(("no-", "use-", "avoid-"))
    assert re.fullmatch(r"\d+\.\d+\.\d+", rule.since)


@by_rule
def test_a_summary_is_one_sentence_without_its_stop(rule: Rule) -> None:
    assert rule.summary[0].islower()
    assert not rule.summary.endswith(".")
    assert "\n" not in rule.summary


@by_rule
def test_a_rule_about_closures_has_a_check_and_one_about_the_check_has_none(rule: Rule) -> None:
    assert (rule.check is None) == (rule in meta.RULES)


def test_an_unparseable_file_is_an_error_and_an_unused_suppression_is_not() -> None:
    assert meta.UNPARSEABLE_FILE.severity is Severity.ERROR
    assert meta.UNUSED_SUPPRESSION.severity is Severity.WARNING
