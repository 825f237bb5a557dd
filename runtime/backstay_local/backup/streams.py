"""Continuous recovery points: which one a job goes on with, and how one comes to a stop (semantics §2.6)."""

from __future__ import annotations

from datetime import datetime, timedelta

from backstay_local.backup import events, notifications
from backstay_local.backup.rows import BackupJob, RecoveryPoint, changed
from backstay_local.backup.state import State

_ELSEWHERE = "PITR already configured in backup plan: [{}]"
_BUCKET_ELSEWHERE = "Bucket {} already has continuous backup enabled for another vault"
_NEW_RETENTION = "The retention of the continuous backup was changed."
_KEEPS_ONE_VAULT = "S3"
"""All backups of a bucket with a continuous backup, periodic ones too, must be in one vault."""


def live(state: State, job: BackupJob) -> RecoveryPoint | None:
    """The continuous recovery point that goes on of the resource of a job, wherever it is."""
    if not job.continuous and job.resource_type != _KEEPS_ONE_VAULT:
        return None
    here = "account = ? AND region = ? AND resource_arn = ? AND continuous AND status = 'AVAILABLE'"
    return state.tables.points.first(here, job.account, job.region, job.resource_arn)


def obstacle(job: BackupJob, point: RecoveryPoint | None) -> str | None:
    """Why a job fails because of a continuous recovery point in another vault."""
    if point is None or point.vault_arn == job.vault_arn or job.resource_type != _KEEPS_ONE_VAULT:
        return None
    return _BUCKET_ELSEWHERE.format(job.resource_name)


def refusal(job: BackupJob, point: RecoveryPoint | None) -> str | None:
    """Why a job that should keep a continuous backup makes a snapshot."""
    if not job.continuous or point is None or point.vault_arn == job.vault_arn:
        return None
    return _ELSEWHERE.format((point.created_by or {}).get("BackupPlanArn", ""))


def onward(
    state: State, job: BackupJob, point: RecoveryPoint, before: RecoveryPoint | None, at: datetime
) -> RecoveryPoint:
    """A recovery point as the newest state of a stream, whose end moves on with every run; or as a stream of its own.

    The latter when there was none, or when the new retention of a rule stops the one that there was.
    """
    days = job.lifecycle.get("DeleteAfterDays", 0)
    stream = changed(point, continuous=True, status="AVAILABLE", delete_at=at + timedelta(days=days))
    if before is None:
        return stream
    author, kept = job.created_by, before.lifecycle.get("DeleteAfterDays", 0)
    if _of_another_rule(state, job, before):  # two rules, one vault: the longer retention wins
        author, days = (author, days) if days > kept else (before.created_by, kept)
    elif days != kept and _stops(state, job):
        stop(state, before, _NEW_RETENTION, at)
        return stream
    return changed(
        stream,
        arn=before.arn,
        sort=before.sort,
        created=before.created,
        lifecycle={"DeleteAfterDays": days},
        delete_at=at + timedelta(days=days),
        created_by=author,
        last_restore=before.last_restore,
    )


def interrupt(state: State, job: BackupJob, reason: str, at: datetime) -> None:
    """Stop the stream that a failed job should have gone on with, and tell of the loss."""
    point = live(state, job) if job.continuous else None
    if point is None or point.vault_arn != job.vault_arn:
        return
    stop(state, point, reason, at)
    notifications.send(
        state,
        point.vault_arn,
        "CONTINUOUS_BACKUP_INTERRUPTED",
        kind="CONTINUOUS_BACKUP",
        status="INTERRUPTED",
        identity=point.arn,
        start=at,
        text=f"A continuous backup was interrupted. {reason} Recovery point ARN: {point.arn}.",
    )


def stop(state: State, point: RecoveryPoint, reason: str | None, at: datetime) -> None:
    """Let a continuous recovery point go on no more; what it holds stays as long as its retention."""
    stopped = changed(point, status="STOPPED", message=reason)
    state.tables.points.put(stopped)
    events.recovery_point(state, stopped, "STOPPED", at)


def _stops(state: State, job: BackupJob) -> bool:
    """Whether a new retention stops the stream of a type, or only changes it."""
    return job.resource_type == "S3" or state.settings.stream_of_databases == "stop"


def _of_another_rule(state: State, job: BackupJob, point: RecoveryPoint) -> bool:
    """Whether a stream has its retention from another rule than the job, one that still keeps it."""
    author = point.created_by or {}
    if author.get("BackupRuleId") == (job.created_by or {}).get("BackupRuleId"):
        return False
    plan = state.tables.plans.get(author.get("BackupPlanId", ""))
    rules = plan.body["Rules"] if plan is not None and plan.deleted is None else []
    return any(
        rule["RuleId"] == author.get("BackupRuleId")
        and rule["EnableContinuousBackup"]
        and rule["TargetBackupVaultName"] == point.vault_name
        for rule in rules
    )
