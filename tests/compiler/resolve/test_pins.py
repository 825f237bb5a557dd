"""Pins: where vaults stand, whoever's policy names them, and what is said if they cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backstay.dsl import Copy, Lock, Plan, Policy, Rule, Vault, account, days, ou, root

PROD = ou("Workloads/Prod")
free = Vault("free")


def standing(model: Any) -> dict[str, set[tuple[str, str]]]:
    """Vault name → the places (account name, Region) where it stands."""
    found: dict[str, set[tuple[str, str]]] = {}
    for shape in model.shapes:
        for vault in shape.vaults:
            places = {(model.accounts[one].name, shape.region) for one in shape.accounts}
            found[vault.name] = found.get(vault.name, set()) | places
    return found


@pytest.mark.parametrize(
    ("vault", "places"),
    [
        (free, {(a, r) for a in ("pay-prod", "web-prod") for r in ("eu-central-1", "eu-west-1")}),
        (Vault("v", account="central", region="eu-west-1"), {("central", "eu-west-1")}),
        (Vault("v", account="central"), {("central", "eu-central-1"), ("central", "eu-west-1")}),
        (Vault("v", region="eu-west-1"), {("pay-prod", "eu-west-1"), ("web-prod", "eu-west-1")}),
        (Vault("v", account="100000000010", region="eu-central-1"), {("pay-prod", "eu-central-1")}),
    ],
)
def test_where_a_vault_stands(vault: Vault, places: set[tuple[str, str]], model: Callable[..., Any]) -> None:
    """Unpinned: wherever the policy reaches. Pinned: under its own account and Region."""
    assert standing(model(Policy("p", attach=PROD, vaults=[vault])))[vault.name] == places


def test_regions_of_the_policy(model: Callable[..., Any]) -> None:
    """An account pin follows the Regions that the policy reaches; a Region pin stands outside them if it says so."""
    vaults = [Vault("hub", account="central"), Vault("far", region="eu-west-1")]
    found = standing(model(Policy("p", attach=PROD, vaults=vaults, regions=["eu-central-1"])))
    assert found == {
        "hub": {("central", "eu-central-1")},
        "far": {("pay-prod", "eu-west-1"), ("web-prod", "eu-west-1")},
    }


def test_one_vault_named_by_many(model: Callable[..., Any]) -> None:
    """Equal declarations of a pinned vault in several policies are one vault."""
    both = [
        Policy(n, attach=ou(f"Workloads/{n}"), vaults=[Vault("dr", account="central", region="eu-west-1")])
        for n in ("Prod", "Dev")
    ]
    assert standing(model(*both)) == {"dr": {("central", "eu-west-1")}}


def test_an_overridden_pinned_vault_is_still_one(model: Callable[..., Any]) -> None:
    """Where a policy below overrides a pinned vault, the vault is as it says: there is only one."""
    dr = Vault("dr", account="central", region="eu-west-1", key="alias/k")
    found = model(
        Policy("base", attach=root(), vaults=[dr], regions=["eu-central-1"]),
        Policy("prod", attach=PROD, extends="base", vaults=[Vault("dr", lock=Lock.governance(min=days(7)))]),
    )
    (vault,) = [vault for shape in found.shapes for vault in shape.vaults]
    assert (vault.lock.minimum, vault.key_arn) == (7, "arn:aws:kms:eu-west-1:$account:alias/k")


@pytest.mark.parametrize(
    "policy",
    [
        Policy("p", attach=root(), vaults=[Vault("v", account="central", region="us-east-1")]),
        Policy("p", attach=PROD, vaults=[Vault("v", account="100000000030")]),
        Policy("p", attach=ou("Sandbox"), vaults=[Vault("v", region="eu-west-1")]),
    ],
)
def test_a_pin_outside_the_regions_of_its_account(policy: Policy, names: Callable[..., list[str]]) -> None:
    """A vault cannot stand where its account has no Region."""
    assert names(policy) == ["pin-outside-regions"]


@pytest.mark.parametrize(
    "other", [Vault("dr", account="central", region="eu-west-1", key="alias/x"), Vault("dr", key="alias/x")]
)
def test_unlike_vaults_in_one_place(other: Vault, names: Callable[..., list[str]]) -> None:
    """Two unlike declarations that come to stand in one place clash, wherever their policies are attached."""
    one = Policy("a", attach=PROD, vaults=[Vault("dr", account="central", region="eu-west-1")])
    assert names(one, Policy("b", attach=account("central"), vaults=[other])) == ["same-name-twice"]


def test_copies_go_where_the_pins_say(model: Callable[..., Any], shape: Callable[..., Any]) -> None:
    """A copy's destination is the vault's own account and Region; without pins the ones where the rule runs."""
    vaults = [
        Vault("both", account="central", region="eu-west-1"),
        Vault("hub", account="central"),
        Vault("far", region="eu-west-1"),
        free,
    ]
    arn = "arn:aws:backup:us-east-1:999999999999:backup-vault:theirs"
    rule = Rule("r", into=free, keep=days(5), copies=[*(Copy(to=vault) for vault in vaults), Copy(to=arn)])
    found = model(Policy("p", attach=PROD, plans=[Plan("p", rules=[rule])], vaults=vaults))
    copies = shape(found, "pay-prod").plans[0].rules[0].copies
    assert [copy.destination.arn for copy in copies] == [
        "arn:aws:backup:eu-west-1:100000000002:backup-vault:both",
        "arn:aws:backup:eu-central-1:100000000002:backup-vault:hub",
        "arn:aws:backup:eu-west-1:$account:backup-vault:far",
        "arn:aws:backup:eu-central-1:$account:backup-vault:free",
        arn,
    ]
    assert {copy.lifecycle.delete_after for copy in copies} == {5}
    assert found.vault_at(copies[0].destination, "100000000010") is not None
