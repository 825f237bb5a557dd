"""What the model says beside the shapes: the tree of units, where policies are attached, what is required."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backstay import ir
from backstay.dsl import Access, Policy, Require, Vault, account, account_tag, days, ou, resource_type, root, tag
from backstay.load import Loaded
from backstay.resolve import placeholder_organization, resolve
from backstay.source import Sources
from backstay_contract.organization import Organization


def test_every_unit_parents_first(model: Callable[..., ir.Model]) -> None:
    """The root without a path, then each unit with the accounts and units right below it."""
    units = model(Policy("p", attach=root(), vaults=[Vault("v")])).tree
    assert [(unit.path, unit.parent, unit.units) for unit in units] == [
        ("", None, ("Workloads", "Sandbox")),
        ("Workloads", "", ("Workloads/Prod", "Workloads/Dev")),
        ("Workloads/Prod", "Workloads", ()),
        ("Workloads/Dev", "Workloads", ()),
        ("Sandbox", "", ()),
    ]
    assert units[0].accounts == ("100000000001", "100000000002")
    assert units[2].accounts == ("100000000010", "100000000011")


def test_attachments(model: Callable[..., ir.Model]) -> None:
    """Each policy with its target as written and the accounts that it holds for, from the root down."""
    found = model(
        Policy("own", attach=account("pay-prod"), vaults=[Vault("w")]),
        Policy("base", attach=ou("Workloads") & ~(account_tag("env") == "dev"), vaults=[Vault("v")]),
    ).attachments
    assert [(one.policy, one.target, one.accounts) for one in found] == [
        ("base", 'Workloads & ~(env == "dev")', ("100000000010", "100000000011")),
        ("own", "pay-prod", ("100000000010",)),
    ]


def required(organization: Organization, *requirements: Require) -> Any:
    """A resolution of requirements beside a policy."""
    policy = Policy("p", attach=root(), vaults=[Vault("v")])
    return resolve(Loaded((policy,), Sources(), Path(), (), (), (), requirements), organization)


def test_requirements_are_kept_as_written(organization: Organization) -> None:
    """What they promise is proved elsewhere."""
    one = Require("r", every=tag("a") == "b", under=ou("Workloads/Prod"), types=["RDS"], keep=days(35))
    found = required(organization, one, one)
    assert [(item.name, item.node) for item in found.model.requirements] == [("r", one)]


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        (Require("r", every=tag("a") == "b", under=ou("Workload")), "unknown-unit"),
        (Require("r", every=tag("a") == "b", under=account("twin")), "ambiguous-account"),
        (Require("r", every=(tag("a") == "b") & resource_type("RSD"), under=root()), "unknown-resource-type"),
        (Require("r", every=tag("a") == "b", under=root(), types=["RSD"]), "unknown-resource-type"),
        (Require("r", every=tag("a") == "b", under=root(), regions=["eu-middle-1"]), "unknown-region"),
        (Require("r", every=tag("a") == "$account", under=root()), "placeholder-in-text"),
    ],
)
def test_names_in_requirements_are_checked(requirement: Require, name: str, organization: Organization) -> None:
    """Like those of policies."""
    found = required(organization, requirement)
    assert [finding.name for finding in found.findings] == [name]
    assert found.model is None


def test_without_an_organization_file_what_requirements_name_exists() -> None:
    """The organization that is made up for policies has the units and accounts of requirements too."""
    one = Require("r", every=tag("a") == "b", under=ou("A/B") | account("c"))
    policy = Policy("p", attach=root(), vaults=[Vault("v")])
    loaded = Loaded((policy,), Sources(), Path(), (), (), (), (one,))
    assert resolve(loaded, placeholder_organization(loaded)).findings == ()


def test_where_copies_may_go(model: Callable[..., ir.Model], shape: Callable[..., Any], names: Any) -> None:
    """A vault's policy may deny copies out of it to all but some accounts or an organization; its own always may."""
    access = Access.allow_copies_to(organization=True, accounts=["pay-dev"])
    vaults = [Vault("a", access=access), Vault("b", access=Access.allow_copies_to(accounts=["555555555555"]))]
    found = shape(model(Policy("p", attach=root(), vaults=vaults)), "central")
    (both,) = found.vault("a").policy["Statement"]
    assert (both["Effect"], both["Principal"], both["Action"]) == ("Deny", "*", "backup:CopyFromBackupVault")
    assert both["Condition"] == {
        "ForAllValues:ArnNotLike": {
            "backup:CopyTargets": [
                "arn:aws:backup:*:$account:backup-vault:*",
                "arn:aws:backup:*:100000000020:backup-vault:*",
            ]
        },
        "ForAllValues:StringNotLike": {"backup:CopyTargetOrgPaths": ["o-acme0001/*"]},
    }
    (alone,) = found.vault("b").policy["Statement"]
    assert list(alone["Condition"]) == ["ForAllValues:ArnNotLike"]
    assert names(Policy("p", attach=root(), vaults=[Vault("a", access=Access.allow_copies_to(accounts=["x"]))])) == [
        "unknown-account"
    ]
