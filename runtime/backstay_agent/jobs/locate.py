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
_EMPTY_ENDS = (":", "/", "-")


@dataclass(frozen=True, slots=True)
class Where:
    """The account and Region of a recovery point."""

    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Point:
    """A recovery point as AWS describes it, and its vault."""

    where: Where
    vault: str
    facts: Mapping[str, Any]

    @property
    def type(self) -> str:
        """The resource type, as AWS Backup calls it."""
        return str(self.facts["ResourceType"])

    @property
    def source(self) -> str:
        """The ARN of the resource that it was made of."""
        return str(self.facts["ResourceArn"])


def where(arn: str, account: str | None, region: str | None) -> Where | str:
    """The place of a recovery point, or why it cannot be known. ARNs of EC2 images and snapshots name no account."""
    parsed = arns.parse(arn)
    if parsed is None or parsed.resource.endswith(_EMPTY_ENDS):
        return f"{arn} is not the ARN of a recovery point: it is cut short, or no ARN at all"
    if parsed.service == "backup" and not parsed.resource.startswith("recovery-point:"):
        return f"{arn} is not the ARN of a recovery point, but of something else in AWS Backup"
    if parsed.account and not _ACCOUNT.fullmatch(parsed.account):
        return f"{arn} is not the ARN of a recovery point: {parsed.account} is no account id"
    if parsed.region and not _REGION.fullmatch(parsed.region):
        return f"{arn} is not the ARN of a recovery point: {parsed.region} is no Region"
    if parsed.account and account and parsed.account != account:
        return f"the ARN says account {parsed.account}, --account says {account}"
    if parsed.region and region and parsed.region != region:
        return f"the ARN says Region {parsed.region}, --region says {region}"
    found_account, found_region = parsed.account or account, parsed.region or region
    if not found_account:
        return "the ARN does not say which account the recovery point is in: give --account"
    if not found_region:
        return "the ARN does not say which Region the recovery point is in: give --region"
    return Where(found_account, found_region)


def find(aws: Aws, place: Where, arn: str, vault: str | None) -> Point | str:
    """The recovery point, in the vault that was named or else in whichever holds it, or a sentence that there is none.

    Raises AwsProblem, also when nothing was found and a vault did not let itself be asked. (A vault that does not exist
    does not let itself be asked either, so the named one is looked for first.)
    """
    there = vaults(aws, place.account, place.region)
    if vault is not None and vault not in there:
        return f"account {place.account} has no vault {vault} in {place.region}{nearest(vault, there)}"
    names = there if vault is None else [vault]
    refusal: AwsProblem | None = None
    for name in names:
        try:
            facts = aws.call(
                place.account,
                place.region,
                "backup",
                "DescribeRecoveryPoint",
                BackupVaultName=name,
                RecoveryPointArn=arn,
            )
        except AwsProblem as problem:
            if problem.operation == "AssumeRole":
                raise
            if problem.code not in _NOT_HERE:
                refusal = problem
        else:
            return Point(place, name, facts)
    if refusal is not None:
        raise refusal
    of = f"vault {vault} of " if vault else ""
    return f"{of}account {place.account} has no recovery point {arn} in {place.region}"


def vaults(aws: Aws, account: str, region: str) -> list[str]:
    """The names of the vaults of a place; raises AwsProblem."""
    listed = aws.pages(account, region, "backup", "ListBackupVaults", "BackupVaultList")
    return [item["BackupVaultName"] for item in listed]
