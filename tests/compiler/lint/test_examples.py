"""The examples of every rule are its tests."""

from __future__ import annotations

import re
from functools import cache

import pytest

from backstay.lint.harness import Outcome, outcomes
from backstay.lint.registry import every, family
from backstay.lint.rule import Rule

BY_HAND = {"empty-selection", "duplicate-rule-name", "duplicate-plan-name"}
"""What the resolver refuses before lint; imported models can hold it (`test_by_hand.py`)."""

INVALID = [(rule, example) for rule in every() for example in rule.INVALID]
VALID = [(rule, example) for rule in every() for example in rule.VALID]


@cache
def results() -> dict[str, Outcome]:
    """All examples, linted in one go."""
    texts = list(dict.fromkeys(example for _, example in INVALID + VALID))
    return dict(zip(texts, outcomes(texts), strict=True))


def name(value: object) -> str:
    """A readable name for a parameter."""
    return value.NAME if isinstance(value, type) and issubclass(value, Rule) else ""


@pytest.mark.parametrize(("rule", "example"), INVALID, ids=name)
def test_invalid_examples_are_found(rule: type[Rule], example: str) -> None:
    """A rule finds each of its invalid examples, at a place, with advice, and the text loads and resolves."""
    found = [finding for finding in results()[example].findings if finding.name == rule.NAME]
    assert found, results()[example].findings
    assert all(finding.code == rule.CODE and finding.span is not None and finding.help for finding in found)
    assert not [f for f in results()[example].findings if f.code[:3] in ("LOD", "RES", "ORG") and f.severity == "error"]


@pytest.mark.parametrize(("rule", "example"), VALID, ids=name)
def test_valid_examples_are_not(rule: type[Rule], example: str) -> None:
    """A rule is silent on each of its valid examples, which load and resolve."""
    outcome = results()[example]
    assert rule.NAME not in outcome.names
    assert not [f for f in outcome.findings if f.code[:3] in ("LOD", "RES", "ORG") and f.severity == "error"]


@pytest.mark.parametrize("rule", every(), ids=name)
def test_rules_are_told_completely(rule: type[Rule]) -> None:
    """A rule has a code of its family, a name that reads after "allow", prose, dated sources, and examples."""
    assert re.fullmatch(r"(SCH|LIF|PIT|SEL|VLT|GAP|CPY|ACC|AUD|CHG|CST|GEN)[0-9]{3}", rule.CODE)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.NAME)
    assert rule.SUMMARY
    assert not rule.SUMMARY.endswith(".")
    assert rule.WHY.rstrip().endswith((".", "”", ")"))
    assert rule.SOURCES
    assert all(re.search(r"^follows: .|read 20\d\d-\d\d", str(source)) for source in rule.SOURCES)
    assert rule.INVALID or rule.NAME in BY_HAND
    assert rule.__doc__


def test_codes_and_names_are_unique() -> None:
    """No code and no name means two rules."""
    assert len({rule.CODE for rule in every()}) == len({rule.NAME for rule in every()}) == len(every())


def test_one_rule_a_file() -> None:
    """Every rule has a file of its own, in the folder of its family; the letters of a code belong to one family."""
    assert len({rule.__module__ for rule in every()}) == len(every())
    assert len({(rule.CODE[:3], family(rule)) for rule in every()}) == len({rule.CODE[:3] for rule in every()})


def test_families_of_other_stages_are_not_used() -> None:
    """No rule has the letters of a stage whose errors mean that nothing could be read."""
    assert not {rule.CODE[:3] for rule in every()} & {"LOD", "ORG", "RES"}
