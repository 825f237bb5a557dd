"""Temporary recovery points, on their way into an air-gapped vault: gone when every copy of them is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backstay_local.backup import recovery_points
from backstay_local.backup.airgap.copies import air_gapped
from backstay_local.backup.rows import CopyJob, Json, RecoveryPoint
from backstay_local.backup.state import State


def after_copy(state: State, job: CopyJob, at: datetime) -> None:
    """Let the lifecycle of a temporary recovery point end, if the copy that has just ended was what it waited for."""
    point = state.tables.points.get(job.source_point_arn)
    if point is None or not point.temporary or point.status == "DELETING":
        return
    if state.tables.copy_jobs.unfinished("source_point_arn", point.arn):
        return
    copies = state.tables.copy_jobs.where("source_point_arn = ?", point.arn)
    if any(_stands_in(state, one, point) for one in copies) or _beside_stream(state, job, point):
        over = replace(point, delete_at=at)
        state.tables.points.put(over)
        recovery_points.watch(state, over)


def _stands_in(state: State, job: CopyJob, point: RecoveryPoint) -> bool:
    """Whether a copy lies in an air-gapped vault, and is kept at least as long as the point would be."""
    if job.state != "COMPLETED" or not air_gapped(state, job.target_vault_arn):
        return False
    return _days(job.lifecycle) >= _days(point.lifecycle)


def _days(lifecycle: Json) -> float:
    days = lifecycle.get("DeleteAfterDays")
    return float("inf") if days is None else float(days)


def _beside_stream(state: State, job: CopyJob, point: RecoveryPoint) -> bool:
    """Whether a point is only the snapshot of a continuous backup, which goes however its copy ended (§5.6)."""
    parent = state.tables.backup_jobs.get(job.backup_job_id) if job.backup_job_id else None
    return parent is not None and parent.continuous and parent.point_arn != point.arn
