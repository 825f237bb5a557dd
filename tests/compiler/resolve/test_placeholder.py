"""The organization that stands in where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from backstay.dsl import Access, Copy, Plan, Policy, Rule, Vault, account, account_tag, days, ou, root
from backstay.load import Loaded
from backstay.resolve import placeholder_organization, resolve
from backstay.source import Sources

V = Vault("v")


@pytest.mark.parametrize(
    "policies",
    [
        [],
        [Policy("p", attach=root(), vaults=[V])],
        [Policy("p", attach=ou("A/B/C") & ~account("x"), vaults=[V]), Policy("q", attach=ou("A"), vaults=[V])],
        [Policy("p", attach=account("111111111111") | account("y"), vaults=[V])],
        [Policy("p", attach=(account_tag("env") == "a") & (account_tag("team") == "b") & ou("U"), vaults=[V])],
        [Policy("p", attach=root(), vaults=[Vault("d", account="z", region="eu-west-1")], regions=["eu-north-1"])],
        [Policy("p", attach=root(), vaults=[Vault("d", access=Access.allow_copies_from(accounts=["w"]))])],
        [Policy("p", attach=root(), vaults=[Vault("d", region="us-gov-west-1")])],
        [
            Policy(
                "p",
                attach=root(),
                vaults=[V],
                plans=[
                    Plan(
                        "g", rules=[Rule("r", into=V, keep=days(1), copies=[Copy(to=Vault("f", region="cn-north-1"))])]
                    )
                ],
            )
        ],
    ],
)
def test_every_name_exists_and_every_policy_reaches_somebody(policies: list[Policy]) -> None:
    """Policies without an organization file resolve over an organization that has all that they mention."""
    loaded = Loaded(tuple(policies), Sources(), Path(), (), (), ())
    organization = placeholder_organization(loaded)
    result = resolve(loaded, organization)
    assert result.findings == ()
    assert result.model is not None
    reached = {plan.where.policy for shape in result.model.shapes for plan in shape.plans}
    assert reached == {policy.name for policy in policies if policy.plans}
    assert len(organization.regions) > 1 or organization.regions == ("us-east-1",)


def test_it_is_the_same_every_time() -> None:
    """Same policies, same organization."""
    policies = tuple(Policy(name, attach=ou(name), vaults=[V]) for name in "abc")
    one, other = (placeholder_organization(Loaded(policies, Sources(), Path(), (), (), ())) for _ in range(2))
    assert one == other
