"""Service events that the tables of jobs and recovery points tell already: derived when somebody asks, never stored.

Source: developer guide "Logging AWS Backup API calls with CloudTrail", read 2026-11. Those of further families are in
`families`, which adds them to these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backstay_local.backup.rows import BackupJob, CopyJob, PlanVersion, RecoveryPoint, RestoreJob
from backstay_local.backup.state import Facts, State
from backstay_local.store import Table, moment

_PIECE = 200


@dataclass(frozen=True, slots=True)
class Span:
    """Whose events are asked for, and from when to when (both included)."""

    account: str
    region: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """One service event."""

    at: datetime
    subject: str
    """What it is about: an id, unique among the events of its source at that time."""
    name: str
    details: Facts
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Events that the rows of one table tell."""

    names: tuple[str, ...]
    events: Callable[[State, Span], Iterator[Happened]]
    """Newest first, and within one instant by subject."""


def newest(table: Table[Any], column: str, key: str, span: Span, condition: str, *arguments: Any) -> Iterator[Any]:
    """Rows with a time within the span, newest first, read a piece at a time."""
    last, mark = span.end, ""
    while True:
        sql = f"({condition}) AND {column} >= ? AND ({column} < ? OR ({column} = ? AND {key} > ?))"
        found = table.where(sql, *arguments, span.start, last, last, mark, order=f"{column} DESC, {key}", limit=_PIECE)
        yield from found
        if len(found) < _PIECE:
            return
        last, mark = getattr(found[-1], column), getattr(found[-1], key)


def of_rows(
    name: str,
    table: Callable[[State], Table[Any]],
    column: str,
    describe: Callable[[Any], tuple[str, Facts, tuple[str, ...]]],
    *,
    key: str = "id",
    where: str = "1 = 1",
) -> Source:
    """A source of one event for each row of a table, at the time in a column."""

    def events(state: State, span: Span) -> Iterator[Happened]:
        own = f"account = ? AND region = ? AND {where}"
        for row in newest(table(state), column, key, span, own, span.account, span.region):
            subject, details, resources = describe(row)
            yield Happened(getattr(row, column), subject, name, details, resources)

    return Source((name,), events)


def _backup(job: BackupJob, *, ended: bool) -> tuple[str, Facts, tuple[str, ...]]:
    facts: Facts = {
        "backupJobId": job.id,
        "state": job.state if ended else "RUNNING",
        "backupVaultName": job.vault_name,
        "backupVaultArn": job.vault_arn,
        "recoveryPointArn": job.point_arn,
        "resourceArn": job.resource_arn,
        "resourceType": job.resource_type,
        "creationDate": job.created,
        "completionDate": job.completed if ended else None,
        "backupSizeInBytes": job.size if ended else None,
        "iamRoleArn": job.role_arn,
        "statusMessage": job.message if ended else None,
    }
    return job.id, facts, (job.resource_arn, job.vault_arn, job.point_arn)


def _copy(job: CopyJob, *, ended: bool) -> tuple[str, Facts, tuple[str, ...]]:
    facts: Facts = {
        "copyJobId": job.id,
        "state": job.state if ended else "RUNNING",
        "sourceBackupVaultArn": job.source_vault_arn,
        "sourceRecoveryPointArn": job.source_point_arn,
        "destinationBackupVaultArn": job.target_vault_arn,
        "destinationRecoveryPointArn": job.target_point_arn if ended else None,
        "resourceArn": job.resource_arn,
        "resourceType": job.resource_type,
        "creationDate": job.created,
        "completionDate": job.completed if ended else None,
        "iamRoleArn": job.role_arn,
        "statusMessage": job.message if ended else None,
    }
    return job.id, facts, (job.source_point_arn, job.target_vault_arn)


def _restore(job: RestoreJob, *, ended: bool) -> tuple[str, Facts, tuple[str, ...]]:
    facts: Facts = {
        "restoreJobId": job.id,
        "state": job.status if ended else "RUNNING",
        "recoveryPointArn": job.point_arn,
        "createdResourceArn": job.created_resource_arn if ended else None,
        "resourceType": job.resource_type,
        "creationDate": job.created,
        "completionDate": job.completed if ended else None,
        "iamRoleArn": job.role_arn,
        "statusMessage": job.message if ended else None,
    }
    return job.id, facts, (job.point_arn,)


def point_facts(point: RecoveryPoint) -> Facts:
    """What a service event tells about a recovery point."""
    return {
        "recoveryPointArn": point.arn,
        "backupVaultName": point.vault_name,
        "backupVaultArn": point.vault_arn,
        "resourceArn": point.resource_arn,
        "resourceType": point.resource_type,
        "creationDate": point.created,
        "completionDate": point.completed,
        "backupSizeInBytes": point.size,
        "iamRoleArn": point.role_arn,
        "storageClass": point.storage_class,
    }


def _made(job: BackupJob) -> tuple[str, Facts, tuple[str, ...]]:
    """The recovery point of a backup: the job is remembered longer than it."""
    facts: Facts = {
        "recoveryPointArn": job.point_arn,
        "backupVaultName": job.vault_name,
        "backupVaultArn": job.vault_arn,
        "resourceArn": job.resource_arn,
        "resourceType": job.resource_type,
        "creationDate": job.created,
        "completionDate": job.completed,
        "backupSizeInBytes": job.size,
        "iamRoleArn": job.role_arn,
    }
    return job.id, facts, (job.point_arn, job.vault_arn, job.resource_arn)


def _point(point: RecoveryPoint) -> tuple[str, Facts, tuple[str, ...]]:
    return point.arn, point_facts(point), (point.arn, point.vault_arn, point.resource_arn)


def _arrivals(state: State, span: Span) -> Iterator[Happened]:
    """Recovery points that copies made, where they arrived."""
    vaults = f"arn:%:backup:{span.region}:{span.account}:backup-vault:%"
    arrived = "state = 'COMPLETED' AND target_vault_arn LIKE ?"
    for job in newest(state.tables.copy_jobs, "completed", "id", span, arrived, vaults):
        facts: Facts = {
            "recoveryPointArn": job.target_point_arn,
            "backupVaultArn": job.target_vault_arn,
            "resourceArn": job.resource_arn,
            "resourceType": job.resource_type,
            "completionDate": job.completed,
            "backupSizeInBytes": job.size,
        }
        named = (job.target_point_arn, job.target_vault_arn, job.resource_arn)
        yield Happened(job.completed, job.id, "RecoveryPointCreated", facts, named)


def _matchings(state: State, span: Span) -> Iterator[Happened]:
    """ProcessBackupPlanSelection: the runs of rules that made jobs, one for each rule and time."""
    rows = state.store.query(
        "SELECT DISTINCT scheduled, json_extract(created_by, '$.BackupPlanId'), "
        "json_extract(created_by, '$.BackupRuleId') FROM backup_jobs WHERE account = ? AND region = ? "
        "AND created_by IS NOT NULL AND scheduled >= ? AND scheduled <= ? ORDER BY 1 DESC, 2, 3",
        [span.account, span.region, span.start, span.end],
    )
    for at, plan, rule in rows:
        details = {"backupPlanId": plan, "backupRuleId": rule}
        yield Happened(moment(at), f"{plan}/{rule}", "ProcessBackupPlanSelection", details, (plan,))


def _organizational(state: State, span: Span) -> Iterator[Happened]:
    """Plans that backup policies made and changed; a version after a deletion makes the plan anew."""
    versions = state.tables.versions
    for row in newest(versions, "created", "plan_id", span, _MANAGED, span.account, span.region):
        before = versions.first("plan_id = ? AND sort > ?", row.plan_id, row.sort, order="sort")
        fresh = before is None or before.deleted is not None
        name = "CreateOrganizationalBackupPlan" if fresh else "UpdateOrganizationalBackupPlan"
        yield _of_version(name, row, row.created)


def _organizational_ends(state: State, span: Span) -> Iterator[Happened]:
    for row in newest(state.tables.versions, "deleted", "plan_id", span, _MANAGED, span.account, span.region):
        yield _of_version("DeleteOrganizationalBackupPlan", row, row.deleted)


def _of_version(name: str, row: PlanVersion, at: datetime) -> Happened:
    details = {"backupPlanId": row.plan_id, "backupPlanVersionId": row.version}
    return Happened(at, row.plan_id, name, details | {"backupPlanName": row.body["BackupPlanName"]}, (row.plan_id,))


_MANAGED = "plan_id IN (SELECT id FROM plans WHERE account = ? AND region = ? AND id LIKE 'orgs/%')"


SOURCES: tuple[Source, ...] = (
    of_rows("BackupJobStarted", lambda s: s.tables.backup_jobs, "initiated", lambda row: _backup(row, ended=False)),
    of_rows("BackupJobCompleted", lambda s: s.tables.backup_jobs, "completed", lambda row: _backup(row, ended=True)),
    of_rows("CopyJobStarted", lambda s: s.tables.copy_jobs, "initiated", lambda row: _copy(row, ended=False)),
    of_rows("CopyJobCompleted", lambda s: s.tables.copy_jobs, "completed", lambda row: _copy(row, ended=True)),
    of_rows("RestoreStarted", lambda s: s.tables.restore_jobs, "started", lambda row: _restore(row, ended=False)),
    of_rows("RestoreCompleted", lambda s: s.tables.restore_jobs, "completed", lambda row: _restore(row, ended=True)),
    of_rows("RecoveryPointCreated", lambda s: s.tables.backup_jobs, "completed", _made, where="state = 'COMPLETED'"),
    Source(("RecoveryPointCreated",), _arrivals),
    of_rows(
        "BackupTransitionedToCold",
        lambda s: s.tables.points,
        "cold_at",
        _point,
        key="arn",
        where="storage_class = 'COLD'",
    ),
    Source(("ProcessBackupPlanSelection",), _matchings),
    Source(("CreateOrganizationalBackupPlan", "UpdateOrganizationalBackupPlan"), _organizational),
    Source(("DeleteOrganizationalBackupPlan",), _organizational_ends),
)
"""Where the service events of plans, jobs and recovery points come from."""
