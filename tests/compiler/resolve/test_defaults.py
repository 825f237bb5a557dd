"""Defaults of a plan: written once, they are as if every rule said them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstay import ir
from backstay.dsl import Copy, Defaults, Plan, Policy, Rule, Vault, days, hours, ou, root

v, w = Vault("v"), Vault("w", region="eu-west-1")

FIELDS: dict[str, Any] = {
    "into": st.sampled_from([v, "other"]),
    "keep": st.integers(1, 400).map(days),
    "cold_after": st.integers(1, 90).map(days),
    "start_within": st.integers(1, 24).map(hours),
    "complete_within": st.integers(25, 99).map(hours),
    "continuous": st.booleans(),
    "archive": st.booleans(),
    "tags": st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy")),
    "copies": st.lists(st.sampled_from([Copy(to=w), Copy(to=v, keep=days(5))]), max_size=2, unique=True),
    "index": st.sampled_from([["EBS"], ["S3"]]),
    "scan": st.sampled_from(["FULL_SCAN", "INCREMENTAL_SCAN"]),
}
said = st.fixed_dictionaries({}, optional=FIELDS)


def bare(model: ir.Model) -> list[Any]:
    """The rules of a model without their places."""
    return [
        (shape.region, shape.accounts, [(rule.name, *values(rule)) for plan in shape.plans for rule in plan.rules])
        for shape in model.shapes
    ]


def values(rule: ir.Rule) -> tuple[Any, ...]:
    """What a rule says."""
    fields = ("vault", "start_window", "completion_window", "lifecycle", "continuous", "tags", "index", "scan")
    copies = [(copy.destination, copy.lifecycle) for copy in rule.copies]
    return (*(getattr(rule, name) for name in fields), copies)


@given(said, st.lists(said, min_size=1, max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_defaults_are_as_if_every_rule_said_them(
    model: Callable[..., ir.Model], common: dict[str, Any], own: list[dict[str, Any]]
) -> None:
    """A plan with defaults is the plan whose rules write out what they leave to the defaults."""

    def policy(rules: list[Rule], **more: Any) -> Policy:
        return Policy("p", attach=ou("Workloads"), plans=[Plan("p", rules=rules, **more)], vaults=[v, w])

    common = {"into": v, **common}
    short = policy([Rule(f"r{n}", **one) for n, one in enumerate(own)], defaults=Defaults(**common))
    long = policy([Rule(f"r{n}", **{**common, **one}) for n, one in enumerate(own)])
    assert bare(model(short)) == bare(model(long))


@given(said, said, said, said)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_defaults_come_after_overriding(
    model: Callable[..., ir.Model],
    shape: Callable[..., Any],
    common: dict[str, Any],
    changed: dict[str, Any],
    own: dict[str, Any],
    over: dict[str, Any],
) -> None:
    """Defaults override defaults, rules override rules; and only what then nobody said of a rule, its defaults say."""
    dropped = ("tags", "copies")  # these merge by key and by name, which other tests hold
    common, changed, own, over = (
        {k: x for k, x in one.items() if k not in dropped} for one in (common, changed, own, over)
    )
    base = Policy(
        "base",
        attach=root(),
        plans=[
            Plan(
                "p",
                rules=[Rule("r", **own)],
                defaults=Defaults(into=v, **{k: x for k, x in common.items() if k != "into"}),
            )
        ],
    )
    below = Policy(
        "own",
        attach=ou("Workloads/Prod"),
        extends="base",
        plans=[Plan("p", rules=[Rule("r", **over)], defaults=Defaults(**changed))],
    )
    flat = {**common, "into": v, **changed, **own, **over}
    wanted = model(Policy("q", attach=root(), plans=[Plan("p", rules=[Rule("r", **flat)])]))
    found = shape(model(base, below), "pay-prod").plans[0].rules[0]
    assert values(found) == values(shape(wanted, "pay-prod").plans[0].rules[0])


def test_what_a_rule_has_it_has_whole(model: Callable[..., Any], shape: Callable[..., Any]) -> None:
    """Copies and tags of a rule replace those of the defaults, and empty ones say that it has none."""
    rules = [Rule("a"), Rule("b", copies=[], tags={}), Rule("c", copies=[Copy(to=v)], tags={"x": "2"})]
    plan = Plan("p", rules=rules, defaults=Defaults(into=v, keep=days(9), copies=[Copy(to=w)], tags={"y": "1"}))
    found = shape(model(Policy("p", attach=root(), plans=[plan])), "central").plans[0].rules
    assert [[copy.destination.name for copy in rule.copies] for rule in found] == [["w"], [], ["v"]]
    assert [dict(rule.tags) for rule in found] == [{"y": "1"}, {}, {"x": "2"}]
    assert {copy.lifecycle.delete_after for rule in found for copy in rule.copies} == {9}


@pytest.mark.parametrize("frozen", ["plans.p.defaults.keep", "plans.p.defaults", "plans.p.rules.r.keep", "plans.p"])
def test_final_holds_through_defaults(frozen: str, names: Callable[..., list[str]]) -> None:
    """Neither other defaults nor a rule's own word change from below what is final."""

    def below(**more: Any) -> Policy:
        return Policy("own", attach=ou("Workloads"), extends="base", plans=[Plan("p", **more)])

    plan = Plan("p", rules=[Rule("r"), Rule("s", keep=days(3))], defaults=Defaults(into=v, keep=days(9)))
    base = Policy("base", attach=root(), plans=[plan], final=[frozen])
    assert names(base, below(defaults=Defaults(keep=days(8)))) == ["final-overridden"]
    assert names(base, below(defaults=Defaults(keep=days(9)))) == []


def test_a_filled_field_was_said_by_the_defaults(written: Callable[[str], Any]) -> None:
    """Its place, policy and target are those of the defaults that said it."""
    result, at = written(
        "from backstay import Defaults, Plan, Policy, Rule, Vault, daily, days, ou, root\n"
        'v = Vault("v")\n'
        'rule = Rule("daily", at=daily("03:00", tz="Asia/Tokyo"))\n'
        'base = Policy("base", attach=root(), vaults=[v], plans=[Plan("gold", rules=[rule],\n'
        "    defaults=Defaults(into=v, keep=days(35)))])\n"
        'prod = Policy("prod", attach=ou("Workloads/Prod"), extends="base",\n'
        '    plans=[Plan("gold", defaults=Defaults(keep=days(60)))])\n'
    )
    rules = {len(one.accounts): one.plans[0].rules[0] for one in result.model.shapes if one.region == "eu-west-1"}
    where = rules[2].where
    assert (at(where.field("keep")), where.origin("keep")) == ("days(60)", ("prod", "Workloads/Prod"))
    assert (at(where.field("into")), where.origin("into")) == ("v", ("base", "root"))
    assert at(where.field("tz")) == '"Asia/Tokyo"'
    assert at(rules[4].where.field("keep")) == "days(35)"
