"""Whether the copies of a place's rules can arrive: vault, vault policy, vault key, the organization's settings.

Source: AWS Backup developer guide, "Creating backup copies across AWS accounts" and "Encryption for backups"; read
2026-11. Where the guide leaves it to the resource type, or a policy's conditions decide, it is a doubt, not a problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backstay_agent.needs import VaultKey, vault_at
from backstay_agent.observed import Document, Observed
from backstay_agent.wanted import Build, Wanted, WantedVault
from backstay_aws import access, arns
from backstay_contract.plan import Prerequisite

_COPY_INTO = "backup:CopyIntoBackupVault"
_SETTING = "isCrossAccountBackupEnabled"
_CERTAIN = {"aws:PrincipalOrgID"}


def lacking_for_copies(build: Build, observed: Observed, wanted: Wanted) -> Iterator[Prerequisite]:
    """What keeps copies from arriving, for each vault that a rule copies into."""
    for arn, needed_by in sorted(_copies(wanted)):
        vault = vault_at(arn)
        if vault is None:
            continue
        reason = _absent(build, observed, vault)
        if reason is not None:
            yield _lacks(wanted, arn, needed_by, reason, "let a policy make it, or copy elsewhere")
        elif vault[0] != wanted.account:
            yield from _across(build, observed, wanted, arn, needed_by, vault)
    if wanted.copies_far():
        yield from _organization(build, observed, wanted)


def _copies(wanted: Wanted) -> set[tuple[str, str]]:
    return {
        (str(copy["DestinationBackupVaultArn"]), f"rule {rule['RuleName']} of plan {plan.name}")
        for plan in wanted.plans.values()
        for rule in plan.body["Rules"]
        for copy in rule.get("CopyActions", ())
    }


def _lacks(
    wanted: Wanted, arn: str, needed_by: str, reason: str, remedy: str, *, blocking: bool = True
) -> Prerequisite:
    return Prerequisite(
        account=wanted.account,
        region=wanted.region,
        kind="copy",
        name=arn,
        needed_by=needed_by,
        reason=reason,
        remedy=remedy,
        blocking=blocking,
    )


def _wanted_there(build: Build, vault: VaultKey) -> WantedVault | None:
    account, region, name = vault
    return build.wanted(account, region).vaults.get(name)


def _absent(build: Build, observed: Observed, vault: VaultKey) -> str | None:
    """That a vault is known not to exist, and that nobody makes it."""
    account, region, name = vault
    wish = build.wanted(account, region)
    place = observed.places.get((account, region))
    if name in wish.vaults or name in wish.parts.get("air-gapped-vault", {}) or place is None:
        return None
    if place.readiness.vaults is None or name in place.readiness.vaults:
        return None
    return "does not exist, and no policy makes it"


def _across(
    build: Build, observed: Observed, wanted: Wanted, arn: str, needed_by: str, vault: VaultKey
) -> Iterator[Prerequisite]:
    wish = _wanted_there(build, vault)
    if wish is None:
        return  # a vault of somebody else: what guards it is not read
    remedy = f"give the vault a policy that allows {_COPY_INTO} to this account"
    if wish.policy is None:
        reason = "has no access policy, so no other account may copy into it"
        yield _lacks(wanted, arn, needed_by, reason, remedy)
    elif not _admits(wish.policy, wanted.account, build.index.organization.id, arn):
        sure = _is_plain(wish.policy)
        reason = "its access policy does not let this account copy into it"
        told = reason if sure else f"{reason}, or only under conditions"
        yield _lacks(wanted, arn, needed_by, told, remedy, blocking=sure)
    place = observed.places.get(vault[:2])
    key = place.readiness.keys.get(wish.key) if place and wish.key else None
    if wish.key is None or (key is not None and key.of_aws):
        reason = "is encrypted with a key that AWS manages, which copies of many types cannot use across accounts"
        yield _lacks(wanted, arn, needed_by, reason, "give the vault a key of your own", blocking=False)


def _admits(document: Document, account: str, organization: str, vault: str) -> bool:
    parsed = arns.parse(vault)
    root = f"arn:{parsed.partition if parsed else 'aws'}:iam::{account}:root"
    return any(
        access.admits(
            document,
            _COPY_INTO,
            principal_account=account,
            principal_arn=principal,
            organization=organization,
            org_path=None,
            vault_arn=vault,
        )
        for principal in (None, root)
    )


def _is_plain(document: Document) -> bool:
    """Whether what a policy admits follows from account and organization alone."""
    return all(_plain_statement(statement) for statement in document.get("Statement", ()))


def _plain_statement(statement: Any) -> bool:
    keys = {key for conditions in statement.get("Condition", {}).values() for key in conditions}
    principal = statement.get("Principal", "*")
    names = principal.get("AWS", ()) if isinstance(principal, dict) else [principal]
    whole = all(name == "*" or name.isdecimal() or name.endswith(":root") for name in names)
    return keys <= _CERTAIN and whole and "NotPrincipal" not in statement


def _organization(build: Build, observed: Observed, wanted: Wanted) -> Iterator[Prerequisite]:
    """The organization's setting for copies across accounts, and trusted access."""
    at = {"account": wanted.account, "region": wanted.region, "needed_by": "its copies into other accounts"}
    will_be_on = build.index.global_settings.get(_SETTING)
    if will_be_on == "false" or (will_be_on is None and observed.around.copies_on == "no"):
        yield Prerequisite(
            **at,
            kind="copy",
            name=_SETTING,
            reason="is off in the management account",
            remedy="turn it on with Settings(cross_account=True) in a policy, or with backup:UpdateGlobalSettings",
        )
    if observed.around.trusted == "no":
        yield Prerequisite(
            **at,
            kind="trusted-access",
            name="backup.amazonaws.com",
            reason="AWS Backup has no trusted access to the organization",
            remedy="backstay org bootstrap gives it",
            blocking=False,
        )
