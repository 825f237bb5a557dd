"""What somebody asked `org bootstrap` for, and what follows from it: the roles and policies as they should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from backstay_agent.permissions import Partition, policy
from backstay_aws import arns
from backstay_aws.backup_actions import BACKUP

Via = Literal["direct", "stackset"]
STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
POLICY_TYPE = "BACKUP_POLICY"
AGENT_POLICY = "backstay-agent"
SERVICE_ROLE = "service-role/AWSBackupDefaultServiceRole"
# What AWS Backup's console attaches to the default role, and S3's, which it does not (managed policy pages, 2026-11).
_SERVICE_POLICIES = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
)


@dataclass(frozen=True, slots=True)
class Wish:
    """How the organization shall be. `trust` is the principal that takes the agent's role (None: the management
    account's root), `units` the ids that stack sets are deployed to (none: the root), `accounts` the only ones that are
    looked at (none: all), `boundary` path and name of a managed policy in each account,
    `manages` whether the agent makes roles (those of `passes`) and keys that builds want.
    """

    via: Via = "direct"
    role: str = "backstay-agent"
    external_id: str | None = None
    trust: str | None = None
    boundary: str | None = None
    passes: tuple[str, ...] = ("*",)
    locks: bool = True
    manages: bool = False
    service_role: bool = True
    delegate: str | None = None
    delegate_stack_sets: bool = False
    cross_account: bool = True
    accounts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    stack_sets: str = "backstay"


@dataclass(frozen=True, slots=True)
class Role:
    """A role as it should be in an account. `exact`: its trust is this and nothing more."""

    path_and_name: str
    description: str
    trust: Mapping[str, Any]
    permissions: Mapping[str, Any] | None = None
    attach: tuple[str, ...] = ()
    boundary: str | None = None
    exact: bool = True

    @property
    def name(self) -> str:
        """The name without the path."""
        return self.path_and_name.rpartition("/")[2]

    @property
    def path(self) -> str:
        """The path, from slash to slash."""
        return f"/{self.path_and_name[: -len(self.name)]}"


def partition_of(region: str) -> Partition:
    """The partition that a Region belongs to, of those that the permissions know."""
    found = arns.partition_of(region)
    return next((one for one in get_args(Partition) if one == found), "aws")


def principal(wish: Wish, partition: str, management: str) -> str:
    """The ARN of whoever takes the agent's role."""
    return wish.trust or f"arn:{partition}:iam::{management}:root"


def home_of(wish: Wish, management: str) -> str:
    """The account of whoever takes the agent's role: there it needs none."""
    parsed = arns.parse(wish.trust) if wish.trust else None
    return parsed.account if parsed is not None and parsed.account else management


def agent_role(wish: Wish, partition: Partition, account: str, management: str) -> Role:
    """The agent's role in an account."""
    condition = {"StringEquals": {"sts:ExternalId": wish.external_id}} if wish.external_id else None
    boundary = f"arn:{partition}:iam::{account}:policy/{wish.boundary.strip('/')}" if wish.boundary else None
    return Role(
        wish.role.strip("/"),
        "Role of the Backstay agent",
        trust_in({"AWS": principal(wish, partition, management)}, condition),
        permissions(wish, partition, account, managing=account == management),
        boundary=boundary,
    )


def permissions(wish: Wish, partition: Partition, account: str, *, managing: bool = False) -> dict[str, Any]:
    """The inline policy of the agent's role; `managing`: in the management account, which is asked about all others."""
    return policy(
        "member",
        partition,
        account,
        passes=wish.passes,
        locks=wish.locks,
        managing=managing,
        manages=wish.manages,
    )


def service_role(partition: str) -> Role:
    """The role that AWS Backup takes by default; whom else it trusts is left to whoever said so."""
    attach = tuple(sorted(f"arn:{partition}:iam::aws:policy/{name}" for name in _SERVICE_POLICIES))
    trust = trust_in({"Service": BACKUP})
    return Role(SERVICE_ROLE, "Role that AWS Backup assumes by default", trust, attach=attach, exact=False)


def trust_in(who: Mapping[str, str], condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A trust policy that lets one principal take the role."""
    statement = {"Effect": "Allow", "Principal": dict(who), "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": dict(condition)} if condition else {})]}
