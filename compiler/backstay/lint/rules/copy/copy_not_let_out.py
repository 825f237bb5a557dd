"""A copy to another account that the source's vault does not let out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from backstay.ir import ACCOUNT
from backstay.lint.context import Context
from backstay.lint.copying import travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import CopySite
from backstay.lint.source import guide
from backstay_aws import arns
from backstay_aws.access import denies

COPY_OUT = "backup:CopyFromBackupVault"
_UNKNOWABLE = re.compile(r"o-[a-z0-9]+/r-|/ou-|\$\{")
"""Paths of units or roots, whose ids no organization file has, and policy variables."""


class CopyNotLetOut(Rule):
    """A vault may say where its copies go."""

    CODE = "CPY026"
    NAME = "copy-not-let-out"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A copy to an account to which the source's vault forbids copies to leave"
    WHY = (
        "The access policy of the vault denies `backup:CopyFromBackupVault` to that account: either the copy fails "
        "while the backup succeeds, or the policy does not do what its author believes. AWS shows the condition in "
        "service control policies and does not say that it asks a vault's own policy, so this is no error."
    )
    SOURCES = (guide("create-cross-account-backup"),)
    VALID = (
        'kept = Vault("kept", key="alias/backup", access=Access.allow_copies_to(accounts=["backup-central"]))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[kept, central], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=kept, keep=days(35), copies=[Copy(to=central)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = (
        'kept = Vault("kept", key="alias/backup", access=Access.allow_copies_to(accounts=["management"]))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[kept, central], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=kept, keep=days(35), copies=[Copy(to=central)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Cross-account copies out of declared vaults whose policies deny them."""
        for site in context.copies:
            accounts = travellers(site)
            policy = site.vault.policy if site.vault is not None else None
            if accounts and site.plan.selections and policy is not None and _denied(context, site, policy, accounts[0]):
                to = site.copy.destination
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` copies from `{site.rule.vault}`, which lets no copies out to "
                    f"account {to.account}",
                    label="not let out",
                    help="name the account in `Access.allow_copies_to` of the vault, or copy elsewhere",
                    others=[(site.vault.where.field("access"), "the vault")] if site.vault is not None else (),
                    accounts=accounts,
                )


def _denied(context: Context, site: CopySite, policy: Mapping[str, Any], account: str) -> bool:
    """Whether the vault's policy denies the copy to every role of the plan, in an account that stands for all."""
    if _UNKNOWABLE.search(json.dumps(policy)):
        return False
    to, own = site.copy.destination, context.model.organization
    inside = {"backup:CopyTargetOrgPaths": f"{own}/r-root/"} if to.account in context.model.accounts else {}
    return all(
        denies(
            policy,
            COPY_OUT,
            principal_account=account,
            principal_arn=role,
            organization=own,
            org_path=None,
            vault_arn=arns.vault(context.model.partition, site.shape.region, account, site.rule.vault),
            context={"backup:CopyTargets": to.arn, **inside},
        )
        for role in {one.role_arn.replace(ACCOUNT, account) for one in site.plan.selections}
    )
