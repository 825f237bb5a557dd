"""A copy job through time: created, waiting for its resource, running, and its end."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from backstay_aws import arns
from backstay_local.backup import (
    copy_checks,
    events,
    history,
    kinds,
    lifecycles,
    notifications,
    queue,
    recovery_points,
    roles,
    tags,
)
from backstay_local.backup.airgap import copies, temporary
from backstay_local.backup.copy_checks import Obstacle
from backstay_local.backup.rows import BackupJob, CopyJob, Json, RecoveryPoint, Vault, changed, newest_first
from backstay_local.backup.state import Happenings, State
from backstay_local.data import DataError, Resource, Stored
from backstay_local.wire.call import AwsError

GONE = "Copy job failed. The source recovery point does not exist any more."
_log = logging.getLogger(__name__)


def from_rule(state: State, parent: BackupJob, point: RecoveryPoint, action: Json, at: datetime) -> CopyJob:
    """Make the copy job of a rule's copy action, once the backup is there."""
    return create(
        state,
        point,
        action["DestinationBackupVaultArn"],
        role_arn=parent.role_arn,
        lifecycle=action.get("Lifecycle"),
        at=at,
        created_by=parent.created_by,
        backup_job_id=parent.id,
    )


def create(
    state: State,
    point: RecoveryPoint,
    target_vault_arn: str,
    *,
    role_arn: str,
    lifecycle: Json | None,
    at: datetime,
    created_by: Json | None = None,
    backup_job_id: str | None = None,
    account: str | None = None,
    parent: CopyJob | None = None,
) -> CopyJob:
    """Make a copy job of an account (None: the one that the point is in); it starts by itself a little later.

    `parent` copies the composite that the recovery point is nested in.
    """
    identity = str(uuid.uuid4())
    job = CopyJob(
        id=identity,
        sort=newest_first(at, identity),
        account=account or point.account,
        region=point.region,
        state="CREATED",
        created=at,
        resource_arn=point.resource_arn,
        resource_type=point.resource_type,
        resource_name=point.resource_name,
        source_vault_arn=point.vault_arn,
        source_point_arn=point.arn,
        target_vault_arn=target_vault_arn,
        target_point_arn=_target_arn(state, point, target_vault_arn, identity, at),
        role_arn=role_arn,
        lifecycle=lifecycles.of_copy(lifecycle, point.lifecycle),
        created_by=created_by,
        backup_job_id=backup_job_id,
        size=point.size,
        is_parent=point.is_parent,
        parent_id=parent.id if parent else None,
        member=point.member if parent else None,
    )
    state.tables.copy_jobs.put(job)
    state.agenda.put("copy-start", job.id, at + state.settings.start_delay)
    history.watch(state, at)
    events.copy_job(state, job, at)
    return job


def _target_arn(state: State, point: RecoveryPoint, target_vault_arn: str, job: str, at: datetime) -> str:
    target = arns.parse(target_vault_arn)
    region, account = (target.region, target.account) if target else (point.region, point.account)
    if copies.air_gapped(state, target_vault_arn) and not point.fully_managed:
        return kinds.own_point_arn(region, account, job)
    resource = Resource(point.resource_arn, point.resource_type, account, region, point.resource_name, {})
    if point.is_parent:
        return kinds.parent_arn(kinds.of_point(point), resource, region, account, job, at)
    made = kinds.point_arn(kinds.of_point(point), resource, region, account, job, at)
    return made.replace("awsbackup:job-", "awsbackup:copyjob-")


def start(state: State, job_id: str, at: datetime) -> None:
    """Let a copy run, unless its resource is busy (then it waits) or something forbids it (then it fails)."""
    job = state.tables.copy_jobs.get(job_id)
    if job is None or job.state != "CREATED" or queue.busy(state, job.resource_arn, but=job.parent_id):
        return
    if not queue.room_for_copy(state, job):
        return
    point = state.tables.points.get(job.source_point_arn)
    found = Obstacle(GONE) if point is None else copy_checks.obstacle(state, job, point, at)
    if found is not None:
        end(state, job, "FAILED", at, found)
        return
    running = changed(job, state="RUNNING", initiated=at)
    state.tables.copy_jobs.put(running)
    if job.is_parent:
        state.agenda.put("copy-nest", job.id, at)
    else:
        state.agenda.put("copy-finish", job.id, at + state.settings.run_time)
    events.copy_job(state, running, at)
    _notify(state, running, "COPY_JOB_STARTED", f"A copy job was started. Copy Job Id: {job.id}")


def finish(state: State, job_id: str, at: datetime) -> None:
    """Copy the bytes and end the job, well or badly."""
    job = state.tables.copy_jobs.get(job_id)
    if job is None or job.state != "RUNNING":
        return
    point, vault = state.tables.points.get(job.source_point_arn), state.tables.vaults.get(job.target_vault_arn)
    if point is None or vault is None:
        end(state, job, "FAILED", at, Obstacle(GONE))
        return
    try:
        stored = _stored(state, point, vault)
    except (DataError, AwsError) as error:
        end(state, job, "FAILED", at, Obstacle(str(getattr(error, "message", error))))
        return
    except Exception as error:  # a driver's slip fails its own job, and must not stop the scheduler
        _log.exception("copy job %s", job.id)
        end(state, job, "FAILED", at, Obstacle(f"Internal error: {error}"))
        return
    made = _within(state, job, made_of(job, point, stored, at, _taken(state, job, point)))
    inherits = not point.encrypted and kinds.of_point(point).point == "rds-cluster-snapshot"  # stays unencrypted
    made = changed(made, vault_name=vault.name, key_arn=None if inherits else vault.key_arn, encrypted=not inherits)
    recovery_points.add(state, made, tags.of(state, point.arn), at)
    end(state, changed(job, size=stored.size), "COMPLETED", at, None)


def _stored(state: State, point: RecoveryPoint, vault: Vault) -> Stored:
    """The content of a recovery point, kept under a vault's key; an earlier copy of the same content stands in."""
    earlier = state.copies.of(point.manifest, vault.key_arn)
    held = earlier is not None and state.tables.points.first("manifest = ?", earlier) is not None
    if earlier is not None and held and state.data.readable(point.manifest) and state.data.readable(earlier):
        return Stored(earlier, point.size, 0, point.holds_bytes)
    stored = state.data.copy(point.manifest, vault.key_arn)
    state.copies.keep(point.manifest, vault.key_arn, stored.manifest)
    return stored


def _within(state: State, job: CopyJob, made: RecoveryPoint) -> RecoveryPoint:
    """A copied recovery point, in the copy of its composite if that is copied, too."""
    parent = state.tables.copy_jobs.get(job.parent_id) if job.parent_id is not None else None
    if parent is None:
        return made
    return changed(made, parent_arn=parent.target_point_arn, member=job.member)


def _taken(state: State, job: CopyJob, point: RecoveryPoint) -> datetime:
    """When what a copy holds was backed up: of a continuous recovery point, by the job that set off the copy."""
    parent = state.tables.backup_jobs.get(job.backup_job_id) if point.continuous and job.backup_job_id else None
    return point.created if parent is None else parent.created


def made_of(
    job: CopyJob, point: RecoveryPoint, stored: Stored, at: datetime, taken: datetime | None = None
) -> RecoveryPoint:
    """The recovery point in the destination: as old as what it holds (None: as its source), with its own lifecycle."""
    taken = taken or point.created
    target = arns.parse(job.target_vault_arn)
    region, account = (target.region, target.account) if target else (job.region, job.account)
    cold = kinds.goes_cold(kinds.of_point(point), job.lifecycle)
    dates = lifecycles.dates(taken, job.lifecycle, goes_cold=cold)
    return changed(
        point,
        arn=job.target_point_arn,
        sort=newest_first(taken, job.target_point_arn),
        created=taken,
        account=account,
        region=region,
        vault_arn=job.target_vault_arn,
        status="COMPLETED",
        continuous=False,
        manifest=stored.manifest,
        size=stored.size,
        lifecycle=job.lifecycle,
        holds_bytes=stored.holds_bytes,
        role_arn=_role(job, account, region),
        cold_at=dates.cold_at,
        delete_at=dates.delete_at,
        completed=at,
        source_vault_arn=job.source_vault_arn,
        last_restore=None,
        parent_arn=None,
        member=None,
    )


def _role(job: CopyJob, account: str, region: str) -> str:
    """The role that the copy is deleted with: the job's, or in another account AWS Backup's own there."""
    return job.role_arn if account == job.account else roles.service_linked(account, arns.partition_of(region))


def end(state: State, job: CopyJob, ending: str, at: datetime, found: Obstacle | None) -> None:
    """End a copy job in a state, with the reason when not all went as asked."""
    ended = changed(
        job,
        state=ending,
        completed=at,
        message=found.message if found else None,
        category=found.category if found else "SUCCESS",
    )
    state.tables.copy_jobs.put(ended)
    events.copy_job(state, ended, at)
    if ending != "FAILED":
        how = "completed successfully" if ending == "COMPLETED" else "completed partially"
        _notify(state, ended, "COPY_JOB_SUCCESSFUL", f"A copy job was {how}. Copy Job Id: {job.id}")
    else:
        _notify(state, ended, "COPY_JOB_FAILED", f"A copy job failed. {ended.message} Copy Job Id: {job.id}")
    temporary.after_copy(state, ended, at)
    queue.freed(state, job.resource_arn, at)
    queue.copy_ended(state, job.account, at)
    if job.parent_id is not None:
        state.agenda.put("copy-gather", job.parent_id, at)


def _notify(state: State, job: CopyJob, event: str, text: str) -> None:
    notifications.send(
        state,
        job.source_vault_arn,
        event,
        kind="COPY_JOB",
        status=job.state,
        identity=job.id,
        start=job.created,
        text=text,
        at=job.completed or job.initiated,
    )


HAPPENINGS: Happenings = {"copy-start": start, "copy-finish": finish}
