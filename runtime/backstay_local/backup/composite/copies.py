"""The copy of a composite: nested copy jobs for what can be copied, and a composite recovery point in the destination.

Source: developer guide "CloudFormation stack backups" ("nested recovery points that don't support copy functionality
won't end up in the copied stack. The composite recovery point will have a status of Partial"), read 2026-11.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backstay_local.backup import copy_checks, copy_runs, lifecycles, recovery_points, tags
from backstay_local.backup.composite import members, nested
from backstay_local.backup.copy_checks import Obstacle
from backstay_local.backup.rows import CopyJob, RecoveryPoint, Vault, changed
from backstay_local.backup.state import Happenings, State
from backstay_local.data import Stored

NONE_COMPLETED = "None of the nested recovery points was copied. {}"
SOME_LEFT = "{} of {} nested recovery points were not copied."


def nest(state: State, job_id: str, at: datetime) -> None:
    """Make the nested jobs of a composite copy that has just been started."""
    job = state.tables.copy_jobs.get(job_id)
    if job is None or job.state != "RUNNING":
        return
    parent = state.tables.points.get(job.source_point_arn)
    held = [one for one in nested.of(state, job.source_point_arn) if copy_checks.copyable(state, job, one, at)]
    if parent is None or not held:
        copy_runs.end(state, job, "FAILED", at, Obstacle(NONE_COMPLETED.format("").rstrip()))
        return
    as_source = job.lifecycle == lifecycles.of_copy(None, parent.lifecycle)
    for one in held:
        copy_runs.create(
            state,
            one,
            job.target_vault_arn,
            role_arn=job.role_arn,
            lifecycle=None if as_source else job.lifecycle,
            at=at,
            created_by=job.created_by,
            backup_job_id=job.backup_job_id,
            account=job.account,
            parent=job,
        )


def gather(state: State, job_id: str, at: datetime) -> None:
    """End a composite copy whose nested jobs have all ended, and keep its recovery point."""
    job = state.tables.copy_jobs.get(job_id)
    if job is None or job.state != "RUNNING":
        return
    children = state.tables.copy_jobs.where("parent_id = ?", job.id, order="sort DESC")
    if any(one.completed is None for one in children):
        return
    source, held = state.tables.points.get(job.source_point_arn), nested.of(state, job.target_point_arn)
    vault = state.tables.vaults.get(job.target_vault_arn)
    if source is None or vault is None or not held:
        reason = next((one.message for one in children if one.message), "") or ""
        copy_runs.end(state, job, "FAILED", at, Obstacle(NONE_COMPLETED.format(reason).rstrip()))
        return
    every = max(len(children), len(nested.of(state, source.arn)))
    missing = every - sum(one.state == "COMPLETED" for one in children)
    ending = "PARTIAL" if missing or source.status == "PARTIAL" else "COMPLETED"
    point = _point(job, source, vault, held, ending, at)
    recovery_points.add(state, point, tags.of(state, source.arn), at)
    members.settle(state, point.arn, at)
    left = Obstacle(SOME_LEFT.format(missing, every)) if missing else None
    copy_runs.end(state, changed(job, size=point.size), "PARTIAL" if missing else "COMPLETED", at, left)


def _point(
    job: CopyJob, source: RecoveryPoint, vault: Vault, held: Sequence[RecoveryPoint], status: str, at: datetime
) -> RecoveryPoint:
    """The composite in the destination; it holds what the copied template or state does."""
    base = next((one for one in held if one.resource_arn == source.resource_arn), held[0])
    made = copy_runs.made_of(job, source, Stored(base.manifest, source.size, 0, base.holds_bytes), at)
    return changed(made, status=status, vault_name=vault.name, key_arn=vault.key_arn, encrypted=True, cold_at=None)


HAPPENINGS: Happenings = {"copy-nest": nest, "copy-gather": gather}
