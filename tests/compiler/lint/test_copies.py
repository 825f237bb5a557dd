"""Copies are judged for those accounts for which they are what the rule is about."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backstay.lint.harness import Outcome
from backstay_contract.findings import Finding

Lint = Callable[..., Outcome]


def policy(attach: str, rule: str, vaults: str = "primary, central", head: str = "") -> str:
    """A policy with one rule."""
    return (
        f'{head}\npolicy = Policy("p", attach={attach}, vaults=[{vaults}], plans=[Plan("gold", rules=[{rule}],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])\n'
    )


def found(outcome: Outcome, name: str) -> list[Finding]:
    """The findings of one rule."""
    assert not [f for f in outcome.findings if f.code[:3] in ("LOD", "RES") and f.severity == "error"]
    return [finding for finding in outcome.findings if finding.name == name]


DAILY = 'Rule("daily", at=daily("03:00"), into={into}, keep=days(35), copies=[Copy(to={to})])'


def test_the_host_of_the_central_vault_does_not_travel(lint_text: Lint) -> None:
    """Of three accounts two copy to another account; the one that hosts the vault copies at home."""
    outcome = lint_text(policy("root()", DAILY.format(into="primary", to="central")))
    (finding,) = found(outcome, "cross-account-copies-off")
    assert finding.accounts == 2


def test_a_closed_vault_refuses_all_but_its_own_account(lint_text: Lint) -> None:
    """Without an access policy every other account is refused, its own is not."""
    closed = 'closed = Vault("closed", account="backup-central", region="eu-west-1", key="alias/backup")'
    outcome = lint_text(policy("root()", DAILY.format(into="primary", to="closed"), "primary, closed", closed))
    (finding,) = found(outcome, "copy-not-admitted")
    assert finding.accounts == 2


@pytest.mark.parametrize(
    ("access", "accounts"),
    [
        ("Access.allow_copies_from(organization=True)", 0),
        ('Access.allow_copies_from(organization="o-stranger00")', 2),
        ('Access.allow_copies_from(accounts=["app"])', 1),
        ('Access.allow_copies_from(accounts=["app", "management"])', 0),
        ('Access.allow_copies_from(accounts=["app"]) + Access.allow_copies_from(organization=True)', 0),
        ("Access.deny_deletes()", 2),
        ("Access.allow_copies_from(organization=True) + Access.deny_deletes()", 0),
    ],
)
def test_who_is_let_in(lint_text: Lint, access: str, accounts: int) -> None:
    """The vault's policy is evaluated for each account that copies."""
    vault = f'door = Vault("door", account="backup-central", region="eu-west-1", key="alias/backup", access={access})'
    outcome = lint_text(policy("root()", DAILY.format(into="primary", to="door"), "primary, door", vault))
    assert sum(finding.accounts for finding in found(outcome, "copy-not-admitted")) == accounts


def test_copy_to_itself_at_the_edge(lint_text: Lint) -> None:
    """The account that hosts the central vault, writing to a vault of its name, copies into itself; others do not."""
    rule = DAILY.format(into="central", to="central")
    outcome = lint_text(policy('account("backup-central")', rule, "central"))
    (finding,) = found(outcome, "copy-to-itself")
    assert finding.accounts == 1
    assert finding.notes[-1].endswith("in eu-west-1")


def test_copy_within_the_account_to_another_region(lint_text: Lint) -> None:
    """A copy to a vault pinned to a Region is no copy to another account, and to itself only in that Region."""
    outcome = lint_text(policy('ou("Workloads")', DAILY.format(into="primary", to="remote"), "primary, remote"))
    assert not {"copy-to-itself", "copy-not-admitted", "cross-account-copies-off"} & set(outcome.names)
    assert not found(outcome, "copy-to-undeclared-vault")


def test_a_destination_that_is_declared_for_some(lint_text: Lint) -> None:
    """A vault that only some accounts declare is undeclared for the others."""
    head = (
        'far = Vault("far", region="eu-west-1", key="alias/backup")\n'
        'some = Policy("some", attach=account("app"), vaults=[far])'
    )
    outcome = lint_text(policy("root()", DAILY.format(into="primary", to="far"), "primary", head))
    (finding,) = found(outcome, "copy-to-undeclared-vault")
    assert finding.accounts == 2


@pytest.mark.parametrize("keep", ["", ", keep=days(400)"])
def test_a_gap_that_another_rule_fills(lint_text: Lint, keep: str) -> None:
    """Too short a retention is a warning only if another rule, also one that keeps for ever, fills the gap."""
    text = (
        'Rule("weekly", at=weekly("sun", "03:00"), into=primary, keep=days(5)),\n'
        f'Rule("monthly", at=monthly(1, "15:00"), into=primary{keep})'
    )
    (finding,) = found(lint_text(text), "retention-below-interval")
    assert finding.severity == "warning"
