"""Inheritance: from the root down, field by field, nothing removed, and nothing changed that is final."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backstay import ir
from backstay.dsl import (
    Copy,
    Lock,
    Plan,
    Policy,
    Rule,
    Select,
    Settings,
    Vault,
    account,
    account_tag,
    daily,
    days,
    hours,
    ou,
    root,
    tag,
    weekly,
)

primary = Vault("primary", key="alias/k", lock=Lock.governance(min=days(7)), tags={"a": "1"})
dr = Vault("dr", account="central", region="eu-west-1")
DAILY = Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=dr, keep=days(90))])
GOLD = Plan("gold", rules=[DAILY], select=[Select("gold", where=tag("backup") == "gold")], tags={"tier": "1", "x": "y"})


def base(**more: Any) -> Policy:
    """The policy that the others extend."""
    return Policy("base", attach=root(), plans=[GOLD], vaults=[primary, dr], **more)


def over(*plans: Plan, attach: Any = None, **more: Any) -> Policy:
    """A policy that extends it in Prod."""
    return Policy(
        "prod", attach=ou("Workloads/Prod") if attach is None else attach, plans=list(plans), extends="base", **more
    )


def test_an_account_gets_root_units_and_itself(model: Callable[..., ir.Model], shape: Callable[..., Any]) -> None:
    """What is attached to the root, to each unit on the way and to the account itself adds up; siblings get nothing."""

    def policy(name: str, attach: Any) -> Policy:
        return Policy(name, attach=attach, plans=[Plan(name, rules=[DAILY])], vaults=[primary])

    found = model(
        policy("everyone", root()),
        policy("work", ou("Workloads")),
        policy("prod", ou("Workloads/Prod")),
        policy("own", account("pay-prod")),
        policy("sandbox", ou("Sandbox")),
    )
    assert [plan.name for plan in shape(found, "pay-prod").plans] == ["everyone", "own", "prod", "work"]
    assert [plan.name for plan in shape(found, "web-prod").plans] == ["everyone", "prod", "work"]
    assert [plan.name for plan in shape(found, "pay-dev").plans] == ["everyone", "work"]
    assert [plan.name for plan in shape(found, "management").plans] == ["everyone"]


def test_fields_override_and_the_rest_stays(model: Callable[..., ir.Model], shape: Callable[..., Any]) -> None:
    """Scalars replace, children merge by name, pairs by key; what is not mentioned stays, nothing is removed."""
    below = over(
        Plan(
            "gold",
            rules=[
                Rule("daily", keep=days(60), copies=[Copy(to=dr, cold_after=days(1))]),
                Rule("weekly", at=weekly("sun", "05:00"), into=primary, keep=days(90)),
            ],
            tags={"tier": "0"},
        ),
    )
    found = model(base(), below)
    (plan,) = shape(found, "pay-prod").plans
    first, second = plan.rules
    assert (first.lifecycle.delete_after, first.schedule, first.vault) == (60, "cron(0 3 ? * * *)", "primary")
    assert [(copy.lifecycle.delete_after, copy.lifecycle.cold_after) for copy in first.copies] == [(90, 1)]
    assert second.name == "weekly"
    assert plan.tags == (("tier", "0"), ("x", "y"))
    assert [one.name for one in plan.selections] == ["gold"]
    (untouched,) = shape(found, "pay-dev").plans
    assert (untouched.rules[0].lifecycle.delete_after, len(untouched.rules)) == (35, 1)


def test_vaults_override_by_name_and_are_found_through_it(
    model: Callable[..., ir.Model], shape: Callable[..., Any]
) -> None:
    """An overridden vault keeps its key and pins; copies of the inherited rules follow where it went."""
    moved = Vault("dr", region="eu-central-1")
    below = over(vaults=[Vault("primary", lock=Lock.governance(min=days(30))), moved])
    found = model(Policy("base", attach=root(), plans=[GOLD], vaults=[primary, dr]), below)
    here = shape(found, "pay-prod")
    vault = here.vault("primary")
    assert (vault.lock.minimum, vault.key_arn) == (30, "arn:aws:kms:eu-central-1:$account:alias/k")
    assert {copy.destination.region for copy in here.plans[0].rules[0].copies} == {"eu-central-1"}


def test_extensions_of_extensions_come_in_order(model: Callable[..., ir.Model], shape: Callable[..., Any]) -> None:
    """The nearest override wins, also where a policy of one level extends another of it."""
    tagged = over(Plan("gold", rules=[Rule("daily", keep=days(40))]), attach=account_tag("env") == "prod")
    own = Policy(
        "mine", attach=account("pay-prod"), extends="prod", plans=[Plan("gold", rules=[Rule("daily", keep=days(50))])]
    )
    found = model(own, tagged, base())
    kept = {
        name: shape(found, name).plans[0].rules[0].lifecycle.delete_after
        for name in ("pay-prod", "web-prod", "pay-dev")
    }
    assert kept == {"pay-prod": 50, "web-prod": 40, "pay-dev": 35}


def test_regions_intersect(model: Callable[..., ir.Model], shape: Callable[..., Any]) -> None:
    """`regions=` limits a policy; an extension without it holds where the extended policy holds."""
    found = model(
        Policy("base", attach=root(), plans=[GOLD], vaults=[primary], regions=["eu-west-1", "us-east-1"]),
        over(Plan("gold", rules=[Rule("daily", keep=days(60))])),
    )
    assert {one.region for one in found.shapes} == {"eu-west-1"}
    assert shape(found, "pay-prod", "eu-west-1").plans[0].rules[0].lifecycle.delete_after == 60


@pytest.mark.parametrize(
    ("frozen", "below"),
    [
        ("plans.gold.rules.daily.keep", over(Plan("gold", rules=[Rule("daily", keep=days(36))]))),
        ("plans.gold.rules.daily", over(Plan("gold", rules=[Rule("daily", start_within=hours(2))]))),
        ("plans.gold.rules", over(Plan("gold", rules=[Rule("more", keep=days(1), into=primary)]))),
        ("plans.gold.tags.tier", over(Plan("gold", tags={"tier": "9"}))),
        ("plans", over(Plan("silver", rules=[DAILY]))),
        ("vaults.primary.lock", over(vaults=[Vault("primary", lock=Lock.governance(min=days(1)))])),
        ("vaults.primary", over(vaults=[Vault("primary", tags={"b": "2"})])),
        ("settings.opt_in.RDS", over(settings=Settings(opt_in={"RDS": False}))),
        ("regions", over(regions=["eu-west-1"])),
    ],
)
def test_final_freezes(frozen: str, below: Policy, names: Callable[..., list[str]]) -> None:
    """No policy below changes what is final, nor anything within it; saying the same again is no change."""
    above = base(final=[frozen], settings=Settings(opt_in={"RDS": True}))
    assert names(above, below) == ["final-overridden"]
    same = over(Plan("gold", rules=[Rule("daily", keep=days(35))], tags={"tier": "1"}))
    assert names(above, same) == []


def test_final_must_name_something(run: Callable[..., Any], only: Callable[..., Any]) -> None:
    """A slip in `final=` would freeze nothing, so it is an error that names the nearest thing."""
    found = only(run(base(final=["plans.gold.rules.dayly.keep"])).findings, "final-names-nothing")
    assert found.help == "did you mean `plans.gold.rules.daily.keep`?"


@pytest.mark.parametrize(
    ("policies", "word"),
    [
        ([Policy("a", attach=root(), extends="bse"), base()], "no policy of that name"),
        ([Policy("a", attach=root(), extends="b"), Policy("b", attach=ou("Sandbox"))], "not attached above"),
        (
            [Policy("b", attach=account_tag("env") == "prod"), Policy("a", attach=ou("Workloads"), extends="b")],
            "1 of its accounts do not get: pay-dev",
        ),
        (
            [
                Policy("b", attach=root(), regions=["eu-west-1"]),
                Policy("a", attach=root(), extends="b", regions=["eu-central-1"]),
            ],
            "does not hold in eu-central-1",
        ),
    ],
)
def test_extending_what_is_not_inherited(policies: list[Policy], word: str, run: Any, only: Any) -> None:
    """`extends=` names a policy that every one of the accounts gets."""
    assert word in only(run(*policies).findings, "extends-nothing").message


def test_extending_in_a_circle(names: Callable[..., list[str]]) -> None:
    """Two policies that extend each other come to nothing, and that is said once."""
    one, other = Policy("a", attach=root(), extends="b"), Policy("b", attach=root(), extends="a")
    assert names(one, other) == ["extends-in-a-circle"]


def test_places_after_overriding(written: Callable[[str], Any]) -> None:
    """Each field remembers who said it: the text, the policy and the target."""
    result, at = written(
        "from backstay import Plan, Policy, Rule, Vault, daily, days, ou, root\n"
        'v = Vault("v")\n'
        'base = Policy("base", attach=root(), vaults=[v],\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00", tz="Asia/Tokyo"), into=v, keep=days(35))])])\n'
        'prod = Policy("prod", attach=ou("Workloads/Prod"), extends="base",\n'
        '    plans=[Plan("gold", rules=[Rule("daily", keep=days(60))])])\n'
    )
    rules = {len(one.accounts): one.plans[0].rules[0] for one in result.model.shapes if one.region == "eu-west-1"}
    where = rules[2].where
    assert at(where.field("keep")) == "days(60)"
    assert where.origin("keep") == ("prod", "Workloads/Prod")
    assert (at(where.field("into")), where.origin("into")) == ("v", ("base", "root"))
    assert at(where.field("tz")) == '"Asia/Tokyo"'
    assert at(where.field("name")) == '"daily"'
