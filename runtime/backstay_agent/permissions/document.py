"""IAM policies for those who run Backstay and for the roles that it takes, put together from the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, assert_never, get_args

from backstay_agent.permissions.actions import Grant, On, When, grants
from backstay_agent.permissions.operations import MANAGEMENT_ONLY, OPERATIONS, in_members, of_commands
from backstay_aws.backup_actions import BACKUP

Kind = Literal["member", "member-read", "management", "runner"]
"""Whose policy: the agent's role in an account, the same that only looks, whoever prepares the organization, and
whoever runs the agent and enters the accounts from outside."""

Partition = Literal["aws", "aws-us-gov", "aws-cn"]
KINDS: tuple[Kind, ...] = get_args(Kind)
READING = ("audit", "plan")
"""The commands that change nothing in accounts."""
ORGANIZING = ("org-pull",)
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
_LOCK = "backup:PutBackupVaultLockConfiguration"
_VIA: Mapping[When, str] = MappingProxyType(
    {"through backup": "backup", "through s3": "s3", "through dynamodb": "dynamodb"}
)


def policy(
    kind: Kind,
    partition: Partition = "aws",
    account: str = "*",
    *,
    role: str = "backstay-agent",
    commands: Sequence[str] = (),
    passes: Sequence[str] = ("*",),
) -> dict[str, Any]:
    """The IAM policy of a kind, in a partition and an account (`*`: any, for a policy that is used in many).

    `role` is path and name of the role that is entered, `commands` narrow the policy down to what some commands call
    (KeyError for one that is not there), and `passes` are paths and names of the roles that AWS Backup may be given.
    """
    wanted = _wanted(kind, commands)
    every = {grant for operation in wanted for grant in grants(operation)}
    names = _Names(partition, account, role.strip("/"), tuple(one.strip("/") for one in passes))
    statements: dict[tuple[str, On, When], list[str]] = {}
    for grant in sorted(every):
        statements.setdefault((_sid(grant), grant.on, grant.when), []).append(grant.action)
    ordered = sorted(statements.items(), key=lambda item: (_ORDER.index(item[0][0]), item[0]))
    return {"Version": "2012-10-17", "Statement": [_statement(*place, actions, names) for place, actions in ordered]}


def _wanted(kind: Kind, commands: Sequence[str]) -> frozenset[str]:
    match kind:
        case "member":
            return frozenset(in_members(of_commands(*(commands or OPERATIONS))))
        case "member-read":
            return frozenset(in_members(of_commands(*(commands or READING))))
        case "management":
            return of_commands(*(commands or ORGANIZING))
        case "runner":
            chosen = of_commands(*(commands or [name for name in OPERATIONS if name not in ORGANIZING]))
            return chosen & (_RUNNER | MANAGEMENT_ONLY)
        case _:
            assert_never(kind)


# What is called with the runner's own credentials, wherever it runs: AWS Backup is asked for the time.
_RUNNER = frozenset(
    {"organizations:ListAccounts", "sts:AssumeRole", "sts:GetCallerIdentity", "backup:ListBackupVaults"}
)

_ORDER = (
    "Look",
    "Act",
    "Vaults",
    "LockVaults",
    "Plans",
    "BackupResources",
    "PassRoles",
    "ServiceLinkedRoles",
    "KeysOfVaults",
    "KeysOfBuckets",
    "KeysOfTables",
    "RestoreTests",
    "MarkedRestoreTests",
    "MarkRestoreTests",
    "EnterAccounts",
)


def _sid(grant: Grant) -> str:
    if grant.action == _LOCK:
        return "LockVaults"
    match grant.when:
        case "through backup":
            return "KeysOfVaults"
        case "through s3":
            return "KeysOfBuckets"
        case "through dynamodb":
            return "KeysOfTables"
        case "passed":
            return "PassRoles"
        case "linked":
            return "ServiceLinkedRoles"
        case "marked":
            return "MarkedRestoreTests"
        case "marking":
            return "MarkRestoreTests"
        case "":
            return "Act" if grant.on == "*" and not _only_looks(grant.action) else _SIDS[grant.on]
        case _:
            assert_never(grant.when)


_SIDS: Mapping[On, str] = MappingProxyType(
    {
        "*": "Look",
        "vaults": "Vaults",
        "plans": "Plans",
        "backup": "BackupResources",
        "roles": "PassRoles",
        "service-linked roles": "ServiceLinkedRoles",
        "entered roles": "EnterAccounts",
        "restore tests": "RestoreTests",
    }
)


def _only_looks(action: str) -> bool:
    return action.partition(":")[2].startswith(("Describe", "Get", "List", "Scan"))


@dataclass(frozen=True, slots=True)
class _Names:
    """What the resources of a policy are called."""

    partition: str
    account: str
    role: str
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
            case "service-linked roles":
                return f"{iam}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup*"
            case "restore tests":
                return [form.format(p=self.partition, a=self.account) for form in _TEST_NAMES]
            case "entered roles":
                return f"arn:{self.partition}:iam::*:role/{self.role}"
            case _:
                assert_never(on)

    def condition(self, when: When) -> dict[str, Any] | None:
        """The condition of a permission; None where it has none."""
        match when:
            case "":
                return None
            case "passed":
                return {"StringEquals": {"iam:PassedToService": BACKUP}}
            case "linked":
                return {"StringEquals": {"iam:AWSServiceName": BACKUP}}
            case "marked":
                return {"Null": {f"aws:ResourceTag/{_MARK}": "false"}}
            case "marking":
                return {"Null": {f"aws:RequestTag/{_MARK}": "false"}}
            case "through backup" | "through s3" | "through dynamodb":
                suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
                return {"StringLike": {"kms:ViaService": f"{_VIA[when]}.*.{suffix}"}}
            case _:
                assert_never(when)


def _statement(sid: str, on: On, when: When, actions: Sequence[str], names: _Names) -> dict[str, Any]:
    condition = names.condition(when)
    whole = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": names.resources(on)}
    return whole | ({"Condition": condition} if condition else {})
