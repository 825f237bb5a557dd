"""Copies between accounts: for whom a copy is one, and whether the destination lets it in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from backstay.ir import ACCOUNT, Vault
from backstay.lint.context import Context
from backstay.lint.site import CopySite
from backstay_aws.access import admits
from backstay_aws.access_shape import COPY_INTO

_DIGITS = re.compile(r"[0-9]{12}")
_LOOSE = re.compile(r"[0-9][*?]|[*?][0-9]")
_UNKNOWABLE = "principalorgpaths"  # no organization file has the ids of its units
_AWS_KEY = "alias/aws/"


def travellers(site: CopySite) -> tuple[str, ...]:
    """The accounts for which the copy goes to another account; none for most copies."""
    host = site.copy.destination.account
    if host == ACCOUNT:
        return ()
    return site.accounts if host not in site.accounts else tuple(one for one in site.accounts if one != host)


def at_home(site: CopySite) -> tuple[str, ...]:
    """The accounts for which the copy stays in the account."""
    host = site.copy.destination.account
    if host == ACCOUNT:
        return site.accounts
    return (host,) if host in site.accounts else ()


def on_aws_key(vault: Vault) -> bool:
    """Whether a vault is encrypted with a key of AWS's, which no other account can be let in to."""
    return vault.key_arn is None or _AWS_KEY in vault.key_arn


def refused(context: Context, site: CopySite, vault: Vault, accounts: tuple[str, ...]) -> tuple[str, ...]:
    """The accounts whose copies the vault's access policy does not admit.

    The roles of the plan's selections are the principals. Accounts that the policy does not name are all alike to it,
    so one of them is asked for all. A policy that admits by paths of units is taken to admit.
    """
    if vault.policy is None:
        return accounts
    text = json.dumps(vault.policy)
    if _UNKNOWABLE in text.casefold():
        return ()
    named = set(_DIGITS.findall(text))
    if not named and not _LOOSE.search(text):
        return () if _admitted(context, site, vault.policy, accounts[0]) else accounts
    each = accounts if _LOOSE.search(text) else tuple(account for account in accounts if account in named)
    others = tuple(account for account in accounts if account not in named) if each is not accounts else ()
    outside = [account for account in each if not _admitted(context, site, vault.policy, account)]
    if others and not _admitted(context, site, vault.policy, others[0]):
        outside.extend(others)
    return tuple(outside)


def _admitted(context: Context, site: CopySite, policy: Mapping[str, Any], account: str) -> bool:
    return any(
        admits(
            policy,
            COPY_INTO,
            principal_account=account,
            principal_arn=principal,
            organization=context.model.organization,
            org_path=None,
            vault_arn=site.copy.destination.arn,
        )
        for principal in _principals(site, account)
    )


def _principals(site: CopySite, account: str) -> Iterator[str | None]:
    yield None
    for role in dict.fromkeys(selection.role_arn for selection in site.plan.selections):
        yield role.replace(ACCOUNT, account)
