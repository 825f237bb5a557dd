"""A restore job through time: pending, running, and its end."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from backstay_aws.restore_testing import MARK
from backstay_local.backup import (
    events,
    followups,
    history,
    kinds,
    moments,
    notifications,
    protected_resources,
    roles,
    tags,
)
from backstay_local.backup.authorization import keys
from backstay_local.backup.composite import room
from backstay_local.backup.rows import Json, RecoveryPoint, RestoreJob, changed, newest_first
from backstay_local.backup.state import Happenings, State
from backstay_local.data import DataError
from backstay_local.wire.call import AwsError

GONE = "Restore job failed. The recovery point does not exist any more."
NO_MOMENT = "Restore job failed. The continuous backup has no state of {} or earlier."
_RESTORE_TIME = "restoretime"  # RestoreTime of S3 and restoreTime of RDS alike
_MOMENT = "RestoreTime"
_log = logging.getLogger(__name__)


def create(
    state: State,
    point: RecoveryPoint,
    metadata: dict[str, str],
    *,
    role_arn: str | None,
    copy_tags: bool,
    at: datetime,
    created_by: Json | None = None,
    account: str | None = None,
    parent: RestoreJob | None = None,
) -> RestoreJob:
    """Make a restore job of an account (None: the one that the point is in); it starts by itself a little later.

    `parent` restores the composite that the recovery point is nested in.
    """
    identity = str(uuid.uuid4())
    job = RestoreJob(
        id=identity,
        sort=newest_first(at, identity),
        account=account or point.account,
        region=point.region,
        status="PENDING",
        created=at,
        point_arn=point.arn,
        point_created=point.created,
        vault_arn=point.vault_arn,
        resource_arn=point.resource_arn,
        resource_type=point.resource_type,
        role_arn=role_arn,
        metadata=metadata,
        copy_tags=copy_tags,
        size=point.size,
        created_by=created_by,
        is_parent=point.is_parent,
        parent_id=parent.id if parent else None,
    )
    state.tables.restore_jobs.put(job)
    state.agenda.put("restore-start", job.id, at + state.settings.start_delay)
    history.watch(state, at)
    events.restore_job(state, job, at)
    return job


def fail(state: State, job: RestoreJob, message: str, at: datetime) -> None:
    """End a restore that was not begun."""
    state.agenda.drop(job.id, "restore-start")
    end(state, job, "FAILED", at, message)


def start(state: State, job_id: str, at: datetime) -> None:
    """Let a restore run, unless its role is gone, or may not use the key."""
    job = state.tables.restore_jobs.get(job_id)
    if job is None or job.status != "PENDING":
        return
    reason = _forbidden(state, job, job.role_arn, at) if job.role_arn is not None else None
    if reason is not None:
        end(state, job, "FAILED", at, reason)
        return
    if job.is_parent and not room.for_restore(state, job):
        return
    running = changed(job, status="RUNNING", started=at)
    state.tables.restore_jobs.put(running)
    if job.is_parent:
        state.agenda.put("restore-nest", job.id, at)
    else:
        state.agenda.put("restore-finish", job.id, at + state.settings.run_time)
    events.restore_job(state, running, at)
    _notify(state, running, "RESTORE_JOB_STARTED", f"A restore job was started. Restore Job Id: {job.id}")


def _forbidden(state: State, job: RestoreJob, role_arn: str, at: datetime) -> str | None:
    """Why the role of a job may not restore."""
    if not roles.usable(state, role_arn, job.account):
        return roles.sentence(role_arn)
    point = state.tables.points.get(job.point_arn)
    key_arn = None if point is None else point.key_arn
    found = keys.obstacle(state, role_arn, job.account, key_arn, "decrypt", at)
    return None if found is None else f"Restore job failed. {found}"


def finish(state: State, job_id: str, at: datetime) -> None:
    """Make the resource and end the job, well or badly."""
    job = state.tables.restore_jobs.get(job_id)
    if job is None or job.status != "RUNNING":
        return
    point = state.tables.points.get(job.point_arn)
    if point is None:
        end(state, job, "FAILED", at, GONE)
        return
    try:
        made, note = _make(state, job, point)
    except (DataError, AwsError) as error:
        end(state, job, "FAILED", at, str(getattr(error, "message", error)))
        return
    except Exception as error:  # a driver's slip fails its own job, and must not stop the scheduler
        _log.exception("restore job %s", job.id)
        end(state, job, "FAILED", at, f"Internal error: {error}")
        return
    complete(state, job, point, made, note, at)


def complete(
    state: State, job: RestoreJob, point: RecoveryPoint, made: str | None, note: str | None, at: datetime
) -> None:
    """End a restore well, with the resource that it made."""
    state.tables.points.put(changed(point, last_restore=at))
    ended = changed(job, created_resource_arn=made)
    protected_resources.restored(state, ended, at)
    end(state, ended, "COMPLETED", at, note)


def _make(state: State, job: RestoreJob, point: RecoveryPoint) -> tuple[str, str | None]:
    """The new resource's ARN, and what a reader of the job should know about it."""
    manifest, moment = _manifest(state, job, point)
    metadata = {key: value for key, value in job.metadata.items() if key.lower() != _RESTORE_TIME}
    if moment is not None:
        metadata[_MOMENT] = moment.isoformat()
    own_tags = tags.of(state, point.arn) if job.copy_tags and kinds.of_point(point).copy_tags != "no" else {}
    if job.created_by is not None:  # the test's clean-up deletes nothing without this tag
        own_tags[MARK] = job.id
    made = state.data.restore(manifest, metadata, job.account, job.region, own_tags)
    return made, state.data.restore_note(manifest)


def _manifest(state: State, job: RestoreJob, point: RecoveryPoint) -> tuple[str, datetime | None]:
    """What to restore, and for types that keep every version, as it was when.

    Of a continuous recovery point that is its last state at the time that was asked for. Between two states of an S3
    bucket lie all its versions, and the later of the two has them.
    """
    asked = next((value for key, value in job.metadata.items() if key.lower() == _RESTORE_TIME), None)
    if not point.continuous or asked is None:
        return point.manifest, None
    try:
        moment = moments.time_of(asked)
    except ValueError:
        raise DataError(f"Restore job failed. {asked} is not a time.") from None
    found = moments.last_before(state, point, moment)
    if found is None:
        raise DataError(NO_MOMENT.format(asked))
    later = moments.first_after(state, point, moment)
    if point.resource_type != "S3" or later is None:
        return found.manifest, None
    return later.manifest, moment


def end(state: State, job: RestoreJob, ending: str, at: datetime, message: str | None) -> None:
    """End a restore in a status, with what its reader should know."""
    ended = changed(job, status=ending, completed=at, message=message)
    state.tables.restore_jobs.put(ended)
    events.restore_job(state, ended, at)
    how = "was completed successfully" if ending == "COMPLETED" else f"failed. {message}"
    _notify(state, ended, "RESTORE_JOB_COMPLETED", f"A restore job {how}. Restore Job Id: {job.id}")
    followups.after_restore(state, ended, at)
    if job.parent_id is not None:
        state.agenda.put("restore-gather", job.parent_id, at)
    if job.is_parent:
        room.restore_ended(state, job, at)


def _notify(state: State, job: RestoreJob, event: str, text: str) -> None:
    notifications.send(
        state,
        job.vault_arn,
        event,
        kind="RESTORE_JOB",
        status=job.status,
        identity=job.id,
        start=job.created,
        text=text,
        at=job.completed or job.started,
    )


HAPPENINGS: Happenings = {"restore-start": start, "restore-finish": finish}
