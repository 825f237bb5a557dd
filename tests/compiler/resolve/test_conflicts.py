"""Clashes: one name for two things is an error where both could meet, at both places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backstay.dsl import Plan, Policy, Rule, Select, Settings, Vault, account, account_tag, days, ou, root, tag

v = Vault("v")


def plan(keep: int, name: str = "gold") -> Plan:
    """A plan whose content depends on a number."""
    return Plan(name, rules=[Rule("daily", into=v, keep=days(keep))])


def policy(name: str, attach: Any, *plans: Plan, **more: Any) -> Policy:
    """A policy with plans."""
    return Policy(name, attach=attach, plans=list(plans), **more)


@pytest.mark.parametrize(
    "policies",
    [
        [policy("a", root(), plan(1)), policy("b", root(), plan(2))],
        [policy("a", root(), plan(1)), policy("b", ou("Workloads/Prod"), plan(2))],
        [policy("a", ou("Workloads"), plan(1)), policy("b", account("pay-prod"), plan(2))],
        [policy("a", account_tag("env") == "prod", plan(1)), policy("b", ou("Sandbox"), plan(2))],
        [policy("a", root(), plan(1), plan(2))],
        [policy("a", root(), vaults=[Vault("x"), Vault("x", key="alias/k")])],
        [policy("a", root(), vaults=[Vault("x")]), policy("b", ou("Sandbox"), vaults=[Vault("x", tags={"a": "b"})])],
        [policy("a", root(), plan(1)), policy("a", ou("Sandbox"), plan(1))],
        [
            policy("a", root(), plan(1)),
            policy("b", ou("Sandbox"), plan(2), extends="a"),
            policy("c", ou("Sandbox"), plan(3), extends="a"),
        ],
    ],
)
def test_same_name_at_one_level_or_on_one_path(policies: list[Policy], names: Callable[..., list[str]]) -> None:
    """Two unlike things of one name clash at one level, and on one path without `extends=`."""
    assert names(*policies) == ["same-name-twice"]


@pytest.mark.parametrize(
    "policies",
    [
        [policy("a", root(), plan(1)), policy("b", ou("Sandbox"), plan(1))],
        [policy("a", root(), vaults=[v]), policy("b", root(), vaults=[Vault("v")])],
        [policy("a", ou("Workloads/Prod"), plan(1)), policy("b", ou("Workloads/Dev"), plan(2))],
        [
            policy(
                "a", root(), vaults=[Vault("x", region="eu-central-1"), Vault("x", region="eu-west-1", key="alias/k")]
            )
        ],
        [policy("a", root(), plan(1)), policy("b", ou("Sandbox"), plan(2), extends="a")],
        [policy("a", root(), plan(1)), policy("a", ou("Sandbox"), plan(2), extends="a")],
        [policy("a", root(), plan(1)), policy("a", root(), plan(1))],
    ],
)
def test_no_clash(policies: list[Policy], run: Callable[..., Any]) -> None:
    """Equal declarations are one thing; siblings, other places and extensions do not clash."""
    result = run(*policies)
    assert result.model is not None or {one.name for one in result.findings} == {"pin-outside-regions"}


def test_both_places_are_shown(written: Callable[[str], Any], only: Callable[..., Any]) -> None:
    """The complaint points at both declarations."""
    result, at = written(
        "from backstay import Plan, Policy, root, ou\n"
        'a = Policy("a", attach=root(), plans=[Plan("gold")])\n'
        'b = Policy("b", attach=ou("Sandbox"), plans=[Plan("gold", tags={"a": "b"})])\n'
    )
    found = only(result.findings, "same-name-twice")
    assert at(found.span) == 'Plan("gold", tags={"a": "b"})'
    assert [at(label.span) for label in found.others] == ['Plan("gold")']
    assert "Sandbox" in found.message


def test_selections_of_one_plan_have_names_of_their_own(names: Callable[..., list[str]]) -> None:
    """What a selection with alternatives is called must not be the name of another."""
    two = Plan(
        "p",
        rules=[Rule("r", into=v)],
        select=[Select("s", where=(tag("a") == "1") | (tag("b") == "2")), Select("s-2", where=tag("c") == "3")],
    )
    assert names(policy("a", root(), two, vaults=[v])) == ["same-name-twice"]


def test_settings_that_disagree(names: Callable[..., list[str]], run: Callable[..., Any]) -> None:
    """Opt-ins and the global switch are said once, or alike, or by a policy that extends the other."""

    def says(name: str, attach: Any, **more: Any) -> Policy:
        return Policy(name, attach=attach, settings=Settings(opt_in={"RDS": name == "a"}), **more)

    assert names(says("a", root()), says("b", ou("Sandbox"))) == ["settings-clash"]
    crossing = [
        Policy(n, attach=ou(u), settings=Settings(cross_account_copies=n == "a"))
        for n, u in (("a", "Sandbox"), ("b", "Workloads"))
    ]
    assert names(*crossing) == ["settings-clash"]
    model = run(says("a", root()), says("b", ou("Sandbox"), extends="a")).model
    assert {one.opt_in for one in model.shapes} == {(("RDS", True),), (("RDS", False),)}
