"""How a restore test ends: its verdict is awaited, and what it made is deleted."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from backstay_aws import restore_testing as aws
from backstay_local.backup.rows import RestoreJob, changed
from backstay_local.backup.state import Happenings, State
from backstay_local.data import DataError
from backstay_local.wire.call import AwsError

UNMARKED = "Resource {} was not deleted because it does not have the tag " + aws.MARK + "."
_log = logging.getLogger(__name__)


def restore_ended(state: State, job: RestoreJob, at: datetime) -> None:
    """Go on after the restore of a test: wait for validation, or clean up; another test of the type may start."""
    tested = job.created_by is not None
    trial = state.tables.restore_testing.trials.first("job_id = ?", job.id) if tested else None
    if trial is None:
        return
    state.tables.restore_testing.trials.remove(trial.id)
    wake(state, job.account, job.region, job.resource_type, at)
    if job.status != "COMPLETED":
        return
    window = timedelta(hours=trial.selection["ValidationWindowHours"])
    if window:
        state.tables.restore_jobs.put(changed(job, validation="VALIDATING"))
        state.agenda.put("test-timeout", job.id, at + window)
    else:
        clean_up(state, job, at)


def wake(state: State, account: str, region: str, resource_type: str, at: datetime) -> None:
    """Let the test start that waits longest for another one of its type to end."""
    waiting = ("account = ? AND region = ? AND resource_type = ? AND state = 'WAITING'", account, region, resource_type)
    trial = state.tables.restore_testing.trials.first(*waiting, order="run, id")
    if trial is not None:
        state.tables.restore_testing.trials.put(changed(trial, state="PLANNED"))
        state.agenda.put("test-start", trial.id, at)


def judged(state: State, job: RestoreJob, verdict: str, message: str | None, at: datetime) -> None:
    """Keep a verdict, which nobody can change any more, and clean up after a test."""
    ended = changed(job, validation=verdict, validation_message=message)
    state.tables.restore_jobs.put(ended)
    state.agenda.drop(job.id, "test-timeout")
    if job.created_by is not None:
        clean_up(state, ended, at)


def clean_up(state: State, job: RestoreJob, at: datetime) -> None:
    """Begin to delete what a test made."""
    state.tables.restore_jobs.put(changed(job, deletion="DELETING"))
    state.agenda.put("test-delete", job.id, at + state.settings.delete_delay)


def _time_out(state: State, job_id: str, at: datetime) -> None:
    job = state.tables.restore_jobs.get(job_id)
    if job is not None and job.validation == "VALIDATING":
        judged(state, job, "TIMED_OUT", None, at)


def _delete(state: State, job_id: str, _at: datetime) -> None:
    job = state.tables.restore_jobs.get(job_id)
    if job is None or job.deletion != "DELETING":
        return
    problem = _deleted(state, job)
    ended = changed(job, deletion="FAILED" if problem else "SUCCESSFUL", deletion_message=problem)
    state.tables.restore_jobs.put(ended)


def _deleted(state: State, job: RestoreJob) -> str | None:
    """Delete what a test made, or say why that cannot be done; what is gone already is fine."""
    arn = job.created_resource_arn or ""
    try:
        resource = state.data.resource(arn, job.account, job.region)
        if resource is None:
            return None
        if aws.MARK not in resource.tags:
            return UNMARKED.format(arn)
        state.data.delete_resource(resource)
    except (DataError, AwsError) as error:
        return str(getattr(error, "message", error))
    except Exception as error:  # a driver's slip fails its own deletion, and must not stop the scheduler
        _log.exception("deletion of %s", arn)
        return f"Internal error: {error}"
    return None


HAPPENINGS: Happenings = {"test-timeout": _time_out, "test-delete": _delete}
