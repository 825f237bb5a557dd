"""Which calls a rule strikes, decided from the rule, the call and its tally alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_local.faults.decide import Asked, Tally, Verdict, concerns, strikes, verdict
from backstay_local.faults.rules import Kind, Rule

CALL = Asked(("elasticfilesystem", "efs"), "DescribeFileSystems", "111111111111", "eu-west-1")
RATES = st.floats(min_value=0.01, max_value=1.0)


def throttle(**members: Any) -> Rule:
    """A rule about throttling."""
    return Rule(kind=Kind.THROTTLE, **members)


def struck(rule: Rule, calls: int) -> list[int]:
    """The numbers of the matching calls that a rule strikes."""
    tally, found = Tally(), []
    for number in range(calls):
        hit = strikes(rule, tally)
        tally = Tally(tally.matched + 1, tally.struck + hit)
        found += [number] * hit
    return found


@pytest.mark.parametrize(
    ("members", "concerned"),
    [
        ({"operations": "*"}, True),
        ({"operations": "efs"}, True),
        ({"operations": "EFS:describe*"}, True),
        ({"operations": "elasticfilesystem:DescribeFileSystem?"}, True),
        ({"operations": "efs:Delete*"}, False),
        ({"operations": "backup:*"}, False),
        ({"operations": "*", "account": "111111111111", "region": "eu-west-1"}, True),
        ({"operations": "*", "account": "222222222222"}, False),
        ({"operations": "*", "region": "us-east-1"}, False),
    ],
)
def test_a_rule_is_about_what_it_names(members: dict[str, Any], concerned: bool) -> None:
    """Patterns take either name of a service in any case; account and Region are taken at their word."""
    assert concerns(throttle(**members), CALL) is concerned


def test_skip_and_count_bound_what_is_struck() -> None:
    """First some calls go well, then some go wrong, then all go well again."""
    assert struck(throttle(skip=2, count=3), 10) == [2, 3, 4]


@given(rate=RATES, seed=st.integers(), skip=st.integers(0, 5))
def test_a_seed_draws_the_same_again(rate: float, seed: int, skip: int) -> None:
    """Two runs of one rule strike the same calls, and skipping only moves them."""
    rule = throttle(rate=rate, seed=seed, skip=skip)
    assert struck(rule, 50) == struck(rule, 50)
    assert struck(rule, 50 + skip) == [number + skip for number in struck(throttle(rate=rate, seed=seed), 50)]


def test_a_rate_is_about_kept_and_seeds_differ() -> None:
    """A rate of a quarter strikes about a quarter of many calls, other ones with another seed."""
    one, two = (struck(throttle(rate=0.25, seed=seed), 2000) for seed in (1, 2))
    assert 400 < len(one) < 600
    assert one != two


def test_what_strikes_together_adds_up() -> None:
    """Delays add up, the longest lag counts, and of the blows the oldest rule's falls."""
    slow, lag = Rule(kind=Kind.SLOW, seconds=1.5), Rule(kind=Kind.LIST_LAG, seconds=60)
    found = verdict([slow, lag, Rule(kind=Kind.LOST), throttle(), slow])
    assert (found.blow, found.wait, found.lag.total_seconds()) == (Kind.LOST, 3.0, 60)
    assert verdict([]) == Verdict()


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"kind": "throttel"}, "there is no fault 'throttel'; there are throttle, "),
        ({"kind": "throttle", "rate": 0}, "a rate is above 0"),
        ({"kind": "throttle", "count": 0}, "count at least 1"),
        ({"kind": "throttle", "skip": -1}, "skip is at least 0"),
        ({"kind": "throttle", "seconds": 3}, "the other faults take none"),
        ({"kind": "slow"}, "need seconds"),
        ({"kind": "list-lag", "seconds": 3, "operations": "s3:*"}, "only the lists of AWS Backup"),
        ({"kind": "throttle", "operations": ":List*"}, "names no service"),
        ({"kind": "throttle", "often": 3}, "has no often"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(members: dict[str, Any], problem: str) -> None:
    """In a sentence that says what would do."""
    with pytest.raises(ValueError, match=problem):
        Rule.from_json(members)


@given(st.sampled_from(list(Kind)), RATES, st.integers(0, 9), st.none() | st.integers(1, 9))
def test_a_rule_survives_json(kind: Kind, rate: float, skip: int, count: int | None) -> None:
    """What the admin door shows can be put through it again."""
    timed = kind in (Kind.SLOW, Kind.LIST_LAG)
    rule = Rule(kind=kind, rate=rate, skip=skip, count=count, seconds=2.0 if timed else 0.0)
    assert Rule.from_json(rule.to_json()) == rule
