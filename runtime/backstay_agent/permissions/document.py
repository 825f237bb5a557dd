"""IAM policies for those who run Backstay and for the roles that it takes, put together from the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, assert_never, get_args

from backstay_agent.observed import OWNER_TAG
from backstay_agent.permissions.actions import Grant, On, When, grants
from backstay_agent.permissions.operations import (
    MANAGEMENT_ONLY,
    ON_REQUEST,
    OPERATIONS,
    ORGANIZATION_POLICIES,
    PUBLISH,
    in_members,
    of_commands,
)
from backstay_aws.backup_actions import BACKUP, RESTORE_TESTING

Kind = Literal["member", "member-read", "management", "runner"]
"""Whose policy: the agent's role in an account, the same that only looks, whoever prepares the organization, and
whoever runs the agent and enters the accounts from outside."""

Partition = Literal["aws", "aws-us-gov", "aws-cn"]
KINDS: tuple[Kind, ...] = get_args(Kind)
READING = ("audit", "doctor", "dump", "inventory-pull", "plan")
"""The commands that change nothing in accounts."""
ORGANIZING = ("org-bootstrap", "org-pull")
"""The commands that prepare or read the organization itself."""

_MARK = "backstay:restore-test"
"""The tag that restore tests put on what they made; jobs.testing.clean sets it."""
_TEST_NAMES = (
    "arn:{p}:dynamodb:*:{a}:table/backstay-restore-test-*",
    "arn:{p}:rds:*:{a}:cluster:backstay-restore-test-*",
    "arn:{p}:rds:*:{a}:db:backstay-restore-test-*",
    "arn:{p}:s3:::backstay-restore-test-*",
)
"""How restore tests name what they make; jobs.work chooses these names."""
_RUNNING = tuple(name for name in OPERATIONS if name not in (*ORGANIZING, *ON_REQUEST))
_MANAGED = "apply-managed"
_OF_NAMED_ROLES: frozenset[When] = frozenset({"made role", "our role", "attached to our role"})
ENTRY_ROLE = "OrganizationAccountAccessRole"
_SERVICE_ROLE = "service-role/AWSBackupDefaultServiceRole"
_STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
# What can make a vault that nobody can unlock any more; air-gapped vaults are locked from their creation on.
_LOCKS = frozenset({"backup:CreateLogicallyAirGappedBackupVault", "backup:PutBackupVaultLockConfiguration"})
_VIA: Mapping[When, str] = MappingProxyType(
    {"through backup": "backup", "through s3": "s3", "through dynamodb": "dynamodb"}
)


def policy(
    kind: Kind,
    partition: Partition = "aws",
    account: str = "*",
    *,
    role: str | None = None,
    agent_role: str = "backstay-agent",
    commands: Sequence[str] = (),
    passes: Sequence[str] = ("*",),
    locks: bool = True,
    managing: bool = False,
    manages: bool = False,
) -> dict[str, Any]:
    """The IAM policy of a kind, in a partition and an account (`*`: any, for a policy that is used in many).

    `role` is path and name of the role by which accounts are entered (None: the agent's; to prepare them, the one that
    Organizations makes), `agent_role` that of the agent's. `commands` narrow the policy down to what some commands call
    (KeyError for one that is not there), and `passes` are paths and names of the roles that AWS Backup may be given.
    Without `locks` the policy never lets a vault be locked. `managing`: the role is in the management account, and
    answers for the organization, too. `manages`: it makes and changes roles and keys besides, as builds may want. Roles
    are made and changed only where `passes` names them: never just any role.
    """
    enter = role or (ENTRY_ROLE if kind == "management" else agent_role)
    passed = tuple(one.strip("/") for one in passes)
    names = _Names(partition, account, enter.strip("/"), agent_role.strip("/"), passed)
    groups = _groups(kind, _commands(kind, commands, manages), locks, managing, passes == ("*",))
    return {"Version": "2012-10-17", "Statement": [_statement(*place, actions, names) for place, actions in groups]}


def _commands(kind: Kind, commands: Sequence[str], manages: bool) -> tuple[str, ...]:
    """The commands that a policy is for; none: those of its kind."""
    return (*(commands or _RUNNING), _MANAGED) if manages and kind == "member" else tuple(commands)


@cache
def _groups(
    kind: Kind, commands: tuple[str, ...], locks: bool, managing: bool, any_role: bool
) -> tuple[tuple[tuple[str, On, When], tuple[str, ...]], ...]:
    """The actions of each statement; they are the same in every account."""
    wanted = _wanted(kind, commands) | (_ORGANIZATION if managing else frozenset())
    preparing = kind == "management" or (bool(commands) and set(commands) <= set(ORGANIZING))
    asked = {grant for operation in wanted for grant in grants(operation, preparing=preparing)}
    every = {
        grant
        for grant in asked
        if (locks or grant.action not in _LOCKS) and not (any_role and grant.when in _OF_NAMED_ROLES)
    }
    statements: dict[tuple[str, On, When], list[str]] = {}
    for grant in sorted(every):
        statements.setdefault((_sid(grant), grant.on, grant.when), []).append(grant.action)
    ordered = sorted(statements.items(), key=lambda item: (_ORDER.index(item[0][0]), item[0]))
    return tuple((place, tuple(actions)) for place, actions in ordered)


def _wanted(kind: Kind, commands: Sequence[str]) -> frozenset[str]:
    match kind:
        case "member":
            return frozenset(in_members(of_commands(*(commands or _RUNNING))))
        case "member-read":
            return frozenset(in_members(of_commands(*(commands or READING))))
        case "management":
            return of_commands(*(commands or ORGANIZING))
        case "runner":
            chosen = of_commands(*(commands or _RUNNING))
            return frozenset(name for name in chosen if name in _RUNNER or name.startswith(_OF_ORGANIZATION))
        case _:
            assert_never(kind)


_ORGANIZATION = MANAGEMENT_ONLY | ORGANIZATION_POLICIES | {"organizations:ListAccounts"}
# What is called with the runner's own credentials, wherever it runs: AWS Backup is asked for the time.
_RUNNER = (
    _ORGANIZATION
    | {"sts:AssumeRole", "sts:GetCallerIdentity", "backup:ListBackupVaults", "ec2:DescribeRegions"}
    | {PUBLISH}
)
_OF_ORGANIZATION = ("organizations:", "account:")

_ORDER = (
    "Look",
    "Act",
    "Vaults",
    "LockVaults",
    "Plans",
    "BackupResources",
    "PassRoles",
    "PassRolesToTests",
    "MakeRoles",
    "ChangeRoles",
    "AttachToRoles",
    "MakeKeys",
    "ChangeKeys",
    "ServiceLinkedRoles",
    "RoleOfStackSets",
    "PrepareRoles",
    "StackSets",
    "Services",
    "PolicyType",
    "KeysOfVaults",
    "KeysOfBuckets",
    "KeysOfTables",
    "RestoreTests",
    "MarkedRestoreTests",
    "MarkRestoreTests",
    "EnterAccounts",
)


def _sid(grant: Grant) -> str:
    if grant.action in _LOCKS:
        return "LockVaults"
    if grant.when != "":
        return _UNDER[grant.when]
    return "Act" if grant.on == "*" and not _only_looks(grant.action) else _SIDS[grant.on]


_UNDER: Mapping[When, str] = MappingProxyType(
    {
        "through backup": "KeysOfVaults",
        "through s3": "KeysOfBuckets",
        "through dynamodb": "KeysOfTables",
        "passed": "PassRoles",
        "tested": "PassRolesToTests",
        "made role": "MakeRoles",
        "our role": "ChangeRoles",
        "attached to our role": "AttachToRoles",
        "made key": "MakeKeys",
        "our key": "ChangeKeys",
        "linked to backup": "ServiceLinkedRoles",
        "linked to stack sets": "RoleOfStackSets",
        "of our services": "Services",
        "of backup policies": "PolicyType",
        "marked": "MarkedRestoreTests",
        "marking": "MarkRestoreTests",
    }
)
"""The statement of a permission by its condition; a test holds that each condition has one."""
_SIDS: Mapping[On, str] = MappingProxyType(
    {
        "*": "Look",
        "vaults": "Vaults",
        "plans": "Plans",
        "backup": "BackupResources",
        "roles": "PassRoles",
        "role of backup": "ServiceLinkedRoles",
        "role of stack sets": "RoleOfStackSets",
        "entered roles": "EnterAccounts",
        "restore tests": "RestoreTests",
        "made roles": "PrepareRoles",
        "stack sets": "StackSets",
    }
)


def _only_looks(action: str) -> bool:
    return action.partition(":")[2].startswith(("Describe", "Get", "List", "Lookup", "Scan"))


@dataclass(frozen=True, slots=True)
class _Names:
    """What the resources of a policy are called."""

    partition: str
    account: str
    entered: str
    made: str
    passes: tuple[str, ...]

    def resources(self, on: On) -> str | list[str]:
        """The ARNs that a permission is for."""
        backup, iam = f"arn:{self.partition}:backup:*:{self.account}", f"arn:{self.partition}:iam::{self.account}"
        match on:
            case "*":
                return "*"
            case "vaults":
                return f"{backup}:backup-vault:*"
            case "plans":
                return f"{backup}:backup-plan:*"
            case "backup":
                return f"{backup}:*"
            case "roles":
                return [f"{iam}:role/{one}" for one in sorted(self.passes)]
            case "restore tests":
                return [form.format(p=self.partition, a=self.account) for form in _TEST_NAMES]
            case "role of backup":
                return f"{iam}:role/aws-service-role/{BACKUP}/AWSServiceRoleForBackup*"
            case "role of stack sets":
                return f"{iam}:role/aws-service-role/*stacksets.cloudformation.amazonaws.com/*"
            case "entered roles":
                return f"arn:{self.partition}:iam::*:role/{self.entered}"
            case "made roles":
                return [f"{iam}:role/{self.made}", f"{iam}:role/{_SERVICE_ROLE}"]
            case "stack sets":
                here = f"arn:{self.partition}:cloudformation:*:{self.account}"
                kinds = f"arn:{self.partition}:cloudformation:*::type/resource/AWS-IAM-Role"
                return [f"{here}:stackset/*:*", f"{here}:stackset-target/*", kinds]
            case _:
                assert_never(on)

    def condition(self, when: When) -> dict[str, Any] | None:
        """The condition of a permission; None where it has none."""
        match when:
            case "":
                return None
            case "passed":
                return {"StringEquals": {"iam:PassedToService": BACKUP}}
            case "tested":
                return {"StringEquals": {"iam:PassedToService": RESTORE_TESTING}}
            case "made role" | "made key" | "marking":
                return {"Null": {f"aws:RequestTag/{_MARK if when == 'marking' else OWNER_TAG}": "false"}}
            case "our role" | "our key" | "marked":
                return {"Null": {f"aws:ResourceTag/{_MARK if when == 'marked' else OWNER_TAG}": "false"}}
            case "attached to our role":
                names = (f"{one}AWSBackupServiceRolePolicy*" for one in ("", "service-role/"))
                policies = [f"arn:{self.partition}:iam::aws:policy/{name}" for name in names]
                return {"Null": {f"aws:ResourceTag/{OWNER_TAG}": "false"}, "ArnLike": {"iam:PolicyARN": policies}}
            case "linked to backup":
                return {"StringEquals": {"iam:AWSServiceName": BACKUP}}
            case "linked to stack sets":
                return {"StringLike": {"iam:AWSServiceName": "*stacksets.cloudformation.amazonaws.com"}}
            case "of our services":
                return {"StringEquals": {"organizations:ServicePrincipal": [BACKUP, _STACK_SETS]}}
            case "of backup policies":
                return {"StringEquals": {"organizations:PolicyType": "BACKUP_POLICY"}}
            case "through backup" | "through s3" | "through dynamodb":
                suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
                return {"StringLike": {"kms:ViaService": f"{_VIA[when]}.*.{suffix}"}}
            case _:
                assert_never(when)


def _statement(sid: str, on: On, when: When, actions: Sequence[str], names: _Names) -> dict[str, Any]:
    condition = names.condition(when)
    whole = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": names.resources(on)}
    return whole | ({"Condition": condition} if condition else {})
