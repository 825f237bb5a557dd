"""What follows a backup (the way across an air gap, copies, index, malware scans) and the end of a restore."""

from __future__ import annotations

from datetime import datetime

from backstay_local.backup import copy_runs
from backstay_local.backup.airgap import primary
from backstay_local.backup.indexes import runs as index_runs
from backstay_local.backup.restore_testing import endings
from backstay_local.backup.rows import BackupJob, RecoveryPoint, RestoreJob
from backstay_local.backup.scans import runs as scan_runs
from backstay_local.backup.state import State


def after_backup(state: State, job: BackupJob, point: RecoveryPoint, at: datetime) -> None:
    """Set off everything that a job asks for beyond its recovery point."""
    primary.after_backup(state, job, point, at)
    for action in job.copies:
        copy_runs.from_rule(state, job, point, action, at)
    if point.temporary:
        return
    if job.indexed:
        index_runs.after_backup(state, job, point, at)
    for scan in job.scans:
        scan_runs.after_backup(state, job, point, scan, at)


def after_restore(state: State, job: RestoreJob, at: datetime) -> None:
    """Set off everything that follows the end of a restore, good or bad."""
    endings.restore_ended(state, job, at)
