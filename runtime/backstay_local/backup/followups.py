"""What follows when a backup is there: its way into an air-gapped vault, and the copies of its rule."""

from __future__ import annotations

from datetime import datetime

from backstay_local.backup import copy_runs
from backstay_local.backup.airgap import primary
from backstay_local.backup.rows import BackupJob, RecoveryPoint
from backstay_local.backup.state import State


def after_backup(state: State, job: BackupJob, point: RecoveryPoint, at: datetime) -> None:
    """Set off everything that a job asks for beyond its recovery point."""
    primary.after_backup(state, job, point, at)
    for action in job.copies:
        copy_runs.from_rule(state, job, point, action, at)
