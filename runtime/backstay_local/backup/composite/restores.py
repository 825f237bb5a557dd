"""The restore of a cluster as a whole: its state, and the persistent volumes that were asked for."""

from __future__ import annotations

from datetime import datetime

from backstay_local.backup import restore_runs
from backstay_local.backup.composite import nested, wishes
from backstay_local.backup.rows import RecoveryPoint, RestoreJob
from backstay_local.backup.state import Happenings, State

NO_STATE = "Restore job failed. The composite recovery point has no cluster state any more."
NESTED_FAILED = "{} of {} nested restore jobs failed. {}"


def nest(state: State, job_id: str, at: datetime) -> None:
    """Make the nested jobs of a composite restore that has just been started."""
    job = state.tables.restore_jobs.get(job_id)
    if job is None or job.status != "RUNNING":
        return
    parent = state.tables.points.get(job.point_arn)
    own = nested.own(state, parent) if parent is not None else None
    if parent is None or own is None:
        restore_runs.end(state, job, "FAILED", at, NO_STATE)
        return
    _nest(state, job, own, wishes.of_own(job.metadata), at)
    asked = wishes.of_nested(parent, job.metadata)
    for one in nested.of(state, parent.arn):
        if one.arn in asked:
            _nest(state, job, one, asked[one.arn], at)


def gather(state: State, job_id: str, at: datetime) -> None:
    """End a composite restore whose nested jobs have all ended: the cluster is what it made."""
    job = state.tables.restore_jobs.get(job_id)
    if job is None or job.status != "RUNNING":
        return
    children = state.tables.restore_jobs.where("parent_id = ?", job.id, order="sort DESC")
    if any(one.completed is None for one in children):
        return
    failed = [one for one in children if one.status != "COMPLETED"]
    point = state.tables.points.get(job.point_arn)
    if failed or point is None:
        reason = next((one.message for one in failed if one.message), "") or ""
        restore_runs.end(state, job, "FAILED", at, NESTED_FAILED.format(len(failed), len(children), reason).rstrip())
        return
    of_cluster = next((one for one in children if one.resource_arn == job.resource_arn), children[0])
    restore_runs.complete(state, job, point, of_cluster.created_resource_arn, of_cluster.message, at)


def _nest(state: State, job: RestoreJob, point: RecoveryPoint, metadata: dict[str, str], at: datetime) -> None:
    restore_runs.create(
        state,
        point,
        metadata,
        role_arn=job.role_arn,
        copy_tags=job.copy_tags,
        at=at,
        account=job.account,
        parent=job,
    )


HAPPENINGS: Happenings = {"restore-nest": nest, "restore-gather": gather}
