"""What IAM asks of the caller of an operation: actions, on which resources, under which conditions.

Most operations ask for the action of their own name. Those that do not stand in the table, each with its source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from backstay_aws.backup_actions import ACTIONS, PASS_ROLE, Kind

On = Literal[
    "*",
    "vaults",
    "plans",
    "backup",
    "roles",
    "role of backup",
    "role of stack sets",
    "entered roles",
    "made roles",
    "stack sets",
    "restore tests",
]
"""Which resources a permission is for; `*` where IAM knows none for the action, or where any may be meant."""

When = Literal[
    "",
    "passed",
    "linked to backup",
    "linked to stack sets",
    "through backup",
    "through s3",
    "through dynamodb",
    "of our services",
    "of backup policies",
    "marked",
    "marking",
    "tested",
    "made role",
    "our role",
    "attached to our role",
    "made key",
    "our key",
]
"""Under which condition; the document spells it out."""


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One permission."""

    action: str
    on: On = "*"
    when: When = ""


# Botocore calls these services otherwise than IAM. Source: Service Authorization Reference, service prefixes; 2026-11.
_PREFIXES: Mapping[str, str] = MappingProxyType({"efs": "elasticfilesystem", "resourcegroupstaggingapi": "tag"})

# Which resources an operation of AWS Backup is about, as far as it is about one kind of its own.
_ON: Mapping[Kind, On] = MappingProxyType({"vault": "vaults", "plan": "plans", "tagged": "backup"})

_STACK_SETS = """
    CreateStackInstances CreateStackSet DescribeStackSet DescribeStackSetOperation ListStackInstances
    ListStackSetOperationResults ListStackSetOperations UpdateStackSet
"""
_MADE_ROLES = """
    AttachRolePolicy CreateRole DeleteRolePermissionsBoundary GetRolePolicy ListAttachedRolePolicies
    PutRolePermissionsBoundary PutRolePolicy UpdateAssumeRolePolicy
"""
_LINKED = Grant("iam:CreateServiceLinkedRole", "role of backup", "linked to backup")
_TRUSTS = Grant("organizations:EnableAWSServiceAccess", when="of our services")
_PASS = Grant(PASS_ROLE, "roles", "passed")
_TESTED = Grant(PASS_ROLE, "roles", "tested")
_MADE_WITH_TAGS = Grant("backup:TagResource", "backup")
# Developer guide "API permissions: actions, resources, and conditions reference", CreateBackupVault; 2026-11.
_ENCRYPTS = (
    Grant("backup-storage:MountCapsule"),
    Grant("kms:CreateGrant", when="through backup"),
    Grant("kms:Decrypt", when="through backup"),
    Grant("kms:DescribeKey"),
    Grant("kms:GenerateDataKey", when="through backup"),
    Grant("kms:RetireGrant", when="through backup"),
)

# What an operation asks for besides, or instead of, the action of its name.
_BESIDES: Mapping[str, tuple[Grant, ...]] = MappingProxyType(
    {
        # Tags in a create call ask for TagResource: Service Authorization Reference, dependent actions; 2026-11.
        # The first use makes the service-linked role: developer guide "Using service-linked roles"; 2026-11.
        "backup:CreateBackupVault": (*_ENCRYPTS, _MADE_WITH_TAGS, _LINKED),
        "backup:CreateBackupPlan": (_MADE_WITH_TAGS,),
        "backup:CreateFramework": (_MADE_WITH_TAGS, _LINKED),
        "backup:CreateLegalHold": (_MADE_WITH_TAGS,),
        "backup:CreateLogicallyAirGappedBackupVault": (*_ENCRYPTS, _MADE_WITH_TAGS, _LINKED),
        "backup:CreateReportPlan": (_MADE_WITH_TAGS, _LINKED),
        "backup:CreateRestoreTestingPlan": (_MADE_WITH_TAGS, _LINKED),
        "backup:CreateRestoreTestingSelection": (_TESTED,),
        "backup:UpdateRestoreTestingSelection": (_TESTED,),
        "backup:CreateTieringConfiguration": (_MADE_WITH_TAGS,),
        "organizations:CreatePolicy": (Grant("organizations:TagResource"),),
        "backup:CreateBackupSelection": (_PASS, _LINKED),
        "backup:StartBackupJob": (_PASS, _MADE_WITH_TAGS, _LINKED),
        "backup:StartCopyJob": (_PASS,),
        "backup:StartRestoreJob": (_PASS,),
        # Reading what is encrypted asks for its key: S3 user guide "SSE-KMS", DynamoDB developer guide "Encryption".
        "dynamodb:Scan": (Grant("kms:Decrypt", when="through dynamodb"),),
    }
)
# What the agent manages it may change only where it carries the agent's tag, which it has from its first moment on.
_ROLE_CHANGES = (
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "PutRolePolicy",
    "UpdateAssumeRolePolicy",
    "UpdateRole",
)
_INSTEAD: Mapping[str, tuple[Grant, ...]] = MappingProxyType(
    {
        **{f"iam:{name}": (Grant(f"iam:{name}", "roles", "our role"),) for name in _ROLE_CHANGES},
        # Nothing but AWS Backup's own policies is attached: condition key iam:PolicyARN, Service Authorization
        # Reference "AWS Identity and Access Management"; 2026-11.
        "iam:AttachRolePolicy": (Grant("iam:AttachRolePolicy", "roles", "attached to our role"),),
        "iam:CreateRole": (Grant("iam:CreateRole", "roles", "made role"), Grant("iam:TagRole", "roles", "made role")),
        "iam:TagRole": (Grant("iam:TagRole", "roles", "our role"),),
        "kms:CreateKey": (Grant("kms:CreateKey", when="made key"), Grant("kms:TagResource", when="made key")),
        "kms:PutKeyPolicy": (Grant("kms:PutKeyPolicy", when="our key"),),
        "kms:TagResource": (Grant("kms:TagResource", when="our key"),),
        "kms:UpdateKeyDescription": (Grant("kms:UpdateKeyDescription", when="our key"),),
        # S3 names its actions in its own way: Service Authorization Reference "Amazon S3"; 2026-11.
        "s3:GetObject": (
            Grant("s3:GetObject"),
            Grant("s3:GetObjectVersion"),
            Grant("kms:Decrypt", when="through s3"),
        ),
        "s3:HeadBucket": (Grant("s3:ListBucket"),),
        "s3:ListBuckets": (Grant("s3:ListAllMyBuckets"),),
        "s3:ListObjectVersions": (Grant("s3:ListBucketVersions"),),
        "s3:ListObjectsV2": (Grant("s3:ListBucket"),),
        "sts:AssumeRole": (Grant("sts:AssumeRole", "entered roles"),),
        # What a restore test made is deleted by its name, or by its mark where AWS chose the name; buckets are not
        # told by tags. Service Authorization Reference of each service, resource types and condition keys; 2026-11.
        "dynamodb:DeleteTable": (Grant("dynamodb:DeleteTable", "restore tests"),),
        "ec2:DeleteVolume": (Grant("ec2:DeleteVolume", when="marked"),),
        "ec2:TerminateInstances": (Grant("ec2:TerminateInstances", when="marked"),),
        "efs:DeleteFileSystem": (Grant("elasticfilesystem:DeleteFileSystem", when="marked"),),
        "fsx:DeleteFileSystem": (Grant("fsx:DeleteFileSystem", when="marked"),),
        "fsx:DeleteVolume": (Grant("fsx:DeleteVolume", when="marked"),),
        "rds:DeleteDBCluster": (Grant("rds:DeleteDBCluster", "restore tests"),),
        "rds:DeleteDBInstance": (Grant("rds:DeleteDBInstance", "restore tests"),),
        "s3:DeleteBucket": (Grant("s3:DeleteBucket", "restore tests"),),
        "s3:DeleteObjects": (
            Grant("s3:DeleteObject", "restore tests"),
            Grant("s3:DeleteObjectVersion", "restore tests"),
        ),
        # The tagging service asks for the permission of each service, too: its user guide, "Permissions"; 2026-11.
        "resourcegroupstaggingapi:TagResources": (
            Grant("tag:TagResources"),
            Grant("dynamodb:TagResource", when="marking"),
            Grant("ec2:CreateTags", when="marking"),
            Grant("elasticfilesystem:TagResource", when="marking"),
            Grant("fsx:TagResource", when="marking"),
            Grant("rds:AddTagsToResource", when="marking"),
            Grant("s3:PutBucketTagging", "restore tests"),
        ),
        # Condition keys: Service Authorization Reference "AWS Organizations"; 2026-11.
        "organizations:EnableAWSServiceAccess": (_TRUSTS,),
        "organizations:EnablePolicyType": (Grant("organizations:EnablePolicyType", when="of backup policies"),),
        "organizations:RegisterDelegatedAdministrator": (
            Grant("organizations:RegisterDelegatedAdministrator", when="of our services"),
        ),
        # It does both of these by the caller's leave: CloudFormation user guide "Activate trusted access"; 2026-11.
        "cloudformation:ActivateOrganizationsAccess": (
            Grant("cloudformation:ActivateOrganizationsAccess"),
            Grant("iam:CreateServiceLinkedRole", "role of stack sets", "linked to stack sets"),
            _TRUSTS,
        ),
        **{f"cloudformation:{name}": (Grant(f"cloudformation:{name}", "stack sets"),) for name in _STACK_SETS.split()},
        # Needs no permission: STS API reference; 2026-11.
        "sts:GetCallerIdentity": (),
    }
)


# Whoever prepares the organization makes these roles in the management account itself, and no others.
_PREPARING: Mapping[str, tuple[Grant, ...]] = MappingProxyType(
    {f"iam:{name}": (Grant(f"iam:{name}", "made roles"),) for name in _MADE_ROLES.split()}
)


def grants(operation: str, *, preparing: bool = False) -> Iterator[Grant]:
    """What a caller must be allowed to call `service:Operation`; one permission may come several times.

    `preparing`: the caller is one who prepares the organization.
    """
    if preparing and operation in _PREPARING:
        yield from _PREPARING[operation]
        return
    if operation in _INSTEAD:
        yield from _INSTEAD[operation]
        return
    service, _, name = operation.partition(":")
    on: On = _ON.get(ACTIONS[name].kind, "*") if service == "backup" else "*"
    yield Grant(f"{_PREFIXES.get(service, service)}:{name}", on)
    yield from _BESIDES.get(operation, ())


def exceptions() -> Mapping[str, tuple[Grant, ...]]:
    """The operations whose permission is not just the action of their name, with what they ask for."""
    names = sorted({*_BESIDES, *_INSTEAD})
    return {name: tuple(dict.fromkeys(grants(name))) for name in names}
