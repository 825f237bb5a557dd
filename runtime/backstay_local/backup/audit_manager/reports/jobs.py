"""The rows of reports about jobs: those that ended in the time of the report, and those that were active."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

from backstay_aws import catalog
from backstay_local.backup import backup_runs, locks
from backstay_local.backup.audit_manager.reports.render import Row
from backstay_local.backup.audit_manager.reports.subject import Subject
from backstay_local.backup.rows import BackupJob, CopyJob, Json, RestoreJob
from backstay_local.backup.scans.rows import ScanJob
from backstay_local.backup.state import State
from backstay_local.backup.times import iso
from backstay_local.store import Table

Job = TypeVar("Job", BackupJob, CopyJob, RestoreJob, ScanJob)


def backups(state: State, subject: Subject) -> Iterator[Row]:
    """The rows of BACKUP_JOB_REPORT."""
    for job in _jobs(state.tables.backup_jobs, subject):
        yield {
            **_period(subject, job),
            "backupJobId": job.id,
            "jobStatus": job.state,
            "statusMessage": job.message,
            "resourceType": job.resource_type,
            "resourceArn": job.resource_arn,
            "resourceName": job.resource_name,
            "initiationDate": iso(job.initiated),
            **_plan(job.created_by),
            "startWindowEnd": iso(job.start_by),
            **_family(job, job.options),
            "creationDate": iso(job.created),
            "completionDate": iso(job.completed),
            "recoveryPointArn": job.point_arn if job.state in backup_runs.DONE else None,
            "jobRunTime": _run_time(job.initiated, job.completed),
            "backupSizeInBytes": job.size,
            "backupVaultName": job.vault_name,
            "backupVaultArn": job.vault_arn,
            **_vault(state, job.vault_arn, job.region),
            "isEncrypted": job.encrypted if job.state in backup_runs.DONE else None,
            "encryptionKeyArn": job.key_arn,
            **_lifecycle(job.lifecycle),
            "iamRoleArn": job.role_arn,
        }


def copies(state: State, subject: Subject) -> Iterator[Row]:
    """The rows of COPY_JOB_REPORT; vault and encryption are those of the destination."""
    for job in _jobs(state.tables.copy_jobs, subject):
        made = state.tables.points.get(job.target_point_arn)
        yield {
            **_period(subject, job),
            "copyJobId": job.id,
            "jobStatus": job.state,
            "statusMessage": job.message,
            "jobRunTime": _run_time(job.initiated, job.completed),
            "resourceType": job.resource_type,
            "resourceArn": job.resource_arn,
            "resourceName": job.resource_name,
            "initiationDate": iso(job.initiated),
            **_plan(job.created_by),
            **_family(job, {}),
            "creationDate": iso(job.created),
            "completionDate": iso(job.completed),
            "backupSizeInBytes": job.size,
            "sourceRecoveryPointArn": job.source_point_arn,
            "sourceBackupVaultArn": job.source_vault_arn,
            "destinationRecoveryPointArn": job.target_point_arn if job.state in backup_runs.DONE else None,
            "destinationBackupVaultArn": job.target_vault_arn,
            **_vault(state, job.target_vault_arn, job.region),
            "isEncrypted": made.encrypted if made else None,
            "encryptionKeyArn": made.key_arn if made else None,
            **_lifecycle(job.lifecycle),
            "iamRoleArn": job.role_arn,
        }


def restores(state: State, subject: Subject) -> Iterator[Row]:
    """The rows of RESTORE_JOB_REPORT; plan, vault, encryption and lifecycle are those of the recovery point."""
    for job in _jobs(state.tables.restore_jobs, subject):
        point = state.tables.points.get(job.point_arn)
        yield {
            "reportTimePeriod": f"{subject.start} - {subject.end}",
            "accountId": job.account,
            "region": job.region,
            "restoreJobId": job.id,
            "jobStatus": job.status,
            "statusMessage": job.message,
            "recoveryPointArn": job.point_arn,
            "resourceName": point.resource_name if point else None,
            "initiationDate": iso(job.started),
            **_plan(point.created_by if point else None),
            **_family(job, {}),
            **_vault(state, job.vault_arn, job.region),
            "isEncrypted": point.encrypted if point else None,
            "encryptionKeyArn": point.key_arn if point else None,
            **_lifecycle(point.lifecycle if point else {}),
            "sourceResourceArn": job.resource_arn,
            "backupVaultArn": job.vault_arn,
            "creationDate": iso(job.created),
            "backupSizeInBytes": job.size,
            "percentDone": "100.00%" if job.status == "COMPLETED" else "0.00%",
            "iamRoleArn": job.role_arn,
        }


def scans(state: State, subject: Subject) -> Iterator[Row]:
    """The rows of SCAN_JOB_REPORT."""
    for job in _jobs(state.tables.scans.jobs, subject):
        yield {
            **_period(subject, job),
            "scanJobId": job.id,
            "scanId": job.scan_id,
            "malwareScanner": job.scanner,
            "jobStatus": job.state,
            "scanResultStatus": job.result,
            "statusMessage": job.message,
            "resourceType": job.resource_type,
            "resourceArn": job.resource_arn,
            "backupPlanArn": (job.created_by or {}).get("BackupPlanArn"),
            "creationDate": iso(job.created),
            "recoveryPointArn": job.point_arn,
            "backupVaultName": job.vault_name,
            "backupVaultArn": job.vault_arn,
            "iamRoleArn": job.role_arn,
            "scannerRoleArn": job.scanner_role_arn,
        }


def _jobs(table: Table[Job], subject: Subject) -> Iterator[Job]:
    """The jobs that ended in the time of a report or were active at its end, and all that still are; oldest first."""
    condition = "account = ? AND region = ? AND (completed IS NULL OR (completed >= ? AND created < ?))"
    for account, region in subject.places():
        yield from table.where(condition, account, region, subject.since, subject.until, order="sort DESC")


def _period(subject: Subject, job: BackupJob | CopyJob | ScanJob) -> Row:
    return {
        "reportTimePeriodStart": subject.start,
        "reportTimePeriodEnd": subject.end,
        "accountId": job.account,
        "region": job.region,
    }


def _plan(created_by: Json | None) -> Row:
    by = created_by or {}
    return {
        "backupPlanArn": by.get("BackupPlanArn"),
        "backupRuleId": by.get("BackupRuleId"),
        "backupPlanName": by.get("BackupPlanName"),
        "backupRuleName": by.get("BackupRuleName"),
        "backupRuleSchedule": by.get("BackupRuleCron"),
        "backupRuleTimezone": by.get("BackupRuleTimezone"),
        "startWindowEnd": None,
    }


def _family(job: BackupJob | CopyJob | RestoreJob, options: dict[str, str]) -> Row:
    """The options of a job, and its place among parents and children."""
    return {"backupOptions": options, "isParentJob": job.is_parent, "parentJobId": job.parent_id}


def _vault(state: State, arn: str, region: str) -> Row:
    """Type and lock of a vault; the type is left out in Regions without logically air-gapped vaults."""
    vault, known = state.tables.vaults.get(arn), catalog.region(region)
    kind: dict[str, Any] = {"vaultType": vault.type if vault else None}
    status = None if vault is None else "UNLOCKED" if locks.of(state, arn) is None else "LOCKED"
    return ({} if known is not None and known.air_gap == "no" else kind) | {"vaultLockStatus": status}


def _lifecycle(lifecycle: Json) -> Row:
    return {
        "deleteAfterDays": lifecycle.get("DeleteAfterDays"),
        "moveToColdAfterDays": lifecycle.get("MoveToColdStorageAfterDays"),
        "enableArchive": bool(lifecycle.get("OptInToArchiveForSupportedResources")),
    }


def _run_time(begun: datetime | None, ended: datetime | None) -> str | None:
    """How long a job ran, as hours, minutes and seconds."""
    if begun is None or ended is None:
        return None
    minutes, seconds = divmod(int((ended - begun).total_seconds()), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
