"""The page that sets Prowler's checks of backup beside our controls: what each asks, and what both say of one state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

VERSION = "5.46.0"
IN_PLAN = "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN"
ENCRYPTED = "BACKUP_RECOVERY_POINT_ENCRYPTED"


@dataclass(frozen=True, slots=True)
class Row:
    """One check of Prowler's: what it asks, which of our controls asks the like, and why they differ."""

    check: str
    asks: str
    control: str | None
    why: str


ROWS = (
    Row(
        "backup_vaults_exist",
        "whether the account has any vault in any Region (AWS's own included)",
        None,
        "That something exists protects nothing. Ours ask for every resource, and for every vault that the build "
        "promises (`vault-lock-as-promised`).",
    ),
    Row(
        "backup_vaults_encrypted",
        "whether a vault names a key",
        None,
        "AWS Backup encrypts every vault, under its own key at least: the check cannot fail, so we have none.",
    ),
    Row(
        "backup_plans_exist",
        "whether the account has any plan in any Region",
        None,
        "As for vaults; `plan-as-promised` asks for every plan of the build, rule by rule.",
    ),
    Row(
        "backup_reportplans_exist",
        "whether the account has any report plan, if it has a plan",
        None,
        "An audit needs none: it reads by itself. A build can make report plans, and `backstay plan` tells when one is "
        "missing.",
    ),
    Row(
        "backup_recovery_point_encrypted",
        "whether a recovery point is encrypted",
        ENCRYPTED,
        "The same question to the same answer of AWS; ours names the recovery point by its ARN.",
    ),
    Row(
        "dynamodb_table_protected_by_backup_plan",
        "whether a selection names the table's ARN, `arn:aws:dynamodb:*:*:table/*` or `*`",
        IN_PLAN,
        "Prowler reads no tags, conditions and exclusions of a selection, so a table that a plan takes by its tag "
        "fails, and with a `*` in any selection every table passes. Ours takes what AWS would take. `bare` never had a "
        "tag: the tagging service does not know it, and so neither does the audit (`--inventory` names it).",
    ),
    Row(
        "rds_instance_protected_by_backup_plan",
        "whether a selection names the instance's ARN, `arn:aws:rds:*:*:instance:*` or `*`",
        IN_PLAN,
        "As for tables. The ARN of an instance says `db:`, so the pattern that Prowler asks for takes no instance.",
    ),
    Row(
        "rds_cluster_protected_by_backup_plan",
        "whether a selection names the cluster's ARN, `arn:aws:rds:*:*:cluster:*` or `*`",
        IN_PLAN,
        "As for tables; a selection by that very pattern is read alike.",
    ),
    Row(
        "ec2_ebs_volume_protected_by_backup_plan",
        "whether a selection names the volume's ARN, `arn:aws:ec2:*:*:volume/*` or `*`",
        IN_PLAN,
        "As for tables.",
    ),
    Row(
        "efs_have_backup_enabled",
        "whether the file system's own setting for automatic backups is on",
        IN_PLAN,
        "Another question: that setting puts the file system into a plan of AWS's making. Ours asks for any plan, "
        "whoever made it, so the two differ where a plan of yours takes the file system.",
    ),
)

HEAD = f"""# Prowler's checks beside ours

[Prowler](https://github.com/prowler-cloud/prowler) has checks about backups. This page sets them beside the controls of
[`backstay audit`](agent.md#audit): both were put to the same account of the embedded AWS, and each difference is
explained. `make test-long` runs Prowler {VERSION} and the audit again and compares the page with what came out.

The account has one plan, in one Region. It takes the table `named` and all database clusters by ARN, and by a tag what
is tagged `backup=daily`: the table `tagged`, the database `ledger`, the file system. In the second state one more
selection says `*`, under the condition that a resource is tagged `backup=gold`, which none is.
"""

TAIL = """
What Prowler does not ask: whether recovery points are recent, long-lived enough, copied, locked or restorable; whether
locks and plans are what the policies say; whether each requirement is met. What ours do not ask: the automated backups
of single services outside AWS Backup (`rds_instance_backup_enabled`, `documentdb_cluster_backup_enabled`,
`neptune_cluster_backup_enabled`, `elasticache_redis_cluster_backup_enabled`), which Prowler checks too.
"""

Verdicts = Mapping[str, str]
"""Statuses by resource."""


def page(states: Sequence[tuple[str, Mapping[str, Verdicts], Mapping[str, Verdicts]]]) -> str:
    """The page: for each state its name, Prowler's verdicts by check, and ours by check."""
    parts = [HEAD]
    for name, theirs, ours in states:
        parts.append(f"\n## {name}\n\n| check | Prowler | Backstay |\n|---|---|---|\n")
        parts += [_row(row, theirs, ours) for row in ROWS]
    parts.append("\n## What each asks\n\n| check | asks | control | difference |\n|---|---|---|---|\n")
    parts += [f"| `{row.check}` | {row.asks} | {_control(row.control)} | {row.why} |\n" for row in ROWS]
    return "".join([*parts, TAIL])


def _row(row: Row, theirs: Mapping[str, Verdicts], ours: Mapping[str, Verdicts]) -> str:
    return f"| `{row.check}` | {_told(theirs.get(row.check, {}))} | {_told(ours.get(row.check, {}))} |\n"


def _control(name: str | None) -> str:
    return f"`{name}`" if name else "none"


def _told(verdicts: Verdicts) -> str:
    by_status: dict[str, list[str]] = {}
    for resource, status in sorted(verdicts.items()):
        by_status.setdefault(status, []).append(resource)
    return "; ".join(f"{status}: {', '.join(names)}" for status, names in sorted(by_status.items())) or "–"
