"""What jobs and recovery points tell of the composite that they are, or are nested in."""

from __future__ import annotations

from collections import Counter

from backstay_local.backup.rows import BackupJob, CopyJob, RecoveryPoint, RestoreJob
from backstay_local.backup.state import Facts, State


def of_job(job: BackupJob | CopyJob | RestoreJob) -> Facts:
    """The place of a job among parents and children."""
    return {"IsParent": job.is_parent, "ParentJobId": job.parent_id}


def of_point(point: RecoveryPoint) -> Facts:
    """The place of a recovery point among composites and what is nested in them."""
    return {
        "IsParent": point.is_parent,
        "ParentRecoveryPointArn": point.parent_arn,
        "CompositeMemberIdentifier": point.member,
    }


def children(state: State, job: BackupJob | CopyJob) -> Facts:
    """How many children a parent has, and in which states they are; nothing for other jobs."""
    if not job.is_parent:
        return {}
    table = "backup_jobs" if isinstance(job, BackupJob) else "copy_jobs"
    sql = f"SELECT state, COUNT(*) FROM {table} WHERE parent_id = ? GROUP BY state ORDER BY state"
    counted = Counter(dict(state.store.query(sql, (job.id,))))
    return {"NumberOfChildJobs": counted.total(), "ChildJobsInState": dict(counted)}
