"""Where a recovery point is: its account and Region from its ARN as far as they stand there, its vault by asking."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.jobs.narrow import nearest
from backstay_aws import arns

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+")
_NOT_HERE = frozenset({"ResourceNotFoundException"})
_RESTORE_ACCESS = "RESTORE_ACCESS_BACKUP_VAULT"
_EMPTY_ENDS = (":", "/", "-")


@dataclass(frozen=True, slots=True)
class Where:
    """The account and Region of a recovery point."""

    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Point:
    """A recovery point as AWS describes it, and its vault.

    `where` is the account that works with it; `owner` is the vault's account where that is another, which shares it.
    """

    where: Where
    vault: str
    facts: Mapping[str, Any]
    owner: str | None = None

    @property
    def type(self) -> str:
        """The resource type, as AWS Backup calls it."""
        return str(self.facts["ResourceType"])

    @property
    def source(self) -> str:
        """The ARN of the resource that it was made of."""
        return str(self.facts["ResourceArn"])


def is_account(text: str) -> bool:
    """Whether a text is the id of an account."""
    return _ACCOUNT.fullmatch(text) is not None


def where(arn: str, account: str | None, region: str | None) -> Where | str:
    """The place of a recovery point, or why it cannot be known. ARNs of EC2 images and snapshots name no account."""
    parsed = arns.parse(arn)
    if parsed is None or parsed.resource.endswith(_EMPTY_ENDS):
        return f"{arn} is not the ARN of a recovery point: it is cut short, or no ARN at all"
    if parsed.service == "backup" and not parsed.resource.startswith("recovery-point:"):
        return f"{arn} is not the ARN of a recovery point, but of something else in AWS Backup"
    if parsed.account and not is_account(parsed.account):
        return f"{arn} is not the ARN of a recovery point: {parsed.account} is no account id"
    if parsed.region and not _REGION.fullmatch(parsed.region):
        return f"{arn} is not the ARN of a recovery point: {parsed.region} is no Region"
    if parsed.account and account and parsed.account != account:
        other = f"the ARN says account {parsed.account}, --account says {account}"
        return f"{other}; to restore there from a vault that is shared with it, say --into {account}"
    if parsed.region and region and parsed.region != region:
        return f"the ARN says Region {parsed.region}, --region says {region}"
    found_account, found_region = parsed.account or account, parsed.region or region
    if not found_account:
        return "the ARN does not say which account the recovery point is in: give --account"
    if not found_region:
        return "the ARN does not say which Region the recovery point is in: give --region"
    return Where(found_account, found_region)


def find(aws: Aws, place: Where, arn: str, vault: str | None, owner: str | None = None) -> Point | str:
    """The recovery point, in the vault that was named or else in whichever holds it, or a sentence that there is none.

    With `owner`, the vaults are those that this other account opened to the place's: air-gapped ones that it shares,
    and the restore access vaults here. Raises AwsProblem, also when nothing was found and a vault did not let itself be
    asked. (A vault that does not exist does not let itself be asked either, so the named one is looked for first.)
    """
    there = _own(aws, place) if owner is None else _opened(aws, place, owner)
    if vault is not None and vault not in there:
        holder = f"account {place.account} has" if owner is None else f"account {owner} opened to {place.account}"
        return f"{holder} no vault {vault} in {place.region}{nearest(vault, list(there))}"
    if owner is not None and not there:
        ways = "AWS RAM shares air-gapped ones, multi-party approval gives a restore access vault"
        return f"account {owner} opened no vault in {place.region} to {place.account}: {ways}"
    found = _asked(aws, place, arn, there if vault is None else {vault: there[vault]})
    if found is not None:
        return found
    of = f"vault {vault} of " if vault else ""
    return f"{of}account {owner or place.account} has no recovery point {arn} in {place.region}"


def _own(aws: Aws, place: Where) -> dict[str, str | None]:
    return dict.fromkeys(vaults(aws, place.account, place.region))


def _opened(aws: Aws, place: Where, owner: str) -> dict[str, str | None]:
    """By name, the vaults that another account opened to a place, and the account to name in calls about them."""
    found: dict[str, str | None] = {}
    listed = aws.pages(place.account, place.region, "backup", "ListBackupVaults", "BackupVaultList")
    found |= {item["BackupVaultName"]: None for item in listed if item.get("VaultType") == _RESTORE_ACCESS}
    listed = aws.pages(place.account, place.region, "backup", "ListBackupVaults", "BackupVaultList", ByShared=True)
    for item in listed:
        parsed = arns.parse(item["BackupVaultArn"])
        if parsed is not None and parsed.account == owner:
            found[item["BackupVaultName"]] = owner
    return found


def _asked(aws: Aws, place: Where, arn: str, there: Mapping[str, str | None]) -> Point | None:
    """The recovery point in the first of the vaults that has it; raises AwsProblem if none has and one refused."""
    refusal: AwsProblem | None = None
    for name, owner in there.items():
        told = {"BackupVaultName": name, "RecoveryPointArn": arn, **theirs(owner)}
        try:
            facts = aws.call(place.account, place.region, "backup", "DescribeRecoveryPoint", **told)
        except AwsProblem as problem:
            if problem.operation == "AssumeRole":
                raise
            if problem.code not in _NOT_HERE:
                refusal = problem
        else:
            return Point(place, name, facts, owner)
    if refusal is not None:
        raise refusal
    return None


def theirs(owner: str | None) -> dict[str, str]:
    """The member of a call that names the account of a vault that is not one's own."""
    return {"BackupVaultAccountId": owner} if owner is not None else {}


def vaults(aws: Aws, account: str, region: str) -> list[str]:
    """The names of the vaults of a place; raises AwsProblem."""
    listed = aws.pages(account, region, "backup", "ListBackupVaults", "BackupVaultList")
    return [item["BackupVaultName"] for item in listed]
