"""Prepares an organization for Backstay: trusted access, policy type, delegated administrator, roles in the accounts.

Every step looks first and says what it did; run again, it says that there was nothing to do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote

from backstay_agent import normal
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.organization_tree import BACKUP_SERVICE, OrganizationReader
from backstay_aws import arns

_POLICY_TYPE = "BACKUP_POLICY"
_SERVICE_ROLE = "AWSBackupDefaultServiceRole"
_SERVICE_PATH = "/service-role/"
# What AWS Backup's console attaches to the default role, and S3's, which it does not (managed policy pages, 2026-11).
_SERVICE_POLICIES = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
)
_AGENT_POLICY_NAME = "backstay-agent"
# What the agent calls in an account, and what creating a vault asks of its caller (API permissions of AWS Backup).
# The reads of other services are those of `discover` and `describe`; reading objects and items is for `restore`, which
# compares what came back with what was backed up.
_AGENT_ACTIONS = (
    "backup:*",
    "backup-storage:MountCapsule",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKey",
    "kms:RetireGrant",
    "iam:GetRole",
    "sns:GetTopicAttributes",
    "tag:GetResources",
    "cloudformation:DescribeStacks",
    "dynamodb:DescribeTable",
    "dynamodb:Scan",
    "ec2:DescribeInstances",
    "ec2:DescribeVolumes",
    "eks:DescribeCluster",
    "elasticfilesystem:DescribeFileSystems",
    "fsx:DescribeFileSystems",
    "fsx:DescribeVolumes",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstances",
    "redshift:DescribeClusters",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:ListAllMyBuckets",
    "s3:ListBucket",
    "s3:ListBucketVersions",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at: in an account (None: the organization), what was done, or why it could not be."""

    account: str | None
    done: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Roles:
    """The role that the agent takes in member accounts: its name, path and external id."""

    name: str
    path: str = "/"
    external_id: str | None = None


def prepare_organization(aws: Aws, backup_account: str | None) -> Iterator[Step]:
    """What concerns the organization as a whole, from the management account."""
    for prepare in (_all_features, _trusted_access, _policy_type):
        yield _tried(None, partial(prepare, aws))
    if backup_account is not None:
        yield _tried(None, partial(_administrator, aws, backup_account))


def prepare_account(own: Aws, entered: Aws, account: str, roles: Roles) -> Iterator[Step]:
    """The roles of one account. `entered` reaches it through the role that Organizations makes in new accounts."""
    aws = own if account == own.caller() else entered
    yield _tried(account, partial(_service_role, aws, account))
    if account != own.caller():
        yield _tried(account, partial(_agent_role, aws, account, own.caller(), roles))


def _tried(account: str | None, prepare: Callable[[], str | None]) -> Step:
    try:
        return Step(account, done=prepare())
    except AwsProblem as problem:
        return Step(account, problem=str(problem))


def _all_features(aws: Aws) -> str | None:
    about = _organizations(aws, "DescribeOrganization")["Organization"]
    if about["FeatureSet"] == "ALL":
        return None
    _organizations(aws, "EnableAllFeatures")
    return "asked every account to enable all features of AWS Organizations; they must accept before policies work"


def _trusted_access(aws: Aws) -> str | None:
    place = aws.caller(), aws.region, "organizations"
    enabled = aws.pages(*place, "ListAWSServiceAccessForOrganization", "EnabledServicePrincipals")
    if any(item["ServicePrincipal"] == BACKUP_SERVICE for item in enabled):
        return None
    _organizations(aws, "EnableAWSServiceAccess", ServicePrincipal=BACKUP_SERVICE)
    return f"gave {BACKUP_SERVICE} trusted access"


def _policy_type(aws: Aws) -> str | None:
    root = OrganizationReader(aws).roots()[0]
    if any(item["Type"] == _POLICY_TYPE and item["Status"] == "ENABLED" for item in root.get("PolicyTypes", ())):
        return None
    _organizations(aws, "EnablePolicyType", RootId=root["Id"], PolicyType=_POLICY_TYPE)
    return "enabled backup policies"


def _administrator(aws: Aws, account: str) -> str | None:
    if account in OrganizationReader(aws).backup_administrators():
        return None
    _organizations(aws, "RegisterDelegatedAdministrator", AccountId=account, ServicePrincipal=BACKUP_SERVICE)
    return f"made {account} the delegated administrator for backup"


def _service_role(aws: Aws, account: str) -> str | None:
    trust = _trust({"Service": BACKUP_SERVICE})
    changed = _role(aws, account, _SERVICE_ROLE, _SERVICE_PATH, trust, "Role that AWS Backup assumes by default")
    partition = arns.partition_of(aws.region)
    wanted = {f"arn:{partition}:iam::aws:policy/{name}" for name in _SERVICE_POLICIES}
    listed = _iam(aws, account, "ListAttachedRolePolicies", RoleName=_SERVICE_ROLE)["AttachedPolicies"]
    missing = sorted(wanted - {item["PolicyArn"] for item in listed})
    attached = [arn for arn in missing if _attached(aws, account, arn)]
    if attached:
        changed = [*changed, f"attached {len(attached)} managed policies to it"]
    return ", ".join(changed) or None


def _attached(aws: Aws, account: str, arn: str) -> bool:
    """Attach a managed policy; one that does not exist in this partition is left out."""
    try:
        _iam(aws, account, "AttachRolePolicy", RoleName=_SERVICE_ROLE, PolicyArn=arn)
    except AwsProblem as problem:
        if problem.code != "NoSuchEntity":
            raise
        return False
    return True


def _agent_role(aws: Aws, account: str, management: str, roles: Roles) -> str | None:
    partition = arns.partition_of(aws.region)
    condition = {"StringEquals": {"sts:ExternalId": roles.external_id}} if roles.external_id else None
    trust = _trust({"AWS": f"arn:{partition}:iam::{management}:root"}, condition)
    path = f"/{roles.path.strip('/')}/".replace("//", "/")
    changed = _role(aws, account, roles.name, path, trust, "Role of the Backstay agent")
    wanted = _agent_policy(partition, account)
    try:
        found = _iam(aws, account, "GetRolePolicy", RoleName=roles.name, PolicyName=_AGENT_POLICY_NAME)
        same = normal.policy(_document(found["PolicyDocument"])) == normal.policy(wanted)
    except AwsProblem as problem:
        if problem.code != "NoSuchEntity":
            raise
        same = False
    if not same:
        members = {"RoleName": roles.name, "PolicyName": _AGENT_POLICY_NAME, "PolicyDocument": json.dumps(wanted)}
        _iam(aws, account, "PutRolePolicy", **members)
        changed = [*changed, "gave it its permissions"]
    return ", ".join(changed) or None


def _agent_policy(partition: str, account: str) -> dict[str, Any]:
    act = {"Effect": "Allow", "Action": list(_AGENT_ACTIONS), "Resource": "*"}
    hand_over = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": f"arn:{partition}:iam::{account}:role/*",
        "Condition": {"StringEquals": {"iam:PassedToService": BACKUP_SERVICE}},
    }
    return {"Version": "2012-10-17", "Statement": [act, hand_over]}


def _role(aws: Aws, account: str, name: str, path: str, trust: Mapping[str, Any], description: str) -> list[str]:
    """Make a role, or give an existing one the right trust; what was done."""
    members = {"RoleName": name, "AssumeRolePolicyDocument": json.dumps(trust)}
    try:
        found = _iam(aws, account, "GetRole", RoleName=name)["Role"]
    except AwsProblem as problem:
        if problem.code != "NoSuchEntity" or problem.operation != "GetRole":
            raise
        _iam(aws, account, "CreateRole", **members, Path=path, Description=description)
        return [f"made the role {path.lstrip('/')}{name}"]
    if normal.policy(_document(found["AssumeRolePolicyDocument"])) == normal.policy(trust):
        return []
    _iam(aws, account, "UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=json.dumps(trust))
    return [f"changed whom the role {name} trusts"]


def _trust(principal: Mapping[str, str], condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": dict(principal), "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": dict(condition)} if condition else {})]}


def _document(value: Any) -> Any:
    """A policy document as IAM gives it back: unfolded, or as text that may be percent-encoded."""
    return json.loads(unquote(value)) if isinstance(value, str) else value


def _organizations(aws: Aws, operation: str, **members: Any) -> dict[str, Any]:
    return aws.call(aws.caller(), aws.region, "organizations", operation, **members)


def _iam(aws: Aws, account: str, operation: str, **members: Any) -> dict[str, Any]:
    return aws.call(account, aws.region, "iam", operation, **members)
