"""The policy of a managed key: the least that vaults, backups, restores and copies need.

No role is a principal by name: KMS refuses a policy that names a role which is not there yet, and forgets one that is
deleted and made again. So roles of the account are told by `aws:PrincipalArn`, the way AWS's own keys tell callers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backstay.ir import ACCOUNT
from backstay_aws import arns

ADMINISTER = (
    # What an administrator of a key may do, use and grants left out; KMS developer guide, key policies, read 2026-11.
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:Delete*",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:Revoke*",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
)
MAKE_VAULTS = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:RetireGrant")
"""What whoever makes a vault needs on its key; developer guide, creating a backup vault, read 2026-11."""

USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
"""What backups, restores and copies need; developer guide, encryption for backups, read 2026-11."""

GRANT = ("kms:CreateGrant",)

VIA = ("backup", "dsql", "dynamodb", "ec2", "elasticfilesystem", "rds", "redshift", "redshift-serverless", "s3")
"""Services through which AWS Backup uses keys: conditions `kms:ViaService` of AWSBackupServiceRolePolicyForRestores,
AWSBackupServiceRolePolicyForS3Backup and AWSBackupFullAccess, read 2026-11."""

Statement = dict[str, Any]
Condition = dict[str, dict[str, Any]]

_FOR_AWS: Condition = {"Bool": {"kms:GrantIsForAWSResource": "true"}}


@dataclass(frozen=True, slots=True)
class Users:
    """Who uses a key: roles of the account (ARNs), organizations that may copy (ids), accounts that may copy (ids)."""

    roles: tuple[str, ...]
    organizations: tuple[str, ...]
    accounts: tuple[str, ...]


def policy(users: Users, region: str, partition: str) -> Mapping[str, Any]:
    """The key policy of one Region."""
    own = {"AWS": str(arns.Arn(partition, "iam", "", ACCOUNT, "root"))}
    vaults = {"StringEquals": {"kms:ViaService": _via(("backup",), region, partition)[0]}}
    statements = [
        _allow("AdministeredByTheAccount", own, ADMINISTER),
        _allow("VaultsMadeByTheAccount", own, MAKE_VAULTS, vaults),
        *_roles(users.roles, region, partition),
        *_copies(users, partition),
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _roles(roles: Sequence[str], region: str, partition: str) -> Iterator[Statement]:
    if roles:
        callers = {"kms:CallerAccount": ACCOUNT}
        who = {"StringEquals": callers, "ArnEquals": {"aws:PrincipalArn": list(roles)}}
        through = {"StringEquals": {**callers, "kms:ViaService": list(_via(VIA, region, partition))}}
        yield _allow("UsedByBackupRoles", {"AWS": "*"}, USE, {**who, **through})
        yield _allow("GrantedByBackupRoles", {"AWS": "*"}, GRANT, {**who, **_FOR_AWS})


def _copies(users: Users, partition: str) -> Iterator[Statement]:
    if users.organizations:
        who: Condition = {"StringEquals": {"aws:PrincipalOrgID": list(users.organizations)}}
        yield _allow("UsedForCopiesByTheOrganization", {"AWS": "*"}, USE, who)
        yield _allow("GrantedForCopiesByTheOrganization", {"AWS": "*"}, GRANT, {**who, **_FOR_AWS})
    if users.accounts:
        roots = {"AWS": [str(arns.Arn(partition, "iam", "", account, "root")) for account in users.accounts]}
        yield _allow("UsedForCopiesByAccounts", roots, USE)
        yield _allow("GrantedForCopiesByAccounts", roots, GRANT, _FOR_AWS)


def _allow(
    sid: str, principal: Mapping[str, Any], actions: Sequence[str], condition: Mapping[str, Any] | None = None
) -> Statement:
    allowed = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": list(actions), "Resource": "*"}
    return {**allowed, "Condition": dict(condition)} if condition else allowed


def _via(services: Sequence[str], region: str, partition: str) -> tuple[str, ...]:
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return tuple(f"{service}.{region}.{suffix}" for service in services)
