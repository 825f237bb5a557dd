"""A backup job through time: created, waiting for its resource, running, and one of its ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backstay_local.backup import (
    capture,
    events,
    followups,
    history,
    kinds,
    locks,
    notifications,
    queue,
    roles,
    streams,
)
from backstay_local.backup.airgap import primary
from backstay_local.backup.authorization import keys
from backstay_local.backup.capture import Failure
from backstay_local.backup.rows import STANDARD, BackupJob, Json, RecoveryPoint, Vault, changed, fresh_id, newest_first
from backstay_local.backup.state import Happenings, State
from backstay_local.data import Resource

DONE = ("COMPLETED", "PARTIAL")
"""The states of a job that made a recovery point."""

STOPPED = "Backup job was stopped by user."
LATE = "Backup job expired before completion."
BLOCKED = "Backup job failed because there was a running job for the same resource."
NO_VAULT = "Backup job failed because backup vault {} does not exist."
NO_TARGET = "Backup vault {} is not a standard backup vault, and cannot be the target of a backup by its name."
NO_AIR_GAP = "The recovery point is only in the standard vault: the logically air-gapped vault does not take it."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rule, or a person, wants backed up, and how."""

    vault: Vault
    resource: Resource
    role_arn: str
    start_minutes: int
    complete_minutes: int
    lifecycle: Json
    tags: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    copies: list[Json] = field(default_factory=list)
    created_by: Json | None = None
    continuous: bool = False
    air_gap_arn: str | None = None
    indexed: bool = False
    scans: list[Json] = field(default_factory=list)
    parent: BackupJob | None = None
    """The job of the composite that the resource is nested in."""
    member: str | None = None


def create(state: State, wanted: Wanted, at: datetime) -> BackupJob:
    """Make a job; it starts by itself a little later."""
    identity, vault, resource = fresh_id(), wanted.vault, wanted.resource
    row = kinds.of_type(state, vault.account, vault.region, resource.type)
    is_parent = kinds.composite(row) and wanted.parent is None
    point_arn = kinds.parent_arn if is_parent else kinds.point_arn
    direct = primary.direct(wanted.air_gap_arn, row, vault.region)
    vault_arn = wanted.air_gap_arn if direct and wanted.air_gap_arn else vault.arn
    job = BackupJob(
        id=identity,
        sort=newest_first(at, identity),
        account=vault.account,
        region=vault.region,
        state="CREATED",
        created=at,
        scheduled=at,
        start_by=at + timedelta(minutes=wanted.start_minutes),
        complete_minutes=wanted.complete_minutes,
        vault_arn=vault_arn,
        vault_name=vault_arn.rpartition(":")[2],
        resource_arn=resource.arn,
        resource_type=resource.type,
        resource_name=resource.name,
        role_arn=wanted.role_arn,
        point_arn=point_arn(row, resource, vault.region, vault.account, identity, at),
        lifecycle=wanted.lifecycle,
        tags=wanted.tags,
        options=wanted.options,
        copies=wanted.copies,
        created_by=wanted.created_by,
        continuous=wanted.continuous and row.continuous == "yes",
        air_gap_arn=wanted.air_gap_arn,
        indexed=wanted.indexed,
        scans=wanted.scans,
        is_parent=is_parent,
        parent_id=wanted.parent.id if wanted.parent else None,
        member=wanted.member,
    )
    state.tables.backup_jobs.put(job)
    state.agenda.begin(job.id)
    begin = at + state.settings.start_delay
    if begin <= job.start_by:
        state.agenda.put("backup-start", job.id, begin)
    else:
        state.agenda.put("backup-late", job.id, job.start_by)
    history.watch(state, at)
    events.backup_job(state, job, at)
    return job


def start(state: State, job_id: str, at: datetime) -> None:
    """Let a job run, unless its resource is busy (then it waits) or something forbids it (then it fails)."""
    job = state.tables.backup_jobs.get(job_id)
    if job is None or not job.waiting:
        return
    if queue.busy(state, job.resource_arn, but=job.parent_id):
        state.agenda.put("backup-late", job.id, max(job.start_by, at))
        return
    failure = _forbidden(state, job, at)
    if failure is not None:
        end(state, job, "FAILED", at, failure)
        return
    running = changed(job, state="RUNNING", initiated=at)
    state.tables.backup_jobs.put(running)
    events.backup_job(state, running, at)
    _notify(state, running, "BACKUP_JOB_STARTED", lambda _job: "An AWS Backup job was started.")
    if job.is_parent:  # it ends when the last of its children does, each of which has a window of its own
        state.agenda.drop(job.id, "backup-late")
        state.agenda.put("backup-nest", job.id, at)
        return
    origin = at if state.settings.completion_from == "start" else job.scheduled
    deadline = origin + timedelta(minutes=job.complete_minutes)
    done = at + state.settings.run_time
    timed = job.resource_type != "FSx"  # the completion window is not applied to FSx (semantics §2.4)
    if timed and done > deadline:
        state.agenda.put("backup-late", job.id, max(deadline, at))
    else:
        state.agenda.drop(job.id, "backup-late")
        state.agenda.put("backup-finish", job.id, done)


def late(state: State, job_id: str, at: datetime) -> None:
    """End a job whose start window, or completion window, is over."""
    job = state.tables.backup_jobs.get(job_id)
    if job is None:
        return
    if job.waiting:
        state.agenda.drop(job.id, "backup-start")
        tried = job.scheduled + state.settings.start_delay <= at
        end(state, job, "EXPIRED", at, Failure(BLOCKED if tried else LATE, "MISCELLANEOUS"))
    elif job.state == "RUNNING":
        end(state, job, state.settings.completion_state, at, Failure(LATE, "MISCELLANEOUS"))


def abort(state: State, job_id: str, at: datetime) -> None:
    """End a job that a person stopped."""
    job = state.tables.backup_jobs.get(job_id)
    if job is not None and job.state == "ABORTING":
        end(state, job, "ABORTED", at, Failure(STOPPED, "MISCELLANEOUS"))


def finish(state: State, job_id: str, at: datetime) -> None:
    """Take the backup and end the job, well or badly."""
    job = state.tables.backup_jobs.get(job_id)
    if job is None or job.state != "RUNNING":
        return
    vault = state.tables.vaults.get(job.vault_arn)
    if vault is None:
        end(state, job, "FAILED", at, Failure(NO_VAULT.format(job.vault_arn), "MISCELLANEOUS"))
        return
    taken = capture.take(state, job, vault, at)
    if isinstance(taken, Failure):
        end(state, job, "FAILED", at, taken)
        return
    point, message = taken.point, taken.message
    facts: Json = {
        "point_arn": point.arn,
        "size": point.size,
        "moved": taken.moved,
        "vss": taken.vss,
        "key_arn": point.key_arn,
        "encrypted": point.encrypted,
    }
    issue = Failure(message, "MISCELLANEOUS") if message else None
    issue = issue or outside_air_gap(state, job, point)
    if point.temporary:
        facts["lifecycle"] = point.lifecycle
    ended = end(state, job, "COMPLETED", at, issue, facts)
    followups.after_backup(state, ended, point, at)


def outside_air_gap(state: State, job: BackupJob, point: RecoveryPoint) -> Failure | None:
    """What to tell of a backup that does not get into the air-gapped vault that was asked for."""
    return Failure(NO_AIR_GAP, primary.NOT_SUPPORTED) if primary.way_of(state, job, point) == "vault-only" else None


def _forbidden(state: State, job: BackupJob, at: datetime) -> Failure | None:
    """Why a job may not run at a time."""
    vault = state.tables.vaults.get(job.vault_arn)
    if vault is None:
        return Failure(NO_VAULT.format(job.vault_arn), "MISCELLANEOUS")
    if vault.state != "AVAILABLE":
        return Failure(f"Backup vault {job.vault_name} is not available.", "MISCELLANEOUS")
    if vault.type != STANDARD and vault.arn != job.air_gap_arn:
        return Failure(NO_TARGET.format(job.vault_name), "INVALIDPARAMETERS")
    if not roles.usable(state, job.role_arn, job.account):
        return Failure(roles.sentence(job.role_arn), "ACCESSDENIED", interrupts=True)
    if not locks.admits(locks.of(state, job.vault_arn), job.lifecycle.get("DeleteAfterDays")):
        return Failure(locks.OUTSIDE_BACKUP, "INVALIDPARAMETERS")
    if kinds.fully_managed(kinds.of_type(state, job.account, job.region, job.resource_type)):
        found = keys.obstacle(state, job.role_arn, job.account, vault.key_arn, "encrypt", at)
        return None if found is None else Failure(f"Backup job failed. {found}", "ACCESSDENIED", interrupts=True)
    return None


def end(
    state: State, job: BackupJob, ending: str, at: datetime, failure: Failure | None, facts: Json | None = None
) -> BackupJob:
    """End a job in a state, with the reason when not all went as asked, and further members that it now has."""
    ended = changed(
        job,
        **(facts or {}),
        state=ending,
        completed=at,
        message=failure.message if failure else None,
        category=failure.category if failure else "SUCCESS",
    )
    state.tables.backup_jobs.put(ended)
    state.agenda.drop(job.id, "backup-late", "backup-finish")
    events.backup_job(state, ended, at)
    _notify(state, ended, "BACKUP_JOB_COMPLETED", _sentence)
    if failure is not None and failure.interrupts:
        streams.interrupt(state, job, failure.message, at)
    queue.freed(state, job.resource_arn, at)
    if job.parent_id is not None:
        state.agenda.put("backup-gather", job.parent_id, at)
    return ended


def _sentence(job: BackupJob) -> str:
    """What a notification says about the end of a job."""
    how = {
        "COMPLETED": "was completed successfully",
        "PARTIAL": "was completed partially",
        "ABORTED": "was stopped",
        "EXPIRED": "failed to run in time",
    }.get(job.state, "failed")
    point = f" Recovery point ARN: {job.point_arn}." if job.state in DONE else ""
    reason = f" {job.message}" if job.message else ""
    return f"An AWS Backup job {how}.{reason}{point} Resource ARN: {job.resource_arn}. Backup Job Id: {job.id}"


def _notify(state: State, job: BackupJob, event: str, text: Callable[[BackupJob], str]) -> None:
    if not notifications.wanted(state, job.vault_arn, event):
        return
    notifications.send(
        state,
        job.vault_arn,
        event,
        kind="BACKUP_JOB",
        status=job.state,
        identity=job.id,
        start=job.created,
        text=text(job),
        at=job.completed or job.initiated,
    )


HAPPENINGS: Happenings = {
    "backup-start": start,
    "backup-finish": finish,
    "backup-late": late,
    "backup-abort": abort,
}
