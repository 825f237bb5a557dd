"""Assertions about policies: they mean what `prove` means, and their failures point at what decides."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from tests.compiler.testing.conftest import NOW, Load

from backstay import account, days, hours, ir, tag
from backstay.dsl import Require
from backstay.prove.requirement import prove
from backstay.testing import UnknownError, assert_protected, assert_proved, assert_unprotected

GOLD = {"backup-tier": "gold", "env": "prod"}
TIERS = ("platinum", "gold", "silver", "bronze", "tin")
NEEDS: tuple[dict[str, Any], ...] = (
    {},
    {"keep": days(35), "rpo": hours(26)},
    {"rpo": hours(3), "locked": True},
    {"keep": days(90), "copy_to_other_account": True},
    {"copy_to_other_region": True, "copy_to_other_account": True},
    {"immutable": True},
)


def failure(*arguments: Any, **keywords: Any) -> str:
    """What a failing `assert_protected` says."""
    with pytest.raises(AssertionError) as caught:
        assert_protected(*arguments, **keywords)
    return str(caught.value)


def test_it_means_what_prove_means(reference: Load) -> None:
    """Of resources with every tag that is read, an assertion holds if and only if the same `Require` is proved."""
    org = reference("midsize")
    cases = list(product(TIERS, ("prod", "tmp-1"), ("EBS", "RDS"), range(len(NEEDS))))
    requirements = tuple(
        ir.Requirement(
            f"{number}",
            Require(
                f"{number}",
                every=(tag("backup-tier") == tier) & (tag("env") == env),
                under=account("ledger-prod"),
                regions=["eu-west-1"],
                types=[kind],
                **NEEDS[need],
            ),
            ir.Where(None),
        )
        for number, (tier, env, kind, need) in enumerate(cases)
    )
    answers = prove(replace(org.model, requirements=requirements), NOW)
    seen = set()
    for (tier, env, kind, need), answer in zip(cases, answers, strict=True):
        one = org.resource(kind, "ledger-prod", "eu-west-1", {"backup-tier": tier, "env": env})
        try:
            assert_protected(one, **NEEDS[need])
            held = True
        except AssertionError:
            held = False
        assert held == (answer.status == "PROVED"), (one, NEEDS[need], answer.status)
        seen.add(held)
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("tags", "asked", "said"),
    [
        (
            {**GOLD, "env": "tmp-3"},
            {},
            (
                "error[not-protected]",
                "plans.py:7:12",
                'selection tier-gold of plan gold asks for env not like "tmp*"; its env is "tmp-3"',
            ),
        ),
        ({"backup-tier": "gold"}, {}, ("plans.py:7:12", "it has no tag env", "AWS does not say")),
        (GOLD, {"keep": days(400)}, ("error[protected-too-little]", "plans.py:34:18", "for 35 days, not 400 days")),
        (GOLD, {"rpo": hours(26), "keep": days(40), "rule": "monthly"}, ("plans.py:41:16", "not 26 hours")),
        (GOLD, {"immutable": True}, ("vaults.py:13:10", "locked in governance mode")),
        (GOLD, {"into": "acme-dr"}, ("plans.py:33:18", "into vault acme-primary, not acme-dr")),
        (GOLD, {"copied_to": ["acme-central", "acme-dr"]}, ("plans.py:37:20", "no copy to vault acme-dr")),
        (GOLD, {"rule": "hourly"}, ("plans.py:31:13", "is not rule hourly")),
        (GOLD, {"by": "platinum"}, ('asks for backup-tier == "platinum"', "note: it is taken by gold")),
        (
            GOLD,
            {"restore_tested_within": days(31)},
            ("plans.py:30:9", "no restore test takes one at least every 31 days"),
        ),
    ],
)
def test_a_failure_points_at_what_decides(
    tags: dict[str, str], asked: dict[str, Any], said: tuple[str, ...], reference: Load
) -> None:
    """The nearest selection with the term that fails, or the nearest rule with what it lacks, at the line."""
    told = " ".join(failure(reference("midsize").resource("RDS", "web-prod", "eu-west-1", tags), **asked).split())
    for part in said:
        assert part in told


def test_where_nothing_reaches(reference: Load) -> None:
    """An account without plans is named with its unit, one without this plan with those that it has."""
    org = reference("midsize")
    assert "sandbox (100000000030, Sandbox) gets no plan in eu-west-1" in failure(
        org.resource("EBS", "sandbox", "eu-west-1", GOLD)
    )
    told = failure(org.resource("EBS", "web-dev", "eu-west-1", GOLD), by="gold")
    assert "is not reached by plan gold" in told
    assert "gets plans bronze, silver" in told


def test_what_is_unprotected(reference: Load) -> None:
    """No plan takes it under either reading; otherwise the failure names plan and selection."""
    org = reference("midsize")
    assert_unprotected(org.resource("EBS", "web-prod", "eu-west-1", {"backup-tier": "tin"}))
    for tags, said in ((GOLD, "is backed up, by gold"), ({"backup-tier": "gold"}, "may be backed up, by gold")):
        with pytest.raises(AssertionError, match=said):
            assert_unprotected(org.resource("EBS", "web-prod", "eu-west-1", tags))


def test_restores_are_tested_as_prove_says(reference: Load) -> None:
    """Only the types that a restore test restores, and only as often as it does."""
    org = reference("bank")
    tags = {"criticality": "critical"}
    assert_protected(org.resource("RDS", "cards-core-prod", "eu-central-1", tags), restore_tested_within=days(93))
    assert_protected(org.resource("EBS", "cards-core-prod", "eu-central-1", tags), restore_tested_within=days(32))
    for kind, within in (("RDS", 60), ("EFS", 400)):
        one = org.resource(kind, "cards-core-prod", "eu-central-1", tags)
        assert "no restore test" in failure(one, restore_tested_within=days(within))


def test_promises(reference: Load, written: Load) -> None:
    """What is proved passes; what is not shows a resource, and the term at its line."""
    assert_proved(reference("bank"))
    assert all(reference("hospital").prove())
    org = written(WRITTEN)
    with pytest.raises(AssertionError, match=r'COUNTEREXAMPLE +all of b(?s:.*)asks for c == "d"(?s:.*)all.py:5:'):
        assert_proved(org)
    (promise,) = org.prove("all of b")
    assert (bool(promise), promise.name, promise.status) == (False, "all of b", "COUNTEREXAMPLE")
    with pytest.raises(UnknownError, match=r"no Require `all of c`, did you mean `all of b`\?"):
        org.prove("all of c")


WRITTEN = """\
from backstay import Plan, Policy, Require, Rule, Select, Vault, daily, days, ou, tag
v = Vault("v", key="alias/k")
p = Plan(
    "p", rules=[Rule("r", at=daily("03:00"), into=v, keep=days(7))],
    select=[Select("s", where=(tag("a") == "b") & (tag("c") == "d"))],
)
x = Policy("x", attach=ou("Prod"), plans=[p], vaults=[v])
q = Require("all of b", every=tag("a") == "b", under=ou("Prod"))
"""


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        ({"type": "RSD", "account": "web-prod"}, "`RSD`, did you mean `RDS`?"),
        ({"type": "RDS"}, "say in which account"),
        ({"type": "RDS", "account": "web-prd"}, "did you mean `web-prod`?"),
        ({"type": "RDS", "account": "web-prod"}, "web-prod uses eu-west-1, eu-central-1: say which"),
        ({"type": "RDS", "account": "web-prod", "region": "eu-west-3"}, "did you mean `eu-west-1`?"),
        ({"type": "RDS", "arn": "arn:aws:s3:::logs", "account": "web-prod"}, "is no ARN of type RDS"),
        ({"type": "RDS", "arn": "orders"}, "`orders` is no ARN"),
        ({"type": "RDS", "account": "web-prod", "region": "eu-west-1", "tags": {"a": 1}}, "the tag 'a' is 1"),
    ],
)
def test_what_there_is_not(keywords: dict[str, Any], said: str, reference: Load) -> None:
    """A type, account, Region, ARN or tag that cannot be is named, with what may be meant."""
    with pytest.raises(UnknownError) as caught:
        reference("midsize").resource(**keywords)
    assert said in str(caught.value)


def test_words_are_checked_as_in_a_policy(reference: Load) -> None:
    """A bare number is no duration here either, and a plan that there is not is named."""
    one = reference("midsize").resource("RDS", arn="arn:aws:rds:eu-west-1:100000000012:db:web", tags=GOLD)
    with pytest.raises(TypeError, match=r"`keep` must be a duration in days, such as days\(35\), not 35"):
        assert_protected(one, keep=35)  # type: ignore[arg-type]
    with pytest.raises(UnknownError, match=r"no plan `golden`, did you mean `gold`\?"):
        assert_protected(one, by="golden")


def test_what_one_can_ask(reference: Load) -> None:
    """Accounts, units, rules, vaults and next runs, by name."""
    org = reference("midsize")
    assert set(org.account("web-prod").plans) == set(org.account("100000000012").plans_in("eu-west-1"))
    assert [one.name for one in org.under("Workloads/NonProd")] == ["payments-dev", "web-dev"]
    assert "acme-central" in org.account("backup-central").vaults
    protection = org.protection(org.resource("RDS", "web-prod", "eu-west-1", GOLD))
    assert (protection.protected, protection.plans) == (True, ("gold",))
    assert [str(one) for one in protection.rules] == ["gold/daily", "gold/monthly"]
    assert protection.vaults == {"acme-primary", "acme-central"}
    runs = [(f"{at:%m-%d %H:%M}", str(one)) for at, one in protection.next_runs(3, "2026-12-31")]
    assert runs == [("12-31 02:00", "gold/daily"), ("01-01 02:00", "gold/daily"), ("01-01 04:00", "gold/monthly")]
    assert len(org.shapes) == len(org.model.shapes)


def test_the_resources_that_there_are(reference: Load) -> None:
    """An inventory as resources to assert on."""
    org = reference("midsize")
    found = org.inventory(org.checked.loaded.root / "inventory.jsonl")
    protected = [one for one in found if org.protection(one)]
    assert (len(found), len(protected)) == (62, 56)
    with pytest.raises(UnknownError, match="cannot read the inventory"):
        org.inventory("nowhere.jsonl")
