"""Events for EventBridge, in the shapes of AWS Backup's samples (developer guide "eventbridge"; semantics §11.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from backstay_local.backup.rows import BackupJob, CopyJob, Json, Plan, RecoveryPoint, RestoreJob
from backstay_local.backup.state import Facts, State
from backstay_local.backup.times import iso

_DONE = ("COMPLETED", "PARTIAL")


class Placed(Protocol):
    """Anything that belongs to an account and a Region."""

    @property
    def account(self) -> str:
        """The account whose bus hears of it."""

    @property
    def region(self) -> str:
        """The Region whose bus hears of it."""


Subject = TypeVar("Subject", bound=Placed)
Rest = ParamSpec("Rest")


def heard(tell: Callable[Concatenate[State, Subject, Rest], None]) -> Callable[Concatenate[State, Subject, Rest], None]:
    """Tell only where somebody listens: most events have no rule that they could reach, and are not even worded."""

    def ask(state: State, row: Subject, /, *rest: Rest.args, **named: Rest.kwargs) -> None:
        if state.world.listened(row.account, row.region):
            tell(state, row, *rest, **named)

    return ask


@heard
def backup_job(state: State, job: BackupJob, at: datetime) -> None:
    """Tell that a backup job changed its state."""
    if job.state == "CREATED":
        detail: Facts = {"backupJobId": job.id, "state": job.state, "creationDate": iso(job.created)}
        emit(state, job, "Backup Job State Change", detail, [], at)
        return
    expected = job.initiated + state.settings.run_time if job.state == "RUNNING" and job.initiated else None
    detail = {
        "backupJobId": job.id,
        "state": job.state,
        "backupVaultArn": job.vault_arn,
        "backupVaultName": job.vault_name,
        "bytesTransferred": str(transferred(job)),
        "backupSizeInBytes": str(job.size) if job.state in ("RUNNING", *_DONE) else None,
        "creationDate": iso(job.created),
        "completionDate": iso(job.completed),
        "expectedCompletionDate": _worded(expected) if expected else None,
        "startBy": iso(job.start_by),
        "iamRoleArn": job.role_arn,
        "resourceArn": job.resource_arn,
        "resourceType": job.resource_type,
        "statusMessage": job.message,
        "percentDone": _done(job.state),
        "createdBy": _created_by(job.created_by),
    }
    resources = [job.point_arn] if job.state in _DONE else []
    emit(state, job, "Backup Job State Change", detail, resources, at)


@heard
def copy_job(state: State, job: CopyJob, at: datetime) -> None:
    """Tell that a copy job changed its state; the first event does not even say which job it is about."""
    if job.state == "CREATED":
        detail: Facts = {
            "creationDate": iso(job.created),
            "state": job.state,
            "sourceBackupVaultArn": job.source_vault_arn,
            "destinationBackupVaultArn": job.target_vault_arn,
        }
        emit(state, job, "Copy Job State Change", detail, [job.source_point_arn], at)
        return
    done = job.state in _DONE
    detail = {
        "copyJobId": job.id,
        "state": job.state,
        "backupSizeInBytes": job.size,
        "creationDate": iso(job.created),
        "completionDate": iso(job.completed),
        "iamRoleArn": job.role_arn,
        "resourceArn": job.resource_arn,
        "resourceType": job.resource_type,
        "sourceBackupVaultArn": job.source_vault_arn,
        "destinationBackupVaultArn": job.target_vault_arn,
        "destinationRecoveryPointArn": job.target_point_arn if done else {},
        "statusMessage": job.message,
        "createdBy": _created_by(job.created_by),
    }
    emit(state, job, "Copy Job State Change", detail, [job.source_point_arn], at)


@heard
def restore_job(state: State, job: RestoreJob, at: datetime) -> None:
    """Tell that a restore job changed its state. A new one, which is PENDING, is told twice: as CREATED, too."""
    test_plan = (job.created_by or {}).get("RestoreTestingPlanArn")
    if job.status == "PENDING":
        created: Facts = {"restoreJobId": job.id, "creationDate": iso(job.created), "state": "CREATED"}
        created["restoreTestingPlanArn"] = test_plan
        emit(state, job, "Restore Job State Change", created, [job.point_arn], at)
    detail = {
        "restoreJobId": job.id,
        "status": job.status,
        "backupSizeInBytes": str(job.size),
        "creationDate": iso(job.created),
        "completionDate": iso(job.completed),
        "iamRoleArn": job.role_arn,
        "percentDone": _done(job.status),
        "resourceType": job.resource_type,
        "createdResourceArn": job.created_resource_arn,
        "sourceResourceArn": job.resource_arn,
        "recoveryPointArn": job.point_arn,
        "backupVaultArn": job.vault_arn,
        "statusMessage": job.message,
        "restoreTestingPlanArn": test_plan,
    }
    emit(state, job, "Restore Job State Change", detail, [job.point_arn], at)


@heard
def recovery_point(state: State, point: RecoveryPoint, status: str, at: datetime) -> None:
    """Tell that a recovery point has a new status."""
    detail = {
        "status": status,
        "backupVaultName": point.vault_name,
        "backupVaultArn": point.vault_arn,
        "creationDate": iso(point.created),
        "completionDate": iso(point.completed),
        "iamRoleArn": point.role_arn,
        "resourceArn": point.resource_arn,
        "resourceType": point.resource_type,
        "isEncrypted": str(point.encrypted).lower(),
        "storageClass": point.storage_class,
        "createdBy": _created_by(point.created_by),
        "lifecycle": present({"deleteAfterDays": point.lifecycle.get("DeleteAfterDays")}),
        "calculatedLifeCycle": present({"deleteAt": iso(point.delete_at)}),
    }
    emit(state, point, "Recovery Point State Change", detail, [point.arn], at)


@heard
def plan(state: State, row: Plan, change: str, at: datetime) -> None:
    """Tell that a plan was CREATED, MODIFIED or DELETED."""
    date = {"CREATED": "creationDate", "MODIFIED": "modifiedAt", "DELETED": "deletionDate"}[change]
    detail = {"backupPlanId": row.id, "versionId": row.version, "state": change, date: iso(at)}
    emit(state, row, "Backup Plan State Change", detail, [row.arn], at)


def vault(
    state: State, account: str, region: str, name: str, arn: str, change: str, at: datetime, *, locked: bool = False
) -> None:
    """Tell that a vault was CREATED, MODIFIED or DELETED."""
    detail = {"backupVaultName": name, "state": change}
    if change == "MODIFIED":
        detail["isLocked"] = str(locked).lower()
    state.outbox.add(partial(state.world.put_event, account, region, "Backup Vault State Change", detail, [arn], at))


def region_settings(state: State, account: str, region: str, opt_in: dict[str, bool], at: datetime) -> None:
    """Tell that the opt-ins of an account in a Region changed."""
    detail = {"state": "MODIFIED", "modifiedAt": iso(at), "ResourceTypeOptInPreference": opt_in}
    state.outbox.add(partial(state.world.put_event, account, region, "Region Setting State Change", detail, [], at))


def percent(job_state: str) -> str:
    """PercentDone as AWS spells it: a number in a string."""
    return "100.0" if job_state in _DONE else "0.0"


def transferred(job: BackupJob) -> int:
    """BytesTransferred of a backup job."""
    return job.size if job.moved is None else job.moved


def _done(job_state: str) -> int:
    """percentDone of an event, which is a number."""
    return 100 if job_state in _DONE else 0


def _worded(moment: datetime) -> str:
    """expectedCompletionDate, the one date that AWS's own sample has in words: `Jul 15, 2020 9:39:07 PM`, UTC."""
    return f"{moment:%b} {moment.day}, {moment:%Y} {moment.hour % 12 or 12}:{moment:%M:%S} {moment:%p}"


def emit(state: State, row: Placed, detail_type: str, detail: Facts, resources: list[str], at: datetime) -> None:
    """Put an event on the bus of the account and Region of a row, once what it tells is on disk."""
    send = partial(state.world.put_event, row.account, row.region, detail_type, present(detail), resources, at)
    state.outbox.add(send)


def _created_by(created_by: Json | None) -> Facts | None:
    if created_by is None:
        return None
    return {
        "backupPlanId": created_by["BackupPlanId"],
        "backupPlanArn": created_by["BackupPlanArn"],
        "backupPlanVersion": created_by["BackupPlanVersion"],
        "backupPlanRuleId": created_by["BackupRuleId"],
    }


def present(detail: Facts) -> Facts:
    """The members of a detail that have a value."""
    return {name: value for name, value in detail.items() if value is not None}
